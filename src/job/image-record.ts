import type { Bucket } from "../bucket/bucket.ts";
import { parseImageRecord, recordKey, type StoredRecord } from "../catalogue/image-records.ts";

/** Reads the record of an image; undefined where there is none, or what is there is none. Throws BucketError. */
export async function readImageRecord(catalogue: Bucket, identifier: string): Promise<StoredRecord | undefined> {
  const object = await catalogue.get(recordKey(identifier));
  return object === undefined ? undefined : parseImageRecord(object.bytes, identifier);
}
