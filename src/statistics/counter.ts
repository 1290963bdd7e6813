import { hourMilliseconds, hourOf } from "./hour.ts";
import type { Observation } from "./observation.ts";
import { countObservation, newTally, type Tally, type TallyLimits } from "./tally.ts";

/**
 * What an isolate holds before it hands it over: 200 images and 8 examples of each of some 60 faults, with names of
 * up to 400 bytes, take 300 KB at the most, and as much again while they are handed over.
 */
const isolateLimits: TallyLimits = { images: 200, examples: 8 };

/** What was counted in one isolate, within one hour. */
export interface Batch {
  readonly hour: string;
  readonly tally: Tally;
}

/** Counts requests in an isolate until somebody takes what was counted. */
export class Counter {
  #batch: (Batch & { readonly since: number }) | undefined;

  /** Counts a request, and returns the batch where it is the first of it. */
  add(observation: Observation): Batch | undefined {
    const begun = this.#batch;
    const { at } = observation;
    const batch = begun ?? { hour: hourOf(at), tally: newTally(), since: at };
    this.#batch = batch;
    countObservation(batch.tally, observation, isolateLimits);
    return begun === undefined ? batch : undefined;
  }

  /** Takes what was counted if it is of another hour than `now` or older than `milliseconds`; its next batch is empty. */
  takeDue(now: number, milliseconds: number): Batch | undefined {
    const batch = this.#batch;
    if (batch === undefined) return undefined;
    // A clock that was set back must not keep it for ever.
    const isDue = Math.abs(now - batch.since) >= milliseconds || hourNumber(now) !== hourNumber(batch.since);
    return isDue ? this.take() : undefined;
  }

  /** Takes what was counted; if a batch is named, only while it is still being counted. */
  take(batch?: Batch): Batch | undefined {
    if (batch !== undefined && batch !== this.#batch) return undefined;
    const taken = this.#batch;
    this.#batch = undefined;
    return taken;
  }
}

/** Hours since 1970: asked for by each request, and a hundred times cheaper than their names. */
function hourNumber(now: number): number {
  return Math.floor(now / hourMilliseconds);
}
