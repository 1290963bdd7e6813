import { ImageError } from "../error.ts";

/** Returns the error for a master that breaks its own format; `detail` says where, for the log. */
export function malformed(detail: string, cause?: unknown): ImageError {
  const message = "The stored image is damaged: its structure can't be read.";
  return new ImageError("source-malformed", message, { detail, cause });
}

/**
 * Returns the error for a master that is valid but not read; `what` ends the sentence "The stored image ...". What mends
 * it is for those who look after the masters: `tessera check` says it.
 */
export function unsupported(what: string): ImageError {
  return new ImageError("source-unsupported", `The stored image ${what}.`);
}
