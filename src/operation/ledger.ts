import type { AuditLine } from "./audit.ts";
import type { PurgeAnswer } from "./workers-cache.ts";

/** How it stands with what was to be purged from Workers Cache. */
export interface PurgeState {
  readonly state: PurgeAnswer["state"] | "waiting";
  /** Why the platform refused the last call. */
  readonly reason?: string;
  /** Tags that wait for the next call that the platform takes. */
  readonly waiting: number;
}

/** What there is one of in a service: what waits to be purged from Workers Cache, and who did what. */
export interface Ledger {
  /** Purges tags as far as the platform takes it now, and the others as soon as it does. */
  readonly purge: (tags: readonly string[]) => Promise<PurgeState>;
  /** Returns how many tags wait. */
  readonly waiting: () => Promise<number>;
  /** Writes down what somebody did. */
  readonly note: (line: AuditLine) => Promise<void>;
  /** Returns the latest lines of what was done, the last one first. */
  readonly latest: (count: number) => Promise<readonly AuditLine[]>;
}
