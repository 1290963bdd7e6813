import { ImageError } from "../../error.ts";
import type { Kernel } from "../../raster/kernel.ts";
import { planeSlackBytes } from "../../raster/raster.ts";
import type { ByteSource } from "../../source/byte-source.ts";
import type { HeldRun } from "../../source/read-ahead.ts";

/** What a sliding window is made for. */
export interface WindowRequest {
  readonly source: ByteSource;
  /** Where it begins in the file, in bytes. */
  readonly offset: number;
  /** What was read already. */
  readonly held: HeldRun;
  /** How much is read at a time, in bytes; the next read is under way while these are used. */
  readonly readBytes: number;
}

/** Room for the bytes in kernel memory. What may be left over of them is less than a fourth. */
export const windowBytes = 1 << 17;

/** A part of a file in kernel memory that moves towards its end; each byte is read once. */
export class SlidingWindow {
  /** Where the first byte is in kernel memory. */
  readonly pointer: number;
  readonly #kernel: Kernel;
  readonly #source: ByteSource;
  readonly #readBytes: number;
  #from: number;
  #end: number;
  /** What was read and is not in kernel memory yet. */
  #waiting: Uint8Array;
  /** Where the next read begins, and the read that is under way. */
  #nextOffset: number;
  #pending: Promise<Uint8Array> | undefined;

  /** Takes its room out of the kernel's arena; holds nothing yet. Throws `render-memory`. */
  constructor(kernel: Kernel, { source, offset, held, readBytes }: WindowRequest) {
    this.pointer = kernel.allocate(windowBytes + planeSlackBytes);
    this.#kernel = kernel;
    this.#source = source;
    this.#readBytes = readBytes;
    this.#from = offset;
    this.#end = offset;
    const heldEnd = held.offset + held.bytes.byteLength;
    const isHeld = held.offset <= offset && offset < heldEnd;
    this.#waiting = isHeld ? held.bytes.subarray(offset - held.offset) : new Uint8Array();
    this.#nextOffset = isHeld ? heldEnd : offset;
  }

  /** Where the first byte that is held is in the file. */
  get from(): number {
    return this.#from;
  }

  /** Where the byte after the last one that is held is in the file. */
  get end(): number {
    return this.#end;
  }

  /** Whether the window reaches to the end of the file. */
  get isLast(): boolean {
    return this.#end === this.#source.size;
  }

  /** Lets go of what is before `offset`, and takes on at least one more byte. Throws what the source throws. */
  async moveTo(offset: number): Promise<void> {
    if (this.isLast || offset < this.#from || offset > this.#end) throw new RangeError(`no window from ${offset} on`);
    if (this.#waiting.byteLength === 0) this.#waiting = await this.#read();
    const kept = this.#end - offset;
    const room = windowBytes - kept;
    if (room === 0) throw new RangeError("a window that is full");
    const bytes = this.#kernel.bytes;
    const start = this.pointer + offset - this.#from;
    bytes.copyWithin(this.pointer, start, start + kept);
    const added = this.#waiting.subarray(0, room);
    bytes.set(added, this.pointer + kept);
    this.#waiting = this.#waiting.subarray(added.byteLength);
    this.#from = offset;
    this.#end += added.byteLength;
  }

  async #read(): Promise<Uint8Array> {
    const bytes = await (this.#pending ?? this.#begin());
    if (bytes.byteLength === 0) {
      throw new ImageError("storage-failed", "Storage did not return the image. Try again.", {
        detail: `no bytes at ${this.#nextOffset} of ${this.#source.size}`,
      });
    }
    this.#nextOffset += bytes.byteLength;
    this.#pending = this.#nextOffset < this.#source.size ? this.#begin() : undefined;
    return bytes;
  }

  /** Starts the next read. A failure shows when it is awaited, which may be never: the picture ended before. */
  #begin(): Promise<Uint8Array> {
    const length = Math.min(this.#readBytes, this.#source.size - this.#nextOffset);
    const reading = this.#source.read(this.#nextOffset, length);
    reading.catch(() => undefined);
    return reading;
  }
}
