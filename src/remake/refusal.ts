import { ImageError } from "../error.ts";
import type { RemakeSettings } from "./treatment.ts";

/** Returns the command that converts what the service does not, with the same settings. */
export function ingestCommand({ compression, quality, tileSize }: RemakeSettings, ...more: readonly string[]): string {
  const options = [`--compression ${compression}`, ...(compression === "deflate" ? [] : [`--quality ${quality}`])];
  return ["tessera ingest FILE", ...options, `--tile ${tileSize}`, ...more].join(" ");
}

/**
 * Returns the error for an image that the service does not convert; `what` ends the sentence "The stored image …", and
 * `command` does it instead.
 */
export function beyondRemake(what: string, command: string, cause?: unknown): ImageError {
  return new ImageError("remake-impossible", `The stored image ${what}.`, { hint: `Run: ${command}`, cause });
}
