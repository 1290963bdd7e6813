import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { makeTiff } from "../support/make-tiff.ts";
import { ask } from "../support/service.ts";
