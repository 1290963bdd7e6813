import { progressOf, secondsOf } from "../task/progress.ts";
import type { TaskReport } from "../task/report.ts";
import type { Stage } from "../task/states.ts";
import { formatTaskDollars, type TaskCost } from "../task/task-cost.ts";
import { billOf, type Usage } from "./bill.ts";
import { dollarsFor, type PriceName, priceMonth, prices } from "./prices.ts";

/** Stages that compute; the others wait for storage. */
const computing: readonly Stage[] = ["decode", "resample", "encode", "verify"];

/** A message is written, read and deleted. Source: Cloudflare Queues, pricing. */
const operationsPerTry = 3;

/** The object of a task is asked when an item is begun and when it has ended. */
const ledgerRequestsPerTry = 2;

/** An item is written when it is found, sent, begun and ended, and the sums of the task each time. */
const rowsPerTry = 8;

/** A master is asked for its head and opened, and read in parts of so many bytes. */
const readsPerTry = 2;
const bytesPerRead = 8 << 20;

/** A listing returns so many keys. */
const keysPerListing = 1000;

/** A run takes a step for so many items, and some to begin and to end. */
const itemsPerStep = 1000;
const otherSteps = 3;

/** An amount that is charged for, and what it is estimated from. */
type Estimate = readonly [amount: number, from: string];

/**
 * Reckons what a task cost from what was measured of it: seconds, bytes, tries. The platform tells a Worker neither its
 * processor time nor what it is charged, so that every amount is an estimate, and says of what.
 */
export function billOfTask({ task }: Pick<TaskReport, "task">): TaskCost {
  const estimates = estimatesOf(task);
  const usage = Object.fromEntries(Object.entries(estimates).map(([name, [amount]]) => [name, amount])) as Usage;
  const { lines, dollars } = billOf(usage);
  return {
    dollars,
    lines: lines.map(({ price, amount, dollars: each }) => {
      const { name, unit } = prices[price];
      return { name, amount, unit, dollars: each, estimatedFrom: estimates[price]?.[1] ?? "" };
    }),
    notCounted: notCounted(task),
    priceMonth,
  };
}

function estimatesOf(task: TaskReport["task"]): Readonly<Partial<Record<PriceName, Estimate>>> {
  const { kind, seconds, bytesIn, counts, retries, from } = task;
  const { total } = progressOf(counts);
  const tries = total - counts.cancelled + retries;
  const computed = computing.reduce((sum, stage) => sum + (seconds[stage] ?? 0), 0);
  const listings = from === undefined ? 0 : Math.max(1, Math.ceil(total / keysPerListing));
  const times = (each: number): string => `${each} for each of ${tries} tries`;
  // The Worker of images reads for a task that warms, and is charged for it as for any request.
  const reads: Estimate =
    kind === "warm"
      ? [0, "none of its own"]
      : [
          tries * readsPerTry + Math.floor(bytesIn / bytesPerRead),
          `${times(readsPerTry)}, and one for each ${bytesPerRead >> 20} MiB read`,
        ];
  return {
    classA: [listings + 1, listings > 0 ? "the listing, and this report" : "this report"],
    classB: reads,
    cpu: [1000 * computed, `seconds of ${computing.join(", ")}`],
    ledgerRequests: [tries * ledgerRequestsPerTry, times(ledgerRequestsPerTry)],
    ledgerWritten: [tries * rowsPerTry, times(rowsPerTry)],
    queue: [tries * operationsPerTry, times(operationsPerTry)],
    steps: [otherSteps + Math.ceil(total / itemsPerStep), `one for each ${itemsPerStep} items, and ${otherSteps}`],
  };
}

function notCounted({ kind, seconds }: TaskReport["task"]): readonly string[] {
  const all = secondsOf(seconds);
  const most = formatTaskDollars(dollarsFor("cpu", 1000 * all));
  return [
    `The clock of a Worker stands still on Cloudflare while it computes, which then shows in the stage that waits next: if all ${all.toFixed(1)} seconds had been computing, CPU would come to ${most}.`,
    ...(kind === "warm"
      ? ["What the Worker of images took for its pictures: tessera cost tells what was counted of it."]
      : []),
  ];
}
