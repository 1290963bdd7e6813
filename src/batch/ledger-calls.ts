import type { ItemFailure, ItemPage, TaskStatus } from "../task/answers.ts";
import type { TaskAction } from "../task/door.ts";
import type { RunnableKind, SettingsOfKinds } from "../task/kinds.ts";
import type { TaskReport } from "../task/report.ts";
import type { ItemState } from "../task/states.ts";
import type { ItemPrefix, OrderedItem } from "../task/task.ts";
import type { ItemOutcome } from "./outcome.ts";

/** A task without its items. */
export interface TaskHeader {
  readonly id: string;
  readonly kind: RunnableKind;
  readonly name?: string;
  readonly collection?: string;
  /** The template of identifiers of items that have none of their own. */
  readonly identifiers?: string;
  readonly settings: SettingsOfKinds[RunnableKind];
  /** Where its items are listed; undefined where they are named. */
  readonly from?: ItemPrefix;
  /** In how many parts named items lie in SCRATCH. */
  readonly parts: number;
  readonly operator: string;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
}

/** A message of the queue of items. */
export interface ItemMessage {
  readonly task: string;
  readonly item: number;
}

/** One delivery of a message. */
export interface Delivery {
  readonly message: string;
  /** From 1 on: another one of the same message means that the one before has ended, however. */
  readonly attempts: number;
  readonly now: number;
}

/** For how long an item is given, by what is done with it. */
export type LeaseSeconds = Readonly<Record<RunnableKind, number>>;

/** An item that a delivery was given. */
export interface ClaimedItem {
  readonly item: number;
  readonly key: string;
  readonly identifier: string | undefined;
  readonly header: TaskHeader;
  /** Shown with what came of it. */
  readonly holder: string;
}

/** What a run has to do next. */
export interface NextTurn {
  /** The part of the items that is found next, and the last key that is known; undefined once all are found. */
  readonly listing:
    | { readonly header: TaskHeader; readonly part: number; readonly after: string | undefined }
    | undefined;
  /** Whether items have messages sent for them. */
  readonly isSending: boolean;
  /** Whether nothing is left to do. */
  readonly isEnded: boolean;
}

/** A part of the items of a task. */
export interface FoundItems {
  readonly part: number;
  readonly items: readonly OrderedItem[];
  /** The last key that was looked at; of folders, where the bucket goes on. */
  readonly after: string | undefined;
  readonly isLast: boolean;
}

/** Whether the run of a task has something to do at once. */
export interface Stirring {
  readonly isStirring: boolean;
}

/** What a report is written from. */
export interface TaskFigures extends Omit<TaskReport, "task"> {
  readonly status: TaskStatus;
}

/** The object of a task, as it is called. Each call may come twice, and late. */
export interface LedgerCalls {
  /** Writes the task down, once. */
  readonly create: (header: TaskHeader) => Promise<void>;
  readonly status: (now: number) => Promise<TaskStatus | undefined>;
  readonly items: (state: ItemState | undefined, after: number) => Promise<ItemPage>;
  readonly act: (action: TaskAction, now: number) => Promise<void>;
  /** Takes back what is lost, and says what a run has to do. */
  readonly next: (now: number) => Promise<NextTurn>;
  /** Adds a part of the items; one that is there already changes nothing. */
  readonly addItems: (found: FoundItems, now: number) => Promise<void>;
  /** Returns items to send messages for, so that not too many are on their way. */
  readonly sendable: (most: number) => Promise<readonly number[]>;
  readonly sent: (items: readonly number[], now: number) => Promise<void>;
  /** Gives an item to a delivery; undefined where there is nothing to do. */
  readonly claim: (item: number, delivery: Delivery, leaseSeconds: LeaseSeconds) => Promise<ClaimedItem | undefined>;
  /** Ends an item, whoever has it by now: the work is done. */
  readonly report: (item: number, outcome: ItemOutcome, now: number) => Promise<Stirring>;
  /** Keeps an item from counting as lost until then. Returns whether the holder still has it. */
  readonly hold: (
    item: number,
    held: { readonly holder: string; readonly until: number },
    now: number,
  ) => Promise<boolean>;
  /** Has an item delivered again, if the holder still has it. */
  readonly release: (
    item: number,
    held: { readonly holder: string; readonly failure: ItemFailure; readonly until: number },
  ) => Promise<void>;
  /** Has an item wait for another message that nobody works on. */
  readonly putBack: (item: number, now: number) => Promise<Stirring>;
  /** Ends an item whose message was given up, unless somebody works on it. */
  readonly bury: (item: number, now: number) => Promise<Stirring>;
  /** Ends the task because its items can't be found. */
  readonly fail: (fault: ItemFailure, now: number) => Promise<void>;
  readonly figures: (now: number) => Promise<TaskFigures>;
  /** Notes where the report of the last run lies. Returns whether there is still nothing left to do. */
  readonly reported: (key: string) => Promise<boolean>;
  /** The number of the run that works on it, and when it last did so. */
  readonly run: () => Promise<{ readonly run: number; readonly lastTurn: number }>;
  /** Numbers the run after `run`, which the caller starts; undefined where somebody else was faster. */
  readonly nextRun: (run: number, now: number) => Promise<number | undefined>;
}
