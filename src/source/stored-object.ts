import { ImageError } from "../error.ts";
import type { ByteSource } from "./byte-source.ts";

/** A stored object's size in bytes, and a text that changes when it is replaced. */
export interface ObjectVersion {
  readonly size: number;
  readonly version: string;
}

/** An opened object: its bytes by range, and the first of them. */
export interface OpenedObject {
  readonly source: ByteSource;
  readonly prefix: Uint8Array;
  /** When it was stored, in seconds since 1970; undefined where storage does not say. */
  readonly storedAt?: number | undefined;
}

/** The last bytes of an object, which were asked for; whoever does not take them lets go of them. */
export interface StoredTail extends ObjectVersion {
  /** Throws `storage-failed`. */
  readonly bytes: () => Promise<Uint8Array>;
  readonly drop: () => Promise<void>;
}

/** An object as masters are read from it, wherever it is. */
export interface StoredObject {
  /** Reads its first bytes; undefined where there is none. Throws `storage-failed`. */
  readonly open: (prefixBytes: number) => Promise<OpenedObject | undefined>;
  /**
   * Asks for its last bytes, all of them if it has fewer; undefined where there is none. Absent where an object is not
   * asked for its end before its size is known. Throws `storage-failed`.
   */
  readonly tail?: (tailBytes: number) => Promise<StoredTail | undefined>;
  /** Asks for its size and version; undefined where there is none. Throws `storage-failed`. */
  readonly head: () => Promise<ObjectVersion | undefined>;
  /** Returns its bytes with every read pinned to a version. */
  readonly at: (version: ObjectVersion) => ByteSource;
}

/** Returns the error of an object that is no longer the version that was opened. */
export function sourceChanged(): ImageError {
  return new ImageError("source-changed", "The image was replaced while it was being read. Try again.");
}
