import { DeadlinePassed, withDeadline } from "../budget/deadline.ts";
import { ImageError } from "../error.ts";
import type { ItemFailure } from "../task/answers.ts";
import { callLedger, type Jobs } from "./jobs.ts";
import { deadlineSeconds, workOnItem } from "./kinds.ts";
import type { ClaimedItem, ItemMessage, LeaseSeconds } from "./ledger-calls.ts";
import type { ItemOutcome } from "./outcome.ts";
import { wakeRun } from "./run-calls.ts";

/** A message, as far as it is used. */
export type ItemDelivery = Pick<Message<ItemMessage>, "id" | "attempts" | "body" | "ack" | "retry">;

/** The longest pause before a message comes again, in seconds. */
const longestPause = 600;

/** An item counts as lost a minute after the deadline of its kind. */
const leaseSeconds = Object.fromEntries(
  Object.entries(deadlineSeconds).map(([kind, seconds]) => [kind, seconds + 60]),
) as unknown as LeaseSeconds;

/** After so many seconds any item has ended, or counts as lost. */
export const longestLeaseSeconds = Math.max(...Object.values(leaseSeconds));

/**
 * Works on the item of a message: claims it, does its work, reports, and only then takes the message from the queue. What can
 * be mended by trying again comes again later, each time after twice the pause, until the queue gives it up.
 */
export async function consumeItem(jobs: Jobs, delivery: ItemDelivery): Promise<void> {
  const { task, item } = delivery.body;
  try {
    const { id: message, attempts } = delivery;
    const now = jobs.clock.now();
    const claimed = await callLedger(jobs, task, (ledger) =>
      ledger.claim(item, { message, attempts, now }, leaseSeconds),
    );
    if (claimed === undefined) return delivery.ack();
    const came = await workWithin(jobs, claimed);
    if ("again" in came) return await tryAgain(jobs, delivery, { claimed, failure: came.again });
    const { outcome } = came;
    if (outcome === "handed over") return delivery.ack();
    const { isStirring } = await callLedger(jobs, task, (ledger) => ledger.report(item, outcome, jobs.clock.now()));
    delivery.ack();
    if (isStirring) await tellRun(jobs, task);
  } catch (error) {
    jobs.log({ level: "error", message: "an item was not worked on", task, item, cause: describe(error) });
    delivery.retry({ delaySeconds: pauseSeconds(delivery.attempts) });
  }
}

/** Ends an item whose message the queue has given up. */
export async function buryItem(jobs: Jobs, delivery: ItemDelivery): Promise<void> {
  const { task, item } = delivery.body;
  try {
    const { isStirring } = await callLedger(jobs, task, (ledger) => ledger.bury(item, jobs.clock.now()));
    delivery.ack();
    if (isStirring) await tellRun(jobs, task);
  } catch (error) {
    jobs.log({ level: "error", message: "a dead letter was not read", task, item, cause: describe(error) });
    delivery.retry({ delaySeconds: pauseSeconds(delivery.attempts) });
  }
}

/** Has an item wait for another message, and takes this one from the queue: no try is lost. */
export async function putBackItem(jobs: Jobs, delivery: ItemDelivery): Promise<void> {
  const { task, item } = delivery.body;
  try {
    const { isStirring } = await callLedger(jobs, task, (ledger) => ledger.putBack(item, jobs.clock.now()));
    delivery.ack();
    if (isStirring) await tellRun(jobs, task);
  } catch (error) {
    jobs.log({ level: "error", message: "an item was not put back", task, item, cause: describe(error) });
    delivery.retry({ delaySeconds: pauseSeconds(delivery.attempts) });
  }
}

/** The message is taken by then, and the cron wakes the run where this fails. */
async function tellRun(jobs: Jobs, task: string): Promise<void> {
  try {
    await wakeRun(jobs, task);
  } catch (error) {
    jobs.log({ level: "warn", message: "a run was not woken", task, cause: describe(error) });
  }
}

type Came = { readonly outcome: ItemOutcome | "handed over" } | { readonly again: ItemFailure };

async function workWithin(jobs: Jobs, claimed: ClaimedItem): Promise<Came> {
  const { key, header } = claimed;
  try {
    const seconds = deadlineSeconds[header.kind];
    return { outcome: await withDeadline(jobs.clock, seconds, (signal) => workOnItem(jobs, claimed, signal)) };
  } catch (error) {
    const failure = failureOf(error);
    jobs.log({
      level: "warn",
      message: "an item is tried again",
      task: header.id,
      key,
      failure,
      cause: describe(error),
    });
    return { again: failure };
  }
}

function failureOf(error: unknown): ItemFailure {
  if (error instanceof ImageError) return { code: error.code, message: error.message };
  if (error instanceof DeadlinePassed) {
    return { code: "deadline-passed", message: `It was not done within ${error.seconds} seconds.` };
  }
  return { code: "internal", message: "Internal error; see the log of the Worker of jobs." };
}

async function tryAgain(
  jobs: Jobs,
  delivery: ItemDelivery,
  { claimed, failure }: { readonly claimed: ClaimedItem; readonly failure: ItemFailure },
): Promise<void> {
  const { holder, item, header } = claimed;
  const delaySeconds = pauseSeconds(delivery.attempts);
  const until = jobs.clock.now() + 1000 * delaySeconds;
  await callLedger(jobs, header.id, (ledger) => ledger.release(item, { holder, failure, until }));
  delivery.retry({ delaySeconds });
}

function pauseSeconds(attempts: number): number {
  return Math.min(longestPause, 2 ** (attempts - 1));
}

function describe(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? `: ${String(error.cause)}` : "";
  return `${String(error)}${cause}`;
}
