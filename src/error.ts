/**
 * Every way a request can fail, with its HTTP status. The status depends on whose fault it is: the client's is 4xx, a
 * broken master 500, a valid master that is not supported 501, ours 500, storage's 503.
 */
const statusByCode = {
  "identifier-malformed": 400,
  "region-malformed": 400,
  "region-empty": 400,
  "region-outside": 400,
  "size-malformed": 400,
  "size-empty": 400,
  "size-above-limit": 400,
  "size-above-box": 400,
  "upscale-not-asked": 400,
  "rotation-malformed": 400,
  "quality-unknown": 400,
  "format-unknown": 400,
  "path-malformed": 400,
  "url-too-long": 414,
  "not-found": 404,
  "method-not-allowed": 405,
  "render-too-costly": 413,
  "render-memory": 413,
  // Nobody reads this answer: the status is for the log. Web servers log 499 for it.
  "client-gone": 499,
  "source-malformed": 500,
  "source-unsupported": 501,
  "source-changed": 503,
  "storage-failed": 503,
  "render-busy": 503,
  "config-invalid": 500,
  internal: 500,
} as const;

/** The name of a fault, as throw sites and tests use it. */
export type ErrorCode = keyof typeof statusByCode;

/** The only error class: `publicMessage` is sent to the client, `detail` and `cause` only go to the log. */
export class ImageError extends Error {
  readonly code: ErrorCode;
  readonly detail: string | undefined;

  constructor(code: ErrorCode, publicMessage: string, options: { detail?: string; cause?: unknown } = {}) {
    super(publicMessage, { cause: options.cause });
    this.name = "ImageError";
    this.code = code;
    this.detail = options.detail;
  }

  /** The HTTP status of the answer. */
  get status(): number {
    return statusByCode[this.code];
  }
}
