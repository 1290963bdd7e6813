import type { Hono } from "hono";
import type { ImageError } from "../error.ts";
import type { PurgeableCache } from "../operation/workers-cache.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";

/** What Cloudflare Access says of a visitor. */
export interface AccessClaim {
  readonly aud: string;
  /** Undefined for a service token. */
  readonly getIdentity: () => Promise<{ readonly email?: string | undefined; readonly groups?: unknown } | undefined>;
}

/** What a handler is given of the request's way through the Worker. */
export interface Door {
  readonly Bindings: {
    readonly services: Services;
    readonly visit: Visit;
    /** Who Cloudflare Access let in, and for which application; undefined for who came past it. */
    readonly access: AccessClaim | undefined;
    /** The cache in front of the Worker; undefined where there is none. */
    readonly workersCache: PurgeableCache;
    /** Answers an error and has it written to the log. */
    readonly fail: (error: ImageError) => Response;
  };
  readonly Variables: {
    /** Who administers the service; known behind the guard of `/admin` alone. */
    operator: string;
    /** Whether a session lets in, which a browser keeps. */
    isSignedIn?: boolean;
  };
}

/** Endpoints by the root they are under, each a small app in a file of its own, `app/ROOT.ts`. */
export type Roots = Readonly<Partial<Record<"presentation" | "admin" | "auth", Hono<Door>>>>;
