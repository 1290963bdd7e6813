import { BucketError, isOfOneObject, mostReadBytes, type ServiceBuckets } from "../bucket/bucket.ts";
import { listObjects } from "../bucket/list-objects.ts";
import { checkedBytes, sha256Of } from "../bucket/upload.ts";
import { isRecordOf, recordKey } from "../catalogue/image-records.ts";

/** Where earlier versions kept records, in the masters' bucket: `.records/IDENTIFIER.json`. */
const formerPrefix = ".records/";
const formerSuffix = ".json";

/** Each is held twice, and is at most `mostReadBytes` long. */
const recordsAtOnce = 8;

/** What a move did, and how it ended. */
export interface MoveOutcome {
  /** Copied into the catalogue and deleted from the masters' bucket. */
  readonly moved: number;
  /** Deleted from the masters' bucket because the catalogue had the same bytes: an interrupted move had copied them. */
  readonly copiedBefore: number;
  /** Kept where they were; `onLeft` was told why. */
  readonly left: number;
  /** Why the move ended before it was done; its code is `stopped` where that came from outside. */
  readonly failure: BucketError | undefined;
}

type Buckets = Pick<ServiceBuckets, "masters" | "catalogue">;

/** How a move is watched and stopped. */
export interface MoveOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called after each object with how many are done. */
  readonly onProgress?: (objects: number) => void;
  /** Called for an object that is kept where it is, with the reason in a sentence. */
  readonly onLeft: (key: string, reason: string) => void;
}

/**
 * Moves the records that earlier versions kept in the masters' bucket into the catalogue. Each is copied where there is
 * none, read back and compared, and only then deleted: whenever the move is interrupted, a record is in one of the buckets
 * or in both, and the next run goes on. What differs from the catalogue, or is not a record, stays where it is.
 */
export async function moveFormerRecords(
  buckets: Buckets,
  { signal, onProgress, onLeft }: MoveOptions,
): Promise<MoveOutcome> {
  const counts = { moved: 0, copiedBefore: 0, left: 0, gone: 0 };
  let failure: unknown;
  const record = (key: string, ending: Ending) => {
    if (typeof ending === "string") counts[ending] += 1;
    else {
      counts.left += 1;
      onLeft(key, ending.left);
    }
    onProgress?.(counts.moved + counts.copiedBefore + counts.left);
  };
  const objects = listObjects(buckets.masters, formerPrefix);
  const work = async () => {
    try {
      for await (const { key, bytes } of objects) {
        if (signal?.aborted) throw new BucketError("stopped", "Stopped.");
        record(key, bytes > mostReadBytes ? { left: "It is too long for a record." } : await tryMove(key, buckets));
      }
    } catch (error) {
      failure ??= error;
    }
  };
  try {
    await buckets.masters.check();
    await buckets.catalogue.check();
    await Promise.all(Array.from({ length: recordsAtOnce }, work));
  } catch (error) {
    failure ??= error;
  }
  if (failure !== undefined && !(failure instanceof BucketError)) throw failure;
  const { moved, copiedBefore, left } = counts;
  return { moved, copiedBefore, left, failure };
}

/** How the work on one object ended; `gone`: another run has moved it meanwhile. */
type Ending = "moved" | "copiedBefore" | "gone" | { readonly left: string };

/** A failure of one object leaves the others alone, unless a bucket refuses everything. */
async function tryMove(key: string, buckets: Buckets): Promise<Ending> {
  try {
    return await move(key, buckets);
  } catch (error) {
    if (!isOfOneObject(error)) throw error;
    return { left: error.message };
  }
}

async function move(key: string, { masters, catalogue }: Buckets): Promise<Ending> {
  const identifier = key.endsWith(formerSuffix) ? key.slice(formerPrefix.length, -formerSuffix.length) : "";
  const former = await masters.get(key);
  if (former === undefined) return "gone";
  if (!isRecordOf(identifier, former.bytes)) return { left: "It is not the record of this identifier." };
  const sha256 = sha256Of(former.bytes);
  // A damaged record would get a checksum of its own in the copy.
  if ((former.metadata.sha256 ?? sha256) !== sha256) return { left: "Its checksum does not match." };
  const target = recordKey(identifier);
  const present = await catalogue.get(target);
  if (present === undefined) {
    const { contentType, metadata } = former;
    await catalogue.create(target, checkedBytes(former.bytes), { contentType, metadata: { ...metadata, sha256 } });
  }
  const copy = present ?? (await catalogue.get(target));
  if (copy === undefined || Buffer.compare(copy.bytes, former.bytes) !== 0) {
    return { left: `${target} in the catalogue is different.` };
  }
  await masters.delete(key);
  return present === undefined ? "moved" : "copiedBefore";
}
