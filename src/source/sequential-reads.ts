import { ImageError } from "../error.ts";
import type { ByteSource } from "./byte-source.ts";

/** What is read in order. */
export interface ReadInOrder {
  readonly source: ByteSource;
  /** Where it is in the file, in bytes. */
  readonly offset: number;
  readonly length: number;
  /** How much is read at a time, in bytes; the next read is under way while these are used. */
  readonly readBytes: number;
}

/** A part of a file that is read in order, each byte once. Holds two reads at most. */
export class SequentialReads {
  readonly #request: ReadInOrder;
  /** Where the next read begins, counted from the first byte of the part. */
  #next = 0;
  #pending: Promise<Uint8Array> | undefined;

  /** Reads nothing yet. */
  constructor(request: ReadInOrder) {
    this.#request = request;
  }

  /** Returns the next bytes; undefined after the last. Throws what the source throws. */
  async next(): Promise<Uint8Array | undefined> {
    const { offset, length } = this.#request;
    if (this.#next >= length) return undefined;
    const bytes = await (this.#pending ?? this.#begin());
    if (bytes.byteLength === 0) {
      throw new ImageError("storage-failed", "Storage did not return the image. Try again.", {
        detail: `no bytes at ${offset + this.#next}`,
      });
    }
    this.#next += bytes.byteLength;
    this.#pending = this.#next < length ? this.#begin() : undefined;
    return bytes;
  }

  /** Starts the next read. A failure shows when it is awaited, which may be never: the picture ended before. */
  #begin(): Promise<Uint8Array> {
    const { source, offset, length, readBytes } = this.#request;
    const reading = source.read(offset + this.#next, Math.min(readBytes, length - this.#next));
    reading.catch(() => undefined);
    return reading;
  }
}
