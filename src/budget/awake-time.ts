/** A longer gap between two looks is one in which the isolate computed or slept, and nobody could renew anything. */
const longestGapMilliseconds = 250;

/**
 * Time that passes only while the isolate looks at it. A render that computes for three seconds keeps all timers of the
 * isolate waiting: whoever wakes first must not take the others for dead. Steps of the clock backwards count as nothing.
 */
export class AwakeTime {
  readonly #now: () => number;
  #seen: number;
  #awake = 0;
  #passed = 0;

  /** Starts at 0, by a clock in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
    this.#seen = now();
  }

  /** Milliseconds that the isolate was awake for, to tell who is alive. */
  get awake(): number {
    this.#look();
    return this.#awake;
  }

  /** Milliseconds that passed in all, never backwards, for deadlines. */
  get passed(): number {
    this.#look();
    return this.#passed;
  }

  #look(): void {
    const now = this.#now();
    const gap = Math.max(0, now - this.#seen);
    this.#seen = now;
    this.#passed += gap;
    this.#awake += Math.min(gap, longestGapMilliseconds);
  }
}
