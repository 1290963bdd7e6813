import type { WorkflowStep } from "cloudflare:workers";
import { ImageError } from "../error.ts";
import { findItems } from "./find-items.ts";
import { answered, callLedger, type Jobs } from "./jobs.ts";
import type { ItemMessage } from "./ledger-calls.ts";
import { register, startNextRun, wakeEvent } from "./run-calls.ts";
import { writeReport } from "./write-report.ts";

/** Most messages of one call. Source: Cloudflare Queues, limits. */
const messagesPerCall = 100;

/** Most messages that one turn sends. */
const messagesPerTurn = 1000;

/**
 * A run hands over after so many turns: an instance of a Workflow makes 10,000 calls and has 10,000 steps, and a turn makes up
 * to 26. Source: Cloudflare Workflows, limits.
 */
const mostTurns = 300;

/** How long a run waits until it looks again, in seconds, if nobody wakes it. */
const shortestWait = 10;
const longestWait = 300;

const stepOptions = {
  retries: { limit: 5, delay: "2 seconds", backoff: "exponential" },
  timeout: "5 minutes",
} as const;

/** The steps of a Workflow, as a run takes them. */
export type RunSteps = Pick<WorkflowStep, "do" | "waitForEvent">;

/** What a turn came to. */
interface Turn {
  readonly isEnded: boolean;
  /** Whether there is more to do at once. */
  readonly isMore: boolean;
  readonly sent: number;
}

/**
 * Runs a task as a whole: finds its items a part at a time, sends messages for them, looks again whenever it is woken or has
 * waited, and writes the report when all have ended. Every step may be repeated.
 */
export async function runTask(jobs: Jobs, task: string, step: RunSteps): Promise<void> {
  let wait = shortestWait;
  for (let turn = 1; turn <= mostTurns; turn++) {
    const { isEnded, isMore, sent } = await step.do(`turn ${turn}`, stepOptions, () => takeTurn(jobs, task));
    if (isEnded) {
      const isReported = await step.do(`report ${turn}`, stepOptions, () => writeReport(jobs, task));
      if (isReported) return;
    } else if (!isMore) {
      wait = sent > 0 ? shortestWait : Math.min(longestWait, 2 * wait);
      await untilWoken(step, turn, wait);
    }
  }
  await step.do("hand over", stepOptions, () => startNextRun(jobs, task));
}

async function takeTurn(jobs: Jobs, task: string): Promise<Turn> {
  const { clock } = jobs;
  const { listing, isSending, isEnded } = await callLedger(jobs, task, (ledger) => ledger.next(clock.now()));
  if (isEnded) return { isEnded, isMore: false, sent: 0 };
  if (listing !== undefined) {
    try {
      const found = await findItems(jobs, listing);
      await callLedger(jobs, task, (ledger) => ledger.addItems(found, clock.now()));
    } catch (error) {
      if (!(error instanceof ImageError) || error.code === "storage-failed") throw error;
      const { code, message } = error;
      await callLedger(jobs, task, (ledger) => ledger.fail({ code, message }, clock.now()));
    }
  }
  const sent = isSending ? await sendMessages(jobs, task) : 0;
  await register(jobs, task);
  return { isEnded: false, isMore: listing !== undefined, sent };
}

/** A message that is sent twice is answered once, so each is sent before it is noted. */
async function sendMessages(jobs: Jobs, task: string): Promise<number> {
  const items = await callLedger(jobs, task, (ledger) => ledger.sendable(messagesPerTurn));
  for (let at = 0; at < items.length; at += messagesPerCall) {
    const some = items.slice(at, at + messagesPerCall);
    const messages = some.map((item) => ({ body: { task, item } satisfies ItemMessage }));
    await answered(jobs, () => jobs.queue.sendBatch(messages));
    await callLedger(jobs, task, (ledger) => ledger.sent(some, jobs.clock.now()));
  }
  return items.length;
}

/** Nobody may come: then it looks by itself. */
async function untilWoken(step: RunSteps, turn: number, seconds: number): Promise<void> {
  try {
    await step.waitForEvent(`wake ${turn}`, { type: wakeEvent, timeout: `${seconds} seconds` });
  } catch (error) {
    // The engine says so by an error; what else goes wrong shows in the next step.
    if (!(error instanceof Error)) throw error;
  }
}
