import { ImageError } from "../../src/error.ts";
import { availableBytes } from "../../src/source/byte-source.ts";
import {
  type ObjectVersion,
  type StoredObject,
  type StoredTail,
  sourceChanged,
} from "../../src/source/stored-object.ts";
import { Waits } from "./count-waits.ts";

/** An object in memory, which may be replaced, and whose reads are counted. */
export class MemoryObject implements StoredObject {
  readonly waits = new Waits();
  /** How many ends were let go of unread. */
  dropped = 0;
  /** Told of the bytes of each answer, before it is given. */
  onBytes: (byteLength: number) => void = () => undefined;
  isMissing = false;
  /** What it says of when it was stored, in seconds since 1970. */
  storedAt: number | undefined;
  /** How many bytes of the next answers are lacking. */
  lacking = 0;
  #bytes: Uint8Array;
  #version = 1;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Puts other bytes in place of those that are there. */
  replace(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#version += 1;
  }

  readonly open: StoredObject["open"] = async (prefixBytes) => {
    await this.waits.next("first");
    if (this.isMissing) return undefined;
    return { source: this.at(this.#now()), prefix: this.#take(0, prefixBytes), storedAt: this.storedAt };
  };

  readonly tail = async (tailBytes: number): Promise<StoredTail | undefined> => {
    await this.waits.next("end");
    if (this.isMissing) return undefined;
    const now = this.#now();
    const length = Math.min(tailBytes, now.size);
    const bytes = this.#bytes.slice(now.size - length, now.size - this.lacking);
    return {
      ...now,
      bytes: async () => {
        this.onBytes(bytes.byteLength);
        if (bytes.byteLength < length) throw new ImageError("storage-failed", "Too few bytes came.");
        return bytes;
      },
      drop: async () => {
        this.dropped += 1;
      },
    };
  };

  readonly head: StoredObject["head"] = async () => {
    await this.waits.next("head");
    return this.#now();
  };

  readonly at: StoredObject["at"] = (pinned) => ({
    ...pinned,
    read: async (offset, length) => {
      await this.waits.next(`${offset}+${length}`);
      if (pinned.version !== this.#now().version) throw sourceChanged();
      return this.#take(offset, length);
    },
  });

  #now(): ObjectVersion {
    return { size: this.#bytes.byteLength, version: String(this.#version) };
  }

  #take(offset: number, length: number): Uint8Array {
    const bytes = this.#bytes.slice(offset, offset + availableBytes(offset, length, this.#bytes.byteLength));
    this.onBytes(bytes.byteLength);
    return bytes;
  }
}
