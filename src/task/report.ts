import type { ItemStatus, TaskStatus } from "./answers.ts";
import type { SpreadPart } from "./spread.ts";
import type { StageSeconds } from "./states.ts";

/** What is written into CATALOGUE, as `tasks/ID/report.json`, when each item of a task has ended. */
export interface TaskReport {
  /** With the sums over all items. */
  readonly task: TaskStatus;
  /** Seconds of a stage that half of the items took no longer than, and 95 of a hundred. */
  readonly median: StageSeconds;
  readonly p95: StageSeconds;
  /** How many items took how long, from the fastest on; parts of none are there too. */
  readonly spread: readonly SpreadPart[];
  /** The 20 items that took longest, the slowest first. */
  readonly slowest: readonly ItemStatus[];
  /** The first 1,000 items that failed or were refused; `/admin/tasks/ID/items?state=failed` has all of a state. */
  readonly failures: readonly ItemStatus[];
}
