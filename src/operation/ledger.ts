import type { Batch } from "../statistics/counter.ts";
import type { AuditLine } from "./audit.ts";
import type { WaitingHours } from "./hours.ts";
import type { PurgeAnswer } from "./workers-cache.ts";

/** How it stands with what was to be purged from Workers Cache. */
export interface PurgeState {
  readonly state: PurgeAnswer["state"] | "waiting" | "untouched";
  /** Why the platform refused the last call. */
  readonly reason?: string;
  /** Tags that wait for the next call that the platform takes. */
  readonly waiting: number;
}

/** What there is one of in a service: what waits to be purged from Workers Cache, who did what, what was counted. */
export interface Ledger {
  /** Purges tags as far as the platform takes it now, the others as soon as it does, and all once more in `againSeconds`. */
  readonly purge: (tags: readonly string[], againSeconds: number) => Promise<PurgeState>;
  /** Returns how many tags wait. */
  readonly waiting: () => Promise<number>;
  /** Writes down what somebody did. */
  readonly note: (line: AuditLine) => Promise<void>;
  /** Returns the latest lines of what was done, the last one first. */
  readonly latest: (count: number) => Promise<readonly AuditLine[]>;
  /** Adds what an isolate has counted. Returns the hours that were dropped for it, because nobody has written them. */
  readonly count: (batch: Batch) => Promise<readonly string[]>;
  /** Returns a batch of an hour before `hour` as a roll-up in JSON, to be written; undefined if none waits. */
  readonly closeHour: (hour: string) => Promise<string | undefined>;
  /** Forgets a batch that is written. */
  readonly dropHour: (name: string) => Promise<void>;
  /** Returns hours that are not written yet, the latest ones first: those before `before`, or all. */
  readonly waitingHours: (before?: string) => Promise<WaitingHours>;
}
