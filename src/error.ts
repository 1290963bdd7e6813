/**
 * Every way a request can fail: the HTTP status it is answered with, and what the fault is called. Whose fault decides:
 * the client's is 4xx, a broken master 500, a valid master that is not read 501, ours 500, a server's that holds masters and
 * can't be read from 502, storage's 503.
 */
export const faults = {
  "identifier-malformed": { status: 400, title: "Malformed identifier" },
  "region-malformed": { status: 400, title: "Malformed region" },
  "region-empty": { status: 400, title: "Empty region" },
  "region-outside": { status: 400, title: "Region outside the image" },
  "size-malformed": { status: 400, title: "Malformed size" },
  "size-empty": { status: 400, title: "Empty size" },
  "size-above-limit": { status: 400, title: "Size above the limit" },
  "size-above-box": { status: 400, title: "Size above the size asked for" },
  "upscale-not-asked": { status: 400, title: "Upscaling without ^" },
  "rotation-malformed": { status: 400, title: "Malformed rotation" },
  "quality-unknown": { status: 400, title: "Unknown quality" },
  "format-unknown": { status: 400, title: "Unknown format" },
  "path-malformed": { status: 400, title: "Malformed path" },
  "body-malformed": { status: 400, title: "Malformed body" },
  "query-malformed": { status: 400, title: "Malformed query" },
  "login-required": { status: 401, title: "Login required" },
  "access-closed": { status: 403, title: "Closed" },
  "login-refused": { status: 403, title: "Login refused" },
  "https-required": { status: 403, title: "HTTPS required" },
  "signature-required": { status: 403, title: "Signature required" },
  "signature-invalid": { status: 403, title: "Invalid signature" },
  "not-found": { status: 404, title: "Not found" },
  "method-not-allowed": { status: 405, title: "Method not allowed" },
  gone: { status: 410, title: "Gone" },
  "body-too-large": { status: 413, title: "Body too large" },
  "render-too-costly": { status: 413, title: "Rendering above the limits" },
  "render-memory": { status: 413, title: "Rendering takes too much memory" },
  "url-too-long": { status: 414, title: "URL too long" },
  "task-invalid": { status: 422, title: "Faulty task" },
  "too-many-requests": { status: 429, title: "Too many requests" },
  // Nobody reads this answer: it is for the log. 499 is what web servers log for it.
  "client-gone": { status: 499, title: "Client gone" },
  "source-malformed": { status: 500, title: "Damaged image" },
  "record-malformed": { status: 500, title: "Damaged record" },
  "remake-unverified": { status: 500, title: "Converted image not verified" },
  "config-invalid": { status: 500, title: "Invalid configuration" },
  internal: { status: 500, title: "Internal error" },
  "source-unsupported": { status: 501, title: "Unsupported image" },
  "remake-impossible": { status: 501, title: "Not converted by the service" },
  "search-unavailable": { status: 501, title: "No search" },
  "tasks-unavailable": { status: 501, title: "No tasks" },
  "origin-unsuitable": { status: 502, title: "Unsuitable origin" },
  "source-changed": { status: 503, title: "Image replaced while it was read" },
  "policy-unreadable": { status: 503, title: "Access can't be decided" },
  "login-unavailable": { status: 503, title: "Login unavailable" },
  "storage-failed": { status: 503, title: "Storage failed" },
  "render-busy": { status: 503, title: "Busy" },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly title: string }>>;

/** The name of a fault, as throw sites, clients and tests use it. */
export type ErrorCode = keyof typeof faults;

/** One of several things that are wrong: where, and a sentence without a full stop. */
export interface ListedFault {
  readonly place?: string;
  readonly message: string;
}

/** What an error says next to its public message. */
export interface ErrorOptions {
  /** What the client can do about it: a sentence that goes out after the message. */
  readonly hint?: string;
  /** By which caches purge the answer: of an error that is one image's. */
  readonly cacheTag?: string;
  /** For the log alone, as is `cause`. */
  readonly detail?: string;
  /** All that is wrong, one by one, which goes out too. */
  readonly faults?: readonly ListedFault[] | undefined;
  /** After how many seconds it is worth asking again, where that is known. */
  readonly retrySeconds?: number | undefined;
  readonly cause?: unknown;
}

/** The one error class: `message` and `hint` go out to the client, `detail` and `cause` only to the log. */
export class ImageError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly cacheTag: string | undefined;
  readonly detail: string | undefined;
  readonly faults: readonly ListedFault[] | undefined;
  readonly retrySeconds: number | undefined;
  #mostKeptSeconds: number | undefined;

  constructor(code: ErrorCode, publicMessage: string, options: ErrorOptions = {}) {
    super(publicMessage, { cause: options.cause });
    this.name = "ImageError";
    this.code = code;
    this.hint = options.hint;
    this.cacheTag = options.cacheTag;
    this.detail = options.detail;
    this.faults = options.faults;
    this.retrySeconds = options.retrySeconds;
  }

  /** For how long the answer may be kept at most, in seconds; 0 for by nobody. Undefined where nothing was said. */
  get mostKeptSeconds(): number | undefined {
    return this.#mostKeptSeconds;
  }

  /** Says for how long the answer may be kept at most, in seconds, 0 for by nobody, and returns the error. */
  keepAtMost(seconds: number): this {
    this.#mostKeptSeconds = Math.min(seconds, this.#mostKeptSeconds ?? seconds);
    return this;
  }

  /** The HTTP status of the answer. */
  get status(): number {
    return faults[this.code].status;
  }
}
