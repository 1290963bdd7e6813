import type { BucketErrorCode } from "../bucket/bucket.ts";
import type { IngestErrorCode } from "../node/ingest-error.ts";

/**
 * Exit statuses. `again` is for failures that a repetition can mend, by which batch engines tell what to try again. 128 and
 * the number of SIGINT is what shells expect of a command that was stopped. Source of 75: sysexits.h, EX_TEMPFAIL.
 */
export const exitStatus = { well: 0, failed: 1, wrong: 2, again: 75, stopped: 130 } as const;

/**
 * Codes of failures that pass: a storage that does not answer, or no longer accepts; a disk that is full, which the next machine's may not be;
 * what did not arrive as it was sent, or was changed by somebody else meanwhile.
 */
const passingCodes: ReadonlySet<string> = new Set<BucketErrorCode | IngestErrorCode>([
  "unavailable",
  "disk-full",
  "corrupted",
  "changed",
]);

/** Says whether a failure of this code can be mended by running the command again. */
export function isPassing(code: string): boolean {
  return passingCodes.has(code);
}
