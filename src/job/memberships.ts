import { BucketError } from "../bucket/bucket.ts";
import { parseWork, workKey } from "../catalogue/work-record.ts";
import { atOnce } from "./at-once.ts";
import { type WrittenObject, writeCollections } from "./collection-job.ts";
import { readCollectionLabels } from "./collection-labels.ts";
import { failureOf, type ObjectOutcome, type ObjectOutcomes, type ObjectRun, tellFeed } from "./object-job.ts";
import type { PlannedObjects } from "./object-plan.ts";
import { openJournal } from "./run-journal.ts";

const recordsAtOnce = 8;

/**
 * Puts planned objects, whose records are there, into their collections, and writes these: the last step of a run in shards, which makes
 * of their records what a run of everything makes. Throws BucketError when a bucket can't be used at all.
 */
export async function writeMemberships(
  { plans, collections: planned }: Pick<PlannedObjects, "plans" | "collections">,
  run: Omit<ObjectRun, "canvases" | "labels" | "collections" | "planned" | "store">,
): Promise<ObjectOutcomes> {
  const journal = openJournal(run.catalogue);
  journal.plan(planned.map(({ key }) => ({ kind: "collection", key })));
  const labels = await readCollectionLabels(planned, run.catalogue);
  const found = await atOnce(plans, recordsAtOnce, async ({ key }): Promise<WrittenObject | ObjectOutcome> => {
    if (run.signal?.aborted) throw new BucketError("stopped", "Stopped.");
    try {
      const stored = await run.catalogue.get(workKey(key));
      if (stored !== undefined) return { work: parseWork(stored.bytes, key), former: undefined };
      const message = "it has no record: its shard has not run, or its images have failed";
      return { key, status: "failed", failure: { code: "not-found", message } };
    } catch (error) {
      if (error instanceof BucketError && (error.isFinal || error.code === "stopped")) throw error;
      return { key, status: "failed", failure: failureOf(error) };
    }
  });
  const notes: string[] = [];
  const works = found.filter((one) => "work" in one);
  const collections = await writeCollections(works, planned, { ...run, journal, labels, notes });
  return { objects: found.filter((one) => "status" in one), collections, notes, feed: await tellFeed(journal) };
}
