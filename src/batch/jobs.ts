import type { Clock } from "../budget/clock.ts";
import { DeadlinePassed, withDeadline } from "../budget/deadline.ts";
import type { MemoryBudget } from "../budget/memory-budget.ts";
import type { Config } from "../config.ts";
import { ImageError } from "../error.ts";
import type { MarkStore } from "../marks/store.ts";
import type { PurgeState } from "../operation/ledger.ts";
import type { DrawingTools } from "../picture.ts";
import type { ClaimedItem, ItemMessage, LedgerCalls } from "./ledger-calls.ts";
import type { RegisterCalls } from "./task-register.ts";

/** What a run is started with. */
export interface RunParams {
  readonly task: string;
}

/** What the Worker of jobs works with: the platform under names of its own. Made once an isolate. */
export interface Jobs {
  readonly buckets: Readonly<Record<"masters" | "catalogue" | "inbox" | "scratch" | "exports", R2Bucket>>;
  /** The index that searches ask; a service may do without. */
  readonly search: D1Database | undefined;
  /** A stub belongs to the request that makes it. */
  readonly ledgerOf: (task: string) => LedgerCalls;
  readonly register: () => RegisterCalls;
  readonly queue: Pick<Queue<ItemMessage>, "sendBatch">;
  readonly runs: Workflow<RunParams>;
  /** Conversions that are larger than a message may take. */
  readonly remakes: Workflow<ClaimedItem>;
  /** Images of more pixels are converted by those. */
  readonly largeAbovePixels: number;
  /** The Worker of images. */
  readonly images: Pick<Fetcher, "fetch">;
  /** Purges tags from what stands in front of the Worker of images, by the ledger of that. */
  readonly purge: (tags: readonly string[]) => Promise<PurgeState>;
  readonly tools: DrawingTools;
  /** What is put over pictures. */
  readonly marks: MarkStore;
  readonly budget: MemoryBudget;
  readonly clock: Clock;
  readonly config: Config;
  readonly log: (line: object) => void;
}

/** How long an object may take for an answer, in seconds: a report of many items reads them all. */
const ledgerSeconds = 30;

/** Calls the object of a task. Throws `storage-failed` where it does not answer. */
export function callLedger<T>(jobs: Jobs, task: string, call: (ledger: LedgerCalls) => Promise<T>): Promise<T> {
  return answeredIn(jobs, ledgerSeconds, () => call(jobs.ledgerOf(task)), "The ledger of the task does not answer.");
}

/** Calls the list of tasks. Throws `storage-failed` where it does not answer. */
export function callRegister<T>(jobs: Jobs, call: (register: RegisterCalls) => Promise<T>): Promise<T> {
  return answeredIn(jobs, ledgerSeconds, () => call(jobs.register()), "The list of tasks does not answer.");
}

/** How long the engine of runs may take, in seconds: on one's own machine it answers when a step has ended. */
const engineSeconds = 30;

/** Calls the engine of runs. Throws `storage-failed` where it does not answer. */
export function callEngine<T>(jobs: Jobs, call: (runs: Jobs["runs"]) => Promise<T>): Promise<T> {
  return answeredIn(jobs, engineSeconds, () => call(jobs.runs), "The engine of runs does not answer.");
}

/** Calls storage or a queue. Throws `storage-failed` where it does not answer. */
export function answered<T>(jobs: Jobs, call: () => Promise<T>): Promise<T> {
  return answeredIn(jobs, jobs.config.storageTimeoutSeconds, call, "The storage does not respond. Try again.");
}

async function answeredIn<T>({ clock }: Jobs, seconds: number, call: () => Promise<T>, message: string): Promise<T> {
  try {
    return await withDeadline(clock, seconds, call);
  } catch (cause) {
    if (cause instanceof ImageError) throw cause;
    const detail = cause instanceof DeadlinePassed ? cause.message : undefined;
    throw new ImageError("storage-failed", message, { cause, ...(detail === undefined ? {} : { detail }) });
  }
}
