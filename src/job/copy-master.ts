import type { Bucket, StoredObject } from "../bucket/bucket.ts";
import { bucketSource } from "../bucket/bucket-source.ts";
import { type UploadOptions, uploadSource } from "../bucket/upload.ts";
import { sha256OfSource } from "./source-digest.ts";

/** A master as it lies in its bucket. */
export interface PlacedMaster {
  readonly key: string;
  readonly stored: StoredObject;
}

/**
 * Copies a master to another key, by reading and storing it part by part: some parts are held at once, however large it is,
 * and what an interrupted copy left is taken up. What is read is compared with the checksum that the master was stored
 * with, and what is stored with what was read. Every read is of the master that was looked at. Throws BucketError,
 * `corrupted` for a master that is not what was stored, `failed` for one that was replaced meanwhile.
 */
export async function copyMaster(
  masters: Bucket,
  { key: from, stored }: PlacedMaster,
  to: string,
  options: UploadOptions = {},
): Promise<void> {
  const { bytes, metadata, contentType } = stored;
  const upload = {
    key: to,
    name: from,
    bytes,
    checksum: metadata.sha256,
    headers: { contentType, metadata },
    read: bucketSource(masters, from, stored).read,
  };
  await uploadSource(masters, upload, options);
}

/**
 * Says whether two masters are one: their length, all that is kept with them, and their checksum. Where none is kept they
 * are read and compared. Throws BucketError.
 */
export async function isSameMaster(masters: Bucket, one: PlacedMaster, other: PlacedMaster): Promise<boolean> {
  if (one.stored.bytes !== other.stored.bytes || !hasSameMetadata(one.stored, other.stored)) return false;
  if (one.stored.metadata.sha256 !== undefined) return true;
  const reading = [one, other].map(({ key, stored }) => sha256OfSource(bucketSource(masters, key, stored)));
  const [first, second] = await Promise.all(reading);
  return first === second;
}

function hasSameMetadata({ metadata: one }: StoredObject, { metadata: other }: StoredObject): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}
