import { env } from "cloudflare:workers";
import { afterAll } from "vitest";
import { emptyBucket } from "./empty-bucket.ts";
import { endWork } from "./work-under-way.ts";

/**
 * Runs before each test file of the project `jobs`. Its files share a Worker, its queues and its buckets, in an order that
 * differs from machine to machine: none finds what another has stored, or is still at work on.
 */
for (const bucket of [env.MASTERS, env.CATALOGUE, env.INBOX, env.SCRATCH, env.EXPORTS]) await emptyBucket(bucket);
afterAll(endWork);
