import { withDeadline } from "../budget/deadline.ts";
import { ImageError } from "../error.ts";
import type { Services } from "../services.ts";
import {
  countedBuckets,
  countStored,
  formatStorageState,
  parseStorageState,
  type StorageState,
  storageStateKey,
} from "../statistics/storage-count.ts";

/** Pages of listings, of up to 1,000 objects, that one run counts: a million objects take a day and a third. */
const pagesPerRun = 32;

/** A count begins so long after the last one was finished, in milliseconds: a bit less than a day. */
const pauseMilliseconds = 22 * 3_600_000;

/** Returns how the count of what is stored stands. Throws `storage-failed`. */
export async function readStorageState(services: Services): Promise<StorageState> {
  return (await readVersion(services)).state;
}

async function readVersion({
  buckets,
  clock,
  config,
}: Services): Promise<{ readonly state: StorageState; readonly etag: string | undefined }> {
  try {
    return await withDeadline(clock, config.storageTimeoutSeconds, async () => {
      const object = await buckets.catalogue.get(storageStateKey);
      return object === null
        ? { state: {}, etag: undefined }
        : { state: parseStorageState(await object.text()), etag: object.etag };
    });
  } catch (cause) {
    throw new ImageError("storage-failed", "The bucket of the catalogue does not answer.", { cause });
  }
}

/**
 * Counts what is stored, some pages of listings further than the last run, and begins anew once a day. Two runs at once
 * count once. Throws `storage-failed`: the next run goes on where the last one ended.
 */
export async function countStorage(services: Services, now: number): Promise<void> {
  const { buckets, clock, config } = services;
  const { state, etag } = await readVersion(services);
  const { finished, running } = state;
  if (running === undefined && finished !== undefined && now - finished.at < pauseMilliseconds) return;
  const next = await walk(services, running ?? { since: now, bucket: "masters", counts: {} }, now);
  const onlyIf = etag === undefined ? { etagDoesNotMatch: "*" } : { etagMatches: etag };
  const options = { onlyIf, httpMetadata: { contentType: "application/json" } };
  const text = formatStorageState({ finished, ...next });
  try {
    await withDeadline(clock, config.storageTimeoutSeconds, () =>
      buckets.catalogue.put(storageStateKey, text, options),
    );
  } catch (cause) {
    throw new ImageError("storage-failed", "The bucket of the catalogue does not answer.", { cause });
  }
}

/** Returns how the count stands after some pages more. */
async function walk(
  { buckets, clock, config }: Services,
  begun: NonNullable<StorageState["running"]>,
  now: number,
): Promise<StorageState> {
  const counts = structuredClone(begun.counts);
  let { bucket, after } = begun;
  for (let page = 0; page < pagesPerRun; page++) {
    const asked = after === undefined ? {} : { startAfter: after };
    const { objects, truncated } = await withDeadline(clock, config.storageTimeoutSeconds, () =>
      buckets[bucket].list(asked),
    ).catch((cause: unknown) => {
      throw new ImageError("storage-failed", `The bucket of ${bucket} can't be listed now.`, { cause });
    });
    for (const { key, size } of objects) countStored(counts, bucket, { key, bytes: size });
    after = objects.at(-1)?.key;
    if (truncated && after !== undefined) continue;
    const following = countedBuckets[countedBuckets.indexOf(bucket) + 1];
    if (following === undefined) return { finished: { at: now, counts }, running: undefined };
    bucket = following;
    after = undefined;
  }
  return { running: { since: begun.since, bucket, after, counts } };
}
