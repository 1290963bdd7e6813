import type { SearchDatabase } from "./search-database.ts";

/** What is known of a stored object without reading it. */
export interface StoredObject {
  readonly bytes: number;
  /** Without quotes. */
  readonly etag: string;
  /** Milliseconds since 1970. */
  readonly uploadedAt: number;
  readonly contentType: string;
  /** Values by lower-case name; ASCII only. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What an object is stored with. */
export interface ObjectHeaders {
  readonly contentType: string;
  /** Values by lower-case name; ASCII only. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Bytes on their way, with their MD5 in hexadecimal, by which the storage checks them. */
export interface CheckedBytes {
  readonly bytes: Uint8Array;
  readonly md5: string;
}

/** What a part was stored as. */
export interface StoredPart {
  /** From 1 on. */
  readonly number: number;
  readonly etag: string;
}

/** An object that was read whole. */
export interface ReadObject extends ObjectHeaders {
  readonly bytes: Uint8Array;
  /** Without quotes. */
  readonly etag: string;
}

/** A part of an object that is asked for; the storage gives fewer bytes where the object ends. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
  /** Of the object that is meant, without quotes: another that has taken its place is `changed`. */
  readonly etag?: string;
}

/** The longest object that is read whole. */
export const mostReadBytes = 8 << 20;

/** The most objects that are deleted in one call. Source: Amazon S3, DeleteObjects; Cloudflare R2, Workers API. */
export const mostDeletedAtOnce = 1000;

/** An object of a listing. */
export interface ListedObject extends Omit<StoredObject, "metadata" | "contentType"> {
  readonly key: string;
  /** Absent where the storage lists none, as one that speaks S3. */
  readonly metadata?: StoredObject["metadata"];
}

/** Some of the objects of a bucket, in the order of their keys. */
export interface ObjectPage {
  readonly objects: readonly ListedObject[];
  /** Whether there are more objects after the last of these. */
  readonly isTruncated: boolean;
}

/** An upload in parts that is under way. */
export interface PartUpload {
  /** Parts that an interrupted upload of the same object left behind, by number. */
  readonly found: ReadonlyMap<number, StoredPart & { readonly bytes: number }>;
  readonly putPart: (number: number, part: CheckedBytes) => Promise<StoredPart>;
  /** Makes the parts, in order, the object. Returns its etag without quotes. */
  readonly complete: (parts: readonly StoredPart[]) => Promise<string>;
  /** Gives up and removes the parts. Never throws: what can't be removed is taken up or ended by the storage later. */
  readonly abort: () => Promise<void>;
}

/** A bucket that a command writes to. All calls throw BucketError. */
export interface Bucket {
  /** How it is called in messages. */
  readonly name: string;
  /** Parts of one object that may be under way at once. */
  readonly partsAtOnce: number;
  /** Returns the length of the parts in which an object is to be sent; an object up to that length is sent in one piece. */
  readonly partBytes: (objectBytes: number) => number;
  /** Makes sure that the bucket is there. */
  readonly check: () => Promise<void>;
  readonly head: (key: string) => Promise<StoredObject | undefined>;
  /** Reads an object of at most `mostReadBytes`; a longer one is `failed`. */
  readonly get: (key: string) => Promise<ReadObject | undefined>;
  /** Stores an object at once. Returns its etag without quotes. */
  readonly put: (key: string, content: CheckedBytes, headers: ObjectHeaders) => Promise<string>;
  /** Stores an object where there is none of the key. Returns its etag without quotes; undefined where there is one. */
  readonly create: (key: string, content: CheckedBytes, headers: ObjectHeaders) => Promise<string | undefined>;
  /** Stores an object in place of the one with this etag. Returns its own; undefined where another, or none, is there. */
  readonly replace: (
    key: string,
    content: CheckedBytes,
    options: { readonly etag: string; readonly headers: ObjectHeaders },
  ) => Promise<string | undefined>;
  /** Reads a part of an object, at most `mostReadBytes`; an object that is not there is `failed`. */
  readonly readRange: (key: string, range: ByteRange) => Promise<Uint8Array>;
  readonly startParts: (key: string, headers: ObjectHeaders) => Promise<PartUpload>;
  /** Lists up to 1,000 objects whose keys start with `prefix` and come after the key `after`. */
  readonly list: (prefix: string, after: string | undefined) => Promise<ObjectPage>;
  /** Deletes an object; one that is not there is deleted already. */
  readonly delete: (key: string) => Promise<void>;
  /** Deletes up to `mostDeletedAtOnce` objects; what is not there is deleted already. */
  readonly deleteAll: (keys: readonly string[]) => Promise<void>;
}

/** The buckets of one service that commands write to. */
export interface ServiceBuckets {
  /** Images and nothing else. */
  readonly masters: Bucket;
  /** What curators write. */
  readonly catalogue: Bucket;
  /** Pictures that were drawn, and indexes of masters: all of it can be made again. */
  readonly derivatives: Bucket;
  /** The database of the search index, where it lies beside them: on this machine. */
  readonly search?: SearchDatabase;
  readonly close: () => Promise<void>;
}

/**
 * Every way in which storing can fail. `refused`: no right to, or wrong keys; `no-bucket`; `corrupted`: what arrived is
 * not what was sent; `disk-full`: no room left for a local bucket; `unavailable`: no answer after all tries; `changed`:
 * somebody else has changed it meanwhile; `failed`: any other answer; `stopped`: from outside.
 */
export type BucketErrorCode =
  | "refused"
  | "no-bucket"
  | "corrupted"
  | "disk-full"
  | "unavailable"
  | "changed"
  | "failed"
  | "stopped";

const finalCodes: readonly BucketErrorCode[] = ["refused", "no-bucket", "disk-full", "unavailable"];

/** The error of one call to a bucket: `code` for programs, `message` a sentence for a person. */
export class BucketError extends Error {
  readonly code: BucketErrorCode;

  constructor(code: BucketErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "BucketError";
    this.code = code;
  }

  /** Whether every further call will fail the same way, so that going on is of no use. */
  get isFinal(): boolean {
    return finalCodes.includes(this.code);
  }
}

/** Says whether an error of a bucket is about one object: those of others may succeed. */
export function isOfOneObject(error: unknown): error is BucketError {
  return error instanceof BucketError && !error.isFinal && error.code !== "stopped";
}
