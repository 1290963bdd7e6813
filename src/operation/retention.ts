import { smallDerivativeBytes, smallDerivativeTimes } from "../limits.ts";

const dayMilliseconds = 86_400_000;

/** What the age of a derivative is told by. */
export interface AgedDerivative {
  readonly bytes: number;
  /** When it was stored, or its image last asked for where that is known and later, in milliseconds since 1970. */
  readonly usedAt: number;
}

/**
 * Says whether a derivative is older than it is kept for: large ones for some days, small ones several times as long. One
 * whose date can't be told is not old. `now` is in milliseconds since 1970.
 */
export function isOld(
  { bytes, usedAt }: AgedDerivative,
  { days, now }: { readonly days: number; readonly now: number },
): boolean {
  const kept = bytes <= smallDerivativeBytes ? days * smallDerivativeTimes : days;
  return now - usedAt > kept * dayMilliseconds;
}

/** Returns how long the derivatives are kept that are kept longest, in milliseconds. */
export function longestKept(days: number): number {
  return days * smallDerivativeTimes * dayMilliseconds;
}
