/** Deadlines that a tier lets pass in a row before it is left alone. */
export const missesBeforePause = 3;

/** For how long a tier is left alone, in seconds. */
export const pauseSeconds = 10;

/**
 * Remembers in the isolate that a tier does not answer, so that it does not cost each picture its deadline. Plain
 * numbers: no request waits for another here.
 */
export class TierPause {
  #misses = 0;
  #sinceSeconds = 0;

  /** Says whether the tier may be asked now. While it is left alone, one request may try it each `pauseSeconds`. */
  mayAsk(nowSeconds: number): boolean {
    if (this.#misses < missesBeforePause) return true;
    const passed = nowSeconds - this.#sinceSeconds;
    // A clock that was set back must not prolong it.
    if (passed >= 0 && passed < pauseSeconds) return false;
    this.#sinceSeconds = nowSeconds;
    return true;
  }

  /** Notes an answer, be it a failure: the tier is asked again by all. */
  answered(): void {
    this.#misses = 0;
  }

  /** Notes a deadline that passed, and says whether the tier is left alone from now on. */
  missed(nowSeconds: number): boolean {
    this.#misses += 1;
    if (this.#misses < missesBeforePause) return false;
    this.#sinceSeconds = nowSeconds;
    return true;
  }
}
