import { type Bucket, BucketError, type ListedObject } from "./bucket.ts";

/**
 * Lists the objects of a bucket whose keys start with `prefix`, page by page; they may be deleted meanwhile. Throws
 * BucketError, `failed` also for a storage whose pages do not lead on.
 */
export async function* listObjects(bucket: Bucket, prefix: string): AsyncGenerator<ListedObject, undefined> {
  let after: string | undefined;
  for (let isMore = true; isMore; ) {
    const { objects, isTruncated } = await bucket.list(prefix, after);
    const last = objects.at(-1)?.key;
    if (isTruncated && (last === undefined || !isLater(last, after))) {
      throw new BucketError("failed", `${bucket.name} lists the same objects over and over.`);
    }
    yield* objects;
    after = last;
    isMore = isTruncated;
  }
}

/** Storages list keys in the order of their UTF-8 bytes. */
function isLater(key: string, after: string | undefined): boolean {
  return after === undefined || Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0;
}
