import type { Clock } from "../budget/clock.ts";
import { DeadlinePassed, untilDeadline } from "../budget/deadline.ts";
import { ImageError } from "../error.ts";
import { availableBytes, type ByteSource } from "./byte-source.ts";
import {
  type ObjectVersion,
  type OpenedObject,
  type StoredObject,
  type StoredTail,
  sourceChanged,
} from "./stored-object.ts";

/** The two methods of an R2 bucket that reading needs. */
export type ReadableBucket = Pick<R2Bucket, "get" | "head">;

/** A bucket, and how long to wait for an answer from it. */
export interface Storage {
  readonly bucket: ReadableBucket;
  readonly clock: Clock;
  readonly timeoutSeconds: number;
}

/** An opened object, as a stream of all its bytes. */
export interface StreamedObject extends ObjectVersion {
  readonly body: ReadableStream;
}

/** Returns an object of a bucket as masters are read from it. */
export function r2Object(storage: Storage, key: string): StoredObject {
  return {
    open: (prefixBytes) => openR2(storage, key, prefixBytes),
    tail: (tailBytes) => tailR2(storage, key, tailBytes),
    head: () => headR2(storage, key),
    at: (version) => r2Source(storage, key, version),
  };
}

/** Opens an object by reading its first `prefixBytes`; undefined for an unknown key. Throws `storage-failed`. */
async function openR2(storage: Storage, key: string, prefixBytes: number): Promise<OpenedObject | undefined> {
  try {
    const found = await readObject(storage, key, { range: { offset: 0, length: prefixBytes } });
    if (found === undefined) return undefined;
    const { size, etag: version, uploaded } = found.object;
    checkLength(found.bytes, { offset: 0, length: availableBytes(0, prefixBytes, size) });
    return { source: r2Source(storage, key, { size, version }), prefix: found.bytes, storedAt: secondsOf(uploaded) };
  } catch (error) {
    if (isTimeout(error)) throw error;
    // For an empty object R2 returns no range at all.
    const found = await headR2(storage, key);
    if (found?.size !== 0) throw error;
    return { source: r2Source(storage, key, found), prefix: new Uint8Array(0) };
  }
}

async function tailR2(storage: Storage, key: string, tailBytes: number): Promise<StoredTail | undefined> {
  const object = await getObject(storage, key, { range: { suffix: tailBytes } });
  if (object === null) return undefined;
  const { size, etag: version } = object;
  const length = Math.min(tailBytes, size);
  return {
    ...{ size, version },
    async bytes() {
      const bytes = await answered(storage, () => object.bytes());
      checkLength(bytes, { offset: size - length, length });
      return bytes;
    },
    drop: () => object.body.cancel(),
  };
}

/** All of an object, and its etag. */
export interface WholeObject {
  readonly bytes: Uint8Array;
  readonly version: string;
}

/**
 * Reads all of an object in one read; undefined for an unknown key. `admit` is given its size before any of it is read,
 * and throws for what is not to be. Throws `storage-failed`, and what `admit` throws.
 */
export async function readWholeR2(
  storage: Storage,
  key: string,
  admit: (bytes: number) => Promise<void>,
): Promise<WholeObject | undefined> {
  const object = await getObject(storage, key);
  if (object === null) return undefined;
  const { body, size } = object;
  try {
    await admit(size);
  } catch (error) {
    await body.cancel();
    throw error;
  }
  const bytes = await answered(storage, () => object.bytes());
  checkLength(bytes, { offset: 0, length: size });
  return { bytes, version: object.etag };
}

/**
 * Opens all of an object in one read, as a stream that the platform reads: nothing of it is held here. Whoever does not send
 * it cancels it. Undefined for an unknown key. Throws `storage-failed`.
 */
export async function openStreamR2(storage: Storage, key: string): Promise<StreamedObject | undefined> {
  const object = await getObject(storage, key);
  return object === null ? undefined : { body: object.body, size: object.size, version: object.etag };
}

/** Returns size and etag of an object, or undefined for an unknown key. Throws `storage-failed`. */
async function headR2(storage: Storage, key: string): Promise<ObjectVersion | undefined> {
  const object = await answered(storage, () => storage.bucket.head(key));
  return object === null ? undefined : { size: object.size, version: object.etag };
}

/** Returns a ByteSource over an object with every read pinned to the given version. */
function r2Source(storage: Storage, key: string, { size, version }: ObjectVersion): ByteSource {
  return {
    size,
    version,
    async read(offset, length) {
      const range = { offset, length: availableBytes(offset, length, size) };
      // R2 refuses a range that starts at or after the end.
      if (range.length === 0) return new Uint8Array(0);
      const found = await readObject(storage, key, { range, onlyIf: { etagMatches: version } });
      if (found === undefined) throw sourceChanged();
      checkLength(found.bytes, range);
      return found.bytes;
    },
  };
}

/** The platform's type says that a range may be answered without a body; only conditions are. */
function getObject(
  storage: Storage,
  key: string,
  options: { readonly range?: R2Range } = {},
): Promise<R2ObjectBody | null> {
  return answered(storage, async (isLate) => {
    const found = await storage.bucket.get(key, options);
    // Nobody waits any longer: an unread body would keep its connection open.
    if (isLate()) await found?.body.cancel();
    return found;
  });
}

/** Reads an object, or undefined if none meets the condition: R2 then answers without a body. */
function readObject(
  storage: Storage,
  key: string,
  options: R2GetOptions,
): Promise<{ readonly object: R2Object; readonly bytes: Uint8Array } | undefined> {
  return answered(storage, async (isLate) => {
    const object = await storage.bucket.get(key, options);
    if (object === null || !("body" in object)) return undefined;
    // Nobody waits any longer: an unread body would keep its connection open.
    if (isLate()) await object.body.cancel();
    return { object, bytes: await object.bytes() };
  });
}

/** Not every bucket says it. */
function secondsOf(uploaded: Date | undefined): number | undefined {
  return uploaded && uploaded.getTime() / 1000;
}

/** Storage may return too few bytes. */
function checkLength(
  { byteLength }: Uint8Array,
  { offset, length }: { readonly offset: number; readonly length: number },
) {
  if (byteLength === length) return;
  throw new ImageError("storage-failed", "The storage returned an incomplete answer. Try again.", {
    detail: `${byteLength} of ${length} bytes at ${offset}`,
  });
}

async function answered<T>(
  { clock, timeoutSeconds }: Storage,
  call: (isLate: () => boolean) => Promise<T>,
): Promise<T> {
  let isLate = false;
  const onPassed = (): void => {
    isLate = true;
  };
  try {
    return await untilDeadline(clock, { seconds: timeoutSeconds, onPassed }, () => call(() => isLate));
  } catch (cause) {
    throw new ImageError("storage-failed", "The storage does not respond. Try again.", { cause });
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof ImageError && error.cause instanceof DeadlinePassed;
}
