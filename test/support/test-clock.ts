import type { Clock } from "../../src/budget/clock.ts";

interface Timer {
  at: number;
  readonly every: number | undefined;
  readonly action: () => void;
}

/** A clock that a test sets. Its timers fire as it passes them, in their order, with time for promises between. */
export class TestClock implements Clock {
  #now = 0;
  readonly #timers = new Set<Timer>();

  readonly now = (): number => this.#now;

  readonly after = (milliseconds: number, action: () => void): (() => void) =>
    this.#add({ at: this.#now + milliseconds, every: undefined, action });

  readonly every = (milliseconds: number, action: () => void): (() => void) =>
    this.#add({ at: this.#now + milliseconds, every: milliseconds, action });

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Lets time pass, timer by timer. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await settle();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#now = Math.max(this.#now, next.at);
      if (next.every === undefined) this.#timers.delete(next);
      else next.at += next.every;
      next.action();
      await settle();
    }
    this.#now = end;
  }

  /** Lets time pass while code computes: no timer fires before it is over. */
  compute(milliseconds: number): void {
    this.#now += milliseconds;
  }

  /** Ends all timers, as the platform does with a request that it ends. */
  killTimers(): void {
    this.#timers.clear();
  }

  #add(timer: Timer): () => void {
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  #next(end: number): Timer | undefined {
    return [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
