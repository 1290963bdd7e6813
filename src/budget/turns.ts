import { AwakeTime } from "./awake-time.ts";
import { type Clock, sleep } from "./clock.ts";

/** Who has not looked for its turn for this long, while the isolate was awake, has ended and keeps nobody waiting. */
const goneMilliseconds = 1000;

/** Who finds that it is another's turn looks again after this long. */
const lookMilliseconds = 1;

/** A large drawing, as the others see it. */
export interface Turn {
  /** The number of its last turn; the lower comes next. */
  readonly last: number;
}

interface Waiting extends Turn {
  /** Milliseconds of awake time. */
  seenAt: number;
}

/**
 * Shares out the computing time of an isolate among large drawings: one computes a step, then all that is small and due
 * has its chance, then the next one computes. However many there are, a tile waits for one step and not for one of each.
 * Only plain values are held: who waits for its turn looks again by a timer of its own.
 */
export class Turns {
  readonly #clock: Clock;
  readonly #time: AwakeTime;
  readonly #waiting = new Set<Waiting>();
  #count = 0;

  /** Makes the turns of an isolate: nobody has had one. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#time = new AwakeTime(clock.now);
  }

  /** How many large drawings wait for their turn. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Waits until a drawing may compute its next step, and returns its turn, to be shown the next time. Never throws. */
  async next(last: Turn | undefined): Promise<Turn> {
    const waiting: Waiting = { last: last?.last ?? 0, seenAt: this.#time.awake };
    this.#waiting.add(waiting);
    try {
      for (let look = 0; ; look++) {
        const counted = this.#count;
        await sleep(this.#clock, look === 0 ? 0 : lookMilliseconds);
        waiting.seenAt = this.#time.awake;
        // Another one computed while this one slept: what has become due since comes first.
        if (this.#count === counted && this.#isNext(waiting)) break;
      }
      this.#count += 1;
      return { last: this.#count };
    } finally {
      this.#waiting.delete(waiting);
    }
  }

  #isNext({ last }: Waiting): boolean {
    const aliveSince = this.#time.awake - goneMilliseconds;
    for (const other of this.#waiting) {
      if (other.seenAt < aliveSince) this.#waiting.delete(other);
      else if (other.last < last) return false;
    }
    return true;
  }
}
