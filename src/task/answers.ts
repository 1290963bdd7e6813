/**
 * The JSON that `/admin/tasks` answers, and what the service binding to the Worker of jobs carries: the same objects.
 *
 * | Request | Answer |
 * |---|---|
 * | POST /admin/tasks, the task file as `application/json` or `text/csv` | 201 TaskStatus; 400 `body-malformed` for what is neither; 422 `task-invalid` with all faults under `faults` of the problem |
 * | GET /admin/tasks?before=ID | 200 TaskList, the latest first, up to 100 |
 * | GET /admin/tasks/ID | 200 TaskStatus |
 * | GET /admin/tasks/ID/items?state=failed&after=NUMBER | 200 ItemPage, up to 100 in the order of their numbers |
 * | POST /admin/tasks/sweep | 200 TaskList, after what was lost was taken up, and what lies in INBOX begun: what the cron does every five minutes |
 * | POST /admin/tasks/ID/pause, resume, cancel, retry | 200 TaskStatus as it is then; one that has ended is not paused, resumed or cancelled, and stays as it is |
 *
 * `not-found` for a task that there is not, `query-malformed` for another state or number, `tasks-unavailable` (501) where no
 * Worker of jobs is bound, `storage-failed` (503) where it does not answer. Times are ISO 8601 in UTC.
 */
import type { ListedFault } from "../error.ts";
import type { RunnableKind, SettingsOfKinds } from "./kinds.ts";
import type { ItemCounts, ItemState, StageSeconds, TaskState } from "./states.ts";
import type { ItemPrefix } from "./task.ts";

/** A task as a list shows it. */
export interface TaskSummary {
  /** Sorts by the time at which it was sent: `20261129-104826-3fa85f645717`. */
  readonly id: string;
  readonly kind: RunnableKind;
  readonly name?: string;
  readonly collection?: string;
  readonly state: TaskState;
  /** In a list as it was when the run of the task last looked, up to five minutes ago. */
  readonly counts: ItemCounts;
  readonly createdAt: string;
  readonly endedAt?: string;
}

/** Tasks, the latest first; `next` goes on as `before`. */
export interface TaskList {
  readonly tasks: readonly TaskSummary[];
  readonly next?: string;
}

/** How a task stands. */
export interface TaskStatus extends TaskSummary {
  readonly settings: SettingsOfKinds[RunnableKind];
  /** Absent where the file names each item. */
  readonly from?: ItemPrefix;
  /** Who sent it: as in the audit, or the key of its file in INBOX. */
  readonly operator: string;
  /** For how long it had ended before it was tried again, in seconds; absent where it was not. */
  readonly idleSeconds?: number;
  /** Items that are known; more are coming while the state is `listing`. */
  readonly total: number;
  /** Items that ended in the last five minutes, or since the task began if that is later, a minute. */
  readonly perMinute: number;
  /** At that rate; absent while nothing has ended, and while items are being found. */
  readonly secondsLeft?: number;
  /** Sums over all items. */
  readonly seconds: StageSeconds;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Tries beyond the first of each item. */
  readonly retries: number;
  /** Why its items could not be found; only of a task that is `failed`. */
  readonly fault?: ItemFailure;
  /** The key in CATALOGUE of the report of its last run, once that has ended. */
  readonly report?: string;
}

/** An item of a task. */
export interface ItemStatus {
  /** From 1 on, in the order in which items were found. */
  readonly item: number;
  /** In the bucket of masters. */
  readonly key: string;
  readonly identifier?: string;
  readonly state: ItemState;
  /** How often it was begun. */
  readonly tries: number;
  readonly seconds: StageSeconds;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** The etag of what was read, without quotes. */
  readonly etag?: string;
  /** Of one that is `failed` or `refused`, and of one that waits for another try. */
  readonly failure?: ItemFailure;
  /** What came of it in a sentence. */
  readonly note?: string;
  readonly beganAt?: string;
  readonly endedAt?: string;
}

/** Why something did not come about. */
export interface ItemFailure {
  /** The code of a fault, of a finding or a problem of a check, or `dead-letter`, `deadline-passed`. */
  readonly code: string;
  /** One or two sentences. */
  readonly message: string;
  /** What does it, of an item that is `refused`. */
  readonly command?: string;
}

/** Items in the order of their numbers; `next` goes on as `after`. */
export interface ItemPage {
  readonly items: readonly ItemStatus[];
  readonly next?: number;
}

/**
 * Something that is wrong with a task file. Its place is `items[3].key`, `settings.decode`, or `row 4, column B`, and absent where
 * the whole file is meant.
 */
export type TaskFault = ListedFault;

/** What is written next to a faulty file in INBOX, as `NAME.faults.json`. */
export interface TaskFaults {
  /** Of the file that has the faults, without quotes. */
  readonly etag: string;
  readonly faults: readonly TaskFault[];
}
