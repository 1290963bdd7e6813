import type { ServiceBuckets } from "../bucket/bucket.ts";
import type { ImageOutcome } from "../job/job.ts";
import { writeMemberships } from "../job/memberships.ts";
import { type ObjectOutcomes, writeObjects } from "../job/object-job.ts";
import type { Report } from "../job/report.ts";
import type { Terminal } from "../node/terminal.ts";
import type { IngestCommand } from "./command.ts";
import { exitStatus, isPassing } from "./exit-status.ts";
import type { Settled } from "./ingest-settings.ts";

/** The ingest whose records are written. */
export interface RecordsContext {
  readonly command: IngestCommand;
  readonly terminal: Terminal;
  readonly settled: Settled;
}

/** Writes objects, and collections unless that is left to the last of all shards; undefined where there are none, or no more. */
export async function writeRecords(
  outcomes: readonly ImageOutcome[],
  buckets: ServiceBuckets,
  { command, terminal, settled }: RecordsContext,
): Promise<ObjectOutcomes | undefined> {
  const { plan, whole, share, keyOf, logos, store } = settled;
  if (plan.objects === undefined || terminal.signal.aborted) return undefined;
  const { signal } = terminal;
  if (share?.kind === "last") return writeMemberships(plan.objects, { ...buckets, keyOf, logos, signal });
  return writeObjects(outcomes, plan.objects, {
    ...buckets,
    keyOf,
    logos,
    canvases: command.options.newCanvas === true ? "new" : "kept",
    labels: command.options.pageLabels === undefined ? "kept" : "by-rule",
    ...(share && { collections: "left", planned: whole.images }),
    store,
    signal,
  });
}

/**
 * Returns the exit status of a run. What passes is tried again, though something else has failed for good: that is all that
 * will be left.
 */
export function statusOf({ images, objects = [], collections = [], feed = { told: 0 }, totals }: Report): number {
  const failures = [...images, ...objects, ...collections, feed].flatMap((one) =>
    "failure" in one && one.failure !== undefined ? [one.failure] : [],
  );
  if (failures.some(({ code }) => isPassing(code))) return exitStatus.again;
  if (failures.length > 0) return exitStatus.failed;
  return totals.stopped > 0 ? exitStatus.stopped : exitStatus.well;
}
