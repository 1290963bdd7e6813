import { ImageError } from "../error.ts";
import { availableBytes, type ByteSource } from "./byte-source.ts";

/** The two calls of an R2 bucket that reading takes. */
export type ReadableBucket = Pick<R2Bucket, "get" | "head">;

/** A stored object's size in bytes and etag. */
export interface ObjectVersion {
  readonly size: number;
  readonly version: string;
}

/** An object just opened: its bytes by range, and the first of them. */
export interface OpenedObject {
  readonly source: ByteSource;
  readonly prefix: Uint8Array;
}

/** Opens an object by reading its first `prefixBytes`; undefined for an unknown key. Throws `storage-failed`. */
export async function openR2(
  bucket: ReadableBucket,
  key: string,
  prefixBytes: number,
): Promise<OpenedObject | undefined> {
  try {
    const object = await answered(() => bucket.get(key, { range: { offset: 0, length: prefixBytes } }));
    if (object === null) return undefined;
    const prefix = await answered(() => object.bytes());
    return { source: r2Source(bucket, key, { size: object.size, version: object.etag }), prefix };
  } catch (error) {
    // Of an empty object R2 gives no range at all.
    const found = await headR2(bucket, key);
    if (found?.size !== 0) throw error;
    return { source: r2Source(bucket, key, found), prefix: new Uint8Array(0) };
  }
}

/** Returns size and etag of an object, or undefined for an unknown key. Throws `storage-failed`. */
export async function headR2(bucket: ReadableBucket, key: string): Promise<ObjectVersion | undefined> {
  const object = await answered(() => bucket.head(key));
  return object === null ? undefined : { size: object.size, version: object.etag };
}

/** Returns a ByteSource over an object whose every read is pinned to the version given. */
export function r2Source(bucket: ReadableBucket, key: string, { size, version }: ObjectVersion): ByteSource {
  return {
    size,
    version,
    async read(offset, length) {
      const available = availableBytes(offset, length, size);
      // R2 refuses a range that starts at or behind the end.
      if (available === 0) return new Uint8Array(0);
      const object = await answered(() =>
        bucket.get(key, { range: { offset, length: available }, onlyIf: { etagMatches: version } }),
      );
      if (object === null || !("body" in object)) {
        throw new ImageError("source-changed", "The image was replaced while it was being read. Ask again.");
      }
      const bytes = await answered(() => object.bytes());
      if (bytes.byteLength !== available) {
        throw new ImageError("storage-failed", "The storage did not answer in full. Ask again.", {
          detail: `${bytes.byteLength} of ${available} bytes at ${offset}`,
        });
      }
      return bytes;
    },
  };
}

async function answered<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw new ImageError("storage-failed", "The storage does not answer. Ask again.", { cause });
  }
}
