import type { Hono } from "hono";
import type { ImageError } from "../error.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";

/** What a handler is given of the request's way through the Worker. */
export interface Door {
  readonly Bindings: {
    readonly services: Services;
    readonly visit: Visit;
    /** Answers an error and has it written to the log. */
    readonly fail: (error: ImageError) => Response;
  };
}

/** Endpoints by the root they are under, each a small app in a file of its own, `app/ROOT.ts`. */
export type Roots = Readonly<Partial<Record<"presentation" | "admin" | "auth", Hono<Door>>>>;
