import { createHash } from "node:crypto";
import { type Bucket, BucketError, mostReadBytes, type StoredObject } from "../bucket/bucket.ts";
import { type UploadOptions, uploadSource } from "../bucket/upload.ts";

/** A master as it lies in its bucket. */
export interface PlacedMaster {
  readonly key: string;
  readonly stored: StoredObject;
}

/**
 * Copies a master to another key, by reading and storing it part by part: some parts are held at once, however large it is,
 * and what an interrupted copy left is taken up. What is read is compared with the checksum that the master was stored
 * with, and what is stored with what was read. Throws BucketError, `corrupted` for a master that is not what was stored.
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
    read: (start: number, length: number) => readPieces(masters, from, { start, length }),
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
  return (await digestOf(masters, one)) === (await digestOf(masters, other));
}

function hasSameMetadata({ metadata: one }: StoredObject, { metadata: other }: StoredObject): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}

async function digestOf(masters: Bucket, { key, stored }: PlacedMaster): Promise<string> {
  const digest = createHash("sha256");
  for (let start = 0; start < stored.bytes; start += mostReadBytes) {
    digest.update(await readPieces(masters, key, { start, length: Math.min(mostReadBytes, stored.bytes - start) }));
  }
  return digest.digest("hex");
}

/** A storage gives a part of `mostReadBytes` at a time. */
async function readPieces(
  masters: Bucket,
  key: string,
  { start, length }: { readonly start: number; readonly length: number },
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let filled = 0; filled < length; ) {
    const asked = { offset: start + filled, length: Math.min(mostReadBytes, length - filled) };
    const piece = await masters.readRange(key, asked);
    if (piece.byteLength !== asked.length) {
      throw new BucketError("corrupted", `${key} was replaced while it was read. Run the command again.`);
    }
    bytes.set(piece, filled);
    filled += piece.byteLength;
  }
  return bytes;
}
