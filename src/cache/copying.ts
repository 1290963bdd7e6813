/** A copy takes no longer than the deadlines of its reads and its put together, in seconds. */
const longestSeconds = 60;

/**
 * Which pictures are being copied from one tier to the other, so that of many who ask at once one alone copies: R2 takes
 * one write of a key a second. Plain times: no request waits for another here, and a copy that was ended outright is
 * forgotten.
 */
export class Copying {
  readonly #since = new Map<string, number>();

  /** Begins a copy, and says whether nobody else is at it. */
  begin(key: string, nowSeconds: number): boolean {
    for (const [other, since] of this.#since) {
      // A clock that was set back must not prolong it.
      if (Math.abs(nowSeconds - since) > longestSeconds) this.#since.delete(other);
    }
    if (this.#since.has(key)) return false;
    this.#since.set(key, nowSeconds);
    return true;
  }

  /** Ends a copy, be it kept or not. */
  end(key: string): void {
    this.#since.delete(key);
  }
}
