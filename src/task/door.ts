import type { ItemPage, TaskFault, TaskList, TaskStatus } from "./answers.ts";

/** What a task file is sent as. */
export interface SentTask {
  readonly bytes: Uint8Array;
  readonly form: "json" | "csv";
  readonly operator: string;
  /** What the same sending of a task has each time that it is sent; undefined where each time is another task. */
  readonly sending?: string | undefined;
}

/** Which items of a task are asked for. */
export interface ItemQuery {
  /** One of `itemStates`; undefined for all. */
  readonly state: string | undefined;
  /** The number of the last item that is known. */
  readonly after: number;
}

/** What is done to a task that is there. */
export const taskActions = ["pause", "resume", "cancel", "retry"] as const;

/** The name of what is done to a task. */
export type TaskAction = (typeof taskActions)[number];

/** An answer, or why there is none: errors that are thrown lose their class on the way from one Worker to another. */
export type Answered<T> = { readonly value: T } | { readonly refusal: TaskRefusal };

/** A fault as the service binding carries it. */
export interface TaskRefusal {
  readonly code: "body-malformed" | "task-invalid" | "not-found" | "query-malformed" | "storage-failed";
  readonly message: string;
  /** All that is wrong with a file, for `task-invalid`. */
  readonly faults?: readonly TaskFault[];
}

/** What the Worker of jobs does for the Worker of images, by RPC. */
export interface TaskDoor {
  readonly submit: (sent: SentTask) => Promise<Answered<TaskStatus>>;
  /** The latest first; `before` is the `next` of the list before. */
  readonly list: (before: string | undefined) => Promise<Answered<TaskList>>;
  readonly status: (id: string) => Promise<Answered<TaskStatus>>;
  readonly items: (id: string, query: ItemQuery) => Promise<Answered<ItemPage>>;
  readonly act: (id: string, action: TaskAction) => Promise<Answered<TaskStatus>>;
  /** Does at once what the cron does: takes up what was lost, and starts what lies in INBOX. Answers the latest tasks. */
  readonly sweep: () => Promise<Answered<TaskList>>;
}
