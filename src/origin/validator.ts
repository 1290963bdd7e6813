import { ImageError } from "../error.ts";

/** Longest version that is kept with a master, in characters. */
const mostCharacters = 256;

/** Source: RFC 9110 §8.8.3, entity-tag without `W/`. */
const strongEtag = /^"[\x21\x23-\x7e\x80-\xff]*"$/;

/**
 * How much older a date has to be than the answer, so that no second change within it goes unseen and clocks need not
 * agree. Source: RFC 9110 §8.8.2.2; the minute is that of RFC 7232 §2.2.2.
 */
const settledSeconds = 60;

/**
 * Returns the validator of an answer by which reads of the same file are told from those of another: its strong ETag, else
 * its Last-Modified. Weak ETags don't say that bytes are the same. Undefined for an answer without one. Throws
 * `storage-failed` for a file that was changed a moment ago, which only a date tells. Source: RFC 9110 §8.8, §13.1.
 */
export function validatorOf(headers: Headers): string | undefined {
  const etag = headers.get("ETag");
  if (etag !== null && strongEtag.test(etag) && etag.length <= mostCharacters) return etag;
  const modified = headers.get("Last-Modified");
  const age = Date.parse(headers.get("Date") ?? "") - Date.parse(modified ?? "");
  if (modified === null || modified.length > mostCharacters || Number.isNaN(age)) return undefined;
  if (age < 1000 * settledSeconds) {
    throw new ImageError("storage-failed", "The image was stored a moment ago. Try again in a minute.", {
      detail: `Last-Modified is ${modified}, and there is no strong ETag`,
      retrySeconds: settledSeconds,
    });
  }
  return modified;
}

/** Returns the header that lets a server answer only while the file is the one that a validator is of. */
export function conditionOf(validator: string): Readonly<Record<string, string>> {
  return isEtag(validator) ? { "If-Match": validator } : { "If-Unmodified-Since": validator };
}

/** Returns whether an answer is about the file that a validator is of, or undefined if it does not say. */
export function isSameFile(validator: string, headers: Headers): boolean | undefined {
  const found = headers.get(isEtag(validator) ? "ETag" : "Last-Modified");
  return found === null ? undefined : found === validator;
}

function isEtag(validator: string): boolean {
  return validator.startsWith('"');
}
