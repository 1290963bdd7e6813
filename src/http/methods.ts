import { ImageError } from "../error.ts";
import { respondOptions } from "./respond.ts";

/**
 * Returns the answer to OPTIONS; undefined for GET and HEAD, which are to be answered. Throws `method-not-allowed` for any
 * other method.
 */
export function answerOptions({ method }: Request): Response | undefined {
  if (method === "OPTIONS") return respondOptions();
  if (method === "GET" || method === "HEAD") return undefined;
  throw new ImageError("method-not-allowed", "Only GET, HEAD and OPTIONS are allowed here.");
}
