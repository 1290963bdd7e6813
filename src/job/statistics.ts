import { type Bucket, BucketError } from "../bucket/bucket.ts";
import { listObjects } from "../bucket/list-objects.ts";
import type { StatisticsSum } from "../statistics/report.ts";
import { parseRollUp, periodOf, rollUpPrefix } from "../statistics/roll-up.ts";
import { type CountedBucket, countedBuckets, countStored, type StorageCounts } from "../statistics/storage-count.ts";

/** How a reading is watched and stopped. */
export interface ReadingOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (done: number) => void;
  /** Told of a roll-up that can't be read; the others are. */
  readonly onProblem: (key: string, reason: string) => void;
}

/** Adds the roll-ups of the catalogue to a sum, one after another. Throws BucketError, `stopped` too. */
export async function addStoredRollUps(
  catalogue: Bucket,
  sum: Pick<StatisticsSum, "isWithin" | "add">,
  { signal, onProgress, onProblem }: ReadingOptions,
): Promise<void> {
  let done = 0;
  for await (const { key } of listObjects(catalogue, rollUpPrefix)) {
    if (signal.aborted) throw new BucketError("stopped", "Stopped.");
    const period = periodOf(key)?.period;
    if (period === undefined || !sum.isWithin(period)) continue;
    const object = await catalogue.get(key);
    // It has become a day, or a month, since it was listed.
    if (object === undefined) continue;
    try {
      sum.add(parseRollUp(new TextDecoder().decode(object.bytes)));
    } catch (error) {
      onProblem(key, (error as Error).message);
    }
    onProgress(++done);
  }
}

/** Counts what is stored by listing all of it, a page at a time. Throws BucketError, `stopped` too. */
export async function countAllStored(
  buckets: Readonly<Record<CountedBucket, Bucket>>,
  { signal, onProgress }: Omit<ReadingOptions, "onProblem">,
): Promise<StorageCounts> {
  const counts: StorageCounts = {};
  let done = 0;
  for (const bucket of countedBuckets) {
    for await (const object of listObjects(buckets[bucket], "")) {
      if (signal.aborted) throw new BucketError("stopped", "Stopped.");
      countStored(counts, bucket, object);
      done += 1;
      if (done % 1000 === 0) onProgress(done);
    }
  }
  return counts;
}
