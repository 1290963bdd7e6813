import type { Bucket } from "../bucket/bucket.ts";
import { parseImageRecord, recordKey, type StoredRecord } from "../catalogue/image-records.ts";
import { ImageError } from "../error.ts";
import { maxKeyBytes } from "../identity/master-name.ts";

/** Reads the record of an image; undefined where there is none, or what is there is none. Throws BucketError. */
export async function readImageRecord(catalogue: Bucket, identifier: string): Promise<StoredRecord | undefined> {
  const key = recordKey(identifier);
  // No object has a longer key, and some identifiers come to one.
  const object = Buffer.byteLength(key) > maxKeyBytes ? undefined : await catalogue.get(key);
  return object === undefined ? undefined : parseImageRecord(object.bytes, identifier);
}

/**
 * Reads the record of an image as `readImageRecord` does, to say who may see it. Throws BucketError, and `policy-unreadable`
 * for one that is damaged: the service shows nothing of that image.
 */
export async function readStatedRecord(catalogue: Bucket, identifier: string): Promise<StoredRecord | undefined> {
  const record = await readImageRecord(catalogue, identifier);
  const key = recordKey(identifier);
  if (record !== undefined || Buffer.byteLength(key) > maxKeyBytes) return record;
  if ((await catalogue.head(key)) === undefined) return undefined;
  throw new ImageError("policy-unreadable", "It can't be read who may see this image.", {
    detail: `${key} in ${catalogue.name} is damaged, and the image is not shown to anybody.`,
  });
}
