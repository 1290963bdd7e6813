import type { Compression } from "../pyramid/tile-encoding.ts";
import { reverseBits } from "../raster/fill-order.ts";
import type { Kernel } from "../raster/kernel.ts";
import { planeSlackBytes } from "../raster/raster.ts";

/** The compressions that are unpacked as they are read. */
export type StreamedCompression = (typeof streamed)[number];

const streamed = ["lzw", "deflate", "packbits"] as const;

/** Returns whether a compression is unpacked as it is read. */
export function isStreamed(compression: Compression): compression is StreamedCompression {
  return streamed.some((name) => name === compression);
}

/** A compressed stream that is fed in pieces, and gives its bytes in pieces: the same that `decompressInto` writes. */
export interface PackedStream {
  /** Feeds the next piece, at most `packedPieceBytes` long; undefined after the last. Only when all before is used up. */
  feed(piece: Uint8Array | undefined): void;
  /** Writes the next bytes to kernel memory, at most `capacity`; returns how many. Fewer if it needs more, or has ended. */
  take(target: number, capacity: number): number;
  /** Whether nothing more comes, whatever follows: the stream has ended or is broken. */
  readonly isEnded: boolean;
}

/** What a stream is made of. */
export interface StreamForm {
  readonly compression: StreamedCompression;
  /** Bits of a byte from the lowest to the highest. */
  readonly isBitReversed: boolean;
}

/** The most bytes that are fed at once. */
export const packedPieceBytes = 1 << 14;

/** What a stream takes of the kernel's arena at most, in bytes. */
export const packedStreamBytes = 96 << 10;

/** Begins a stream, its memory taken out of the kernel's arena; a kernel decodes one at a time. Throws `render-memory`. */
export function openPackedStream(kernel: Kernel, { compression, isBitReversed }: StreamForm): PackedStream {
  if (compression === "deflate") return new InflatedStream(kernel, isBitReversed);
  const { exports } = kernel;
  const isLzw = compression === "lzw";
  const pointer = kernel.allocate(packedPieceBytes + planeSlackBytes);
  if (isLzw) exports.openLzw(kernel.allocate(exports.lzwWorkBytes.value));
  else exports.openPackBits();
  let isFed = false;
  return {
    feed(piece) {
      if (piece === undefined) {
        isFed = true;
        return;
      }
      putPiece(kernel, { piece, pointer, isBitReversed });
      if (isLzw) exports.feedLzw(pointer, piece.byteLength);
      else exports.feedPackBits(pointer, piece.byteLength);
    },
    take: (target, capacity) => (isLzw ? exports.takeLzw(target, capacity) : exports.takePackBits(target, capacity)),
    get isEnded() {
      return isFed || (isLzw && Boolean(exports.lzwEnded.value));
    },
  };
}

/** The statuses of the kernel, as in `wasm/inflate/status.ts`. */
const statusFed = 0;
const statusFull = 1;

class InflatedStream implements PackedStream {
  readonly #kernel: Kernel;
  readonly #isBitReversed: boolean;
  /** What was inflated and is not taken yet: places rather than a view, for memory may grow meanwhile. */
  #from = 0;
  #end = 0;
  #status = statusFed;

  constructor(kernel: Kernel, isBitReversed: boolean) {
    const { exports } = kernel;
    exports.openInflate(kernel.allocate(exports.inflateWorkBytes.value));
    this.#kernel = kernel;
    this.#isBitReversed = isBitReversed;
  }

  get isEnded(): boolean {
    return this.#status !== statusFed && this.#status !== statusFull && this.#from === this.#end;
  }

  feed(piece: Uint8Array | undefined): void {
    const { exports } = this.#kernel;
    const pointer = exports.inflateRoom();
    if (piece !== undefined) putPiece(this.#kernel, { piece, pointer, isBitReversed: this.#isBitReversed });
    exports.feedInflate(piece?.byteLength ?? 0, piece === undefined);
    this.#status = statusFull;
  }

  take(target: number, capacity: number): number {
    const { exports } = this.#kernel;
    for (let taken = 0; ; ) {
      const count = Math.min(this.#end - this.#from, capacity - taken);
      if (count > 0) this.#kernel.bytes.copyWithin(target + taken, this.#from, this.#from + count);
      this.#from += count;
      taken += count;
      if (taken === capacity || this.#status !== statusFull) return taken;
      this.#status = exports.inflate();
      [this.#from, this.#end] = [exports.inflatedFrom.value, exports.inflatedEnd.value];
    }
  }
}

/** What follows a piece in kernel memory may be read. */
function putPiece(
  kernel: Kernel,
  {
    piece,
    pointer,
    isBitReversed,
  }: { readonly piece: Uint8Array; readonly pointer: number; readonly isBitReversed: boolean },
): void {
  kernel.bytes.set(piece, pointer);
  if (isBitReversed) reverseBits(kernel, pointer, piece.byteLength);
}
