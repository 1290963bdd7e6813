import { concatenate } from "../bytes.ts";
import { availableBytes, type ByteSource } from "../source/byte-source.ts";
import { type Bucket, BucketError, mostReadBytes, type StoredObject } from "./bucket.ts";

/**
 * Returns an object of a bucket as a file that is read by ranges, every read pinned to the version given. Its reads throw
 * BucketError, `failed` also for an answer that is cut off.
 */
export function bucketSource(
  bucket: Bucket,
  key: string,
  { bytes: size, etag }: Pick<StoredObject, "bytes" | "etag">,
): ByteSource {
  return {
    size,
    version: etag,
    async read(offset, length) {
      const end = offset + availableBytes(offset, length, size);
      const parts: Uint8Array[] = [];
      for (let at = offset; at < end; at += mostReadBytes) {
        const part = { offset: at, length: Math.min(mostReadBytes, end - at) };
        const bytes = await bucket.readRange(key, { ...part, etag });
        if (bytes.byteLength !== part.length) {
          throw new BucketError("failed", `${bucket.name} gave ${bytes.byteLength} of ${part.length} bytes of ${key}.`);
        }
        parts.push(bytes);
      }
      return parts.length === 1 ? (parts[0] ?? new Uint8Array()) : concatenate(parts);
    },
  };
}
