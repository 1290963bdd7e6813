import type { ItemFailure } from "../task/answers.ts";
import type { StageSeconds } from "../task/states.ts";

/** What came of the work on an item, when it is not to be tried again. */
export interface ItemOutcome {
  readonly state: "done" | "kept" | "failed" | "refused";
  readonly seconds: StageSeconds;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** The etag of what was read, without quotes. */
  readonly etag?: string | undefined;
  /** By what the work is known: `workKeyOf`. */
  readonly work?: string | undefined;
  readonly failure?: ItemFailure | undefined;
  /** What came of it in a sentence. */
  readonly note?: string | undefined;
}
