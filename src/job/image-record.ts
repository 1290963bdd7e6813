import type { Bucket } from "../bucket/bucket.ts";
import { parseImageRecord, recordKey, type StoredRecord } from "../catalogue/image-records.ts";
import { maxKeyBytes } from "../identity/master-name.ts";

/** Reads the record of an image; undefined where there is none, or what is there is none. Throws BucketError. */
export async function readImageRecord(catalogue: Bucket, identifier: string): Promise<StoredRecord | undefined> {
  const key = recordKey(identifier);
  // No object has a longer key, and some identifiers come to one.
  const object = Buffer.byteLength(key) > maxKeyBytes ? undefined : await catalogue.get(key);
  return object === undefined ? undefined : parseImageRecord(object.bytes, identifier);
}
