/** In a longer gap between two checks the isolate computed or slept, and nobody could renew anything. */
const longestGapMilliseconds = 250;

/**
 * Time that only passes while the isolate checks it. A render that computes for three seconds delays all timers of the
 * isolate: whoever wakes first must not think the others are dead. Backward jumps of the clock count as nothing.
 */
export class AwakeTime {
  readonly #now: () => number;
  #seen: number;
  #awake = 0;
  #passed = 0;

  /** Starts at 0, with a clock in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
    this.#seen = now();
  }

  /** Milliseconds that the isolate was awake, to tell who is alive. */
  get awake(): number {
    this.#look();
    return this.#awake;
  }

  /** Milliseconds that passed in total, never backwards, for deadlines. */
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
