import { smallDerivativeBytes, smallDerivativeTimes } from "../limits.ts";

const dayMilliseconds = 86_400_000;

/** What is known of a derivative by its listing. */
export interface AgedDerivative {
  readonly bytes: number;
  /** Milliseconds since 1970. When it was last asked for is not known. */
  readonly uploadedAt: number;
}

/**
 * Says whether a derivative is older than it is kept for: large ones for some days, small ones several times as long. One
 * whose date can't be told is not old. `now` is in milliseconds since 1970.
 */
export function isOld(
  { bytes, uploadedAt }: AgedDerivative,
  { days, now }: { readonly days: number; readonly now: number },
): boolean {
  const kept = bytes <= smallDerivativeBytes ? days * smallDerivativeTimes : days;
  return now - uploadedAt > kept * dayMilliseconds;
}
