import { ImageError } from "../error.ts";
import type { Compression, TileEncoding } from "../pyramid/tile-encoding.ts";
import { reverseBits } from "../raster/fill-order.ts";
import type { Kernel } from "../raster/kernel.ts";
import { decodeCcitt } from "./ccitt.ts";
import { inflate } from "./inflate.ts";
import { inflateZstd } from "./zstd.ts";

/** The compressions that hold the samples of a tile as they are, one after another. */
export type ByteCompression = Exclude<Compression, "jpeg" | "jpeg2000" | "webp" | "png">;

/** One part of a tile, and where its samples are written. */
export interface PackedTile {
  readonly compression: ByteCompression;
  readonly bytes: Uint8Array;
  /** Kernel memory for `byteLength` bytes: all rows of the tile, packed. */
  readonly target: number;
  readonly byteLength: number;
  /** Pixels. */
  readonly width: number;
  readonly rows: number;
  readonly encoding: TileEncoding;
}

/**
 * Decompresses a tile into kernel memory, never more than its samples take, whatever it claims. Throws
 * `source-malformed` if it holds fewer bytes or breaks its own format, `source-unsupported`, `render-memory`.
 */
export async function decompressInto(kernel: Kernel, tile: PackedTile): Promise<void> {
  const { compression, byteLength, encoding } = tile;
  const isReversed = encoding.layout.isBitReversed && !compression.startsWith("ccitt");
  const ordered = isReversed ? { ...tile, bytes: withBitsReversed(kernel, tile.bytes) } : tile;
  const written = await unpackInto(kernel, ordered);
  if (written < byteLength) throw damaged(`${written} of ${byteLength} bytes from ${compression}`);
}

async function unpackInto(kernel: Kernel, tile: PackedTile): Promise<number> {
  const { compression, bytes, target, byteLength } = tile;
  switch (compression) {
    case "none":
      return copyInto(kernel, bytes, tile);
    case "deflate":
      return inflateInto(kernel, tile);
    case "zstd":
      return copyInto(kernel, inflateZstd(bytes, byteLength), tile);
    case "lzw":
    case "packbits": {
      const mark = kernel.mark();
      const source = kernel.store(bytes);
      const { lzwDecode, packBitsDecode } = kernel.exports;
      const decode = compression === "lzw" ? lzwDecode : packBitsDecode;
      const written = decode(source, bytes.byteLength, target, byteLength);
      kernel.release(mark);
      return written;
    }
    case "ccitt-rle":
    case "ccitt-g3":
    case "ccitt-g4":
      return decodeFaxInto(kernel, compression, tile);
  }
}

function copyInto(kernel: Kernel, bytes: Uint8Array, { target, byteLength }: PackedTile): number {
  const copied = bytes.subarray(0, byteLength);
  kernel.bytes.set(copied, target);
  return copied.byteLength;
}

/** What a broken stream lacks is white: unreadable rows count as written. */
function decodeFaxInto(
  kernel: Kernel,
  compression: "ccitt-rle" | "ccitt-g3" | "ccitt-g4",
  { bytes, target, width, rows, byteLength, encoding }: PackedTile,
): number {
  const { isTwoDimensional = false, isByteAligned = false } = encoding.ccitt ?? {};
  const scheme = compression === "ccitt-rle" ? "rle" : compression === "ccitt-g3" ? "g3" : "g4";
  const { isBitReversed } = encoding.layout;
  decodeCcitt(kernel, bytes, {
    options: { scheme, isTwoDimensional, isByteAligned, isBitReversed },
    target,
    width,
    rows,
  });
  return byteLength;
}

function withBitsReversed(kernel: Kernel, bytes: Uint8Array): Uint8Array {
  const mark = kernel.mark();
  const pointer = kernel.store(bytes);
  reverseBits(kernel, pointer, bytes.byteLength);
  const reversed = kernel.bytes.slice(pointer, pointer + bytes.byteLength);
  kernel.release(mark);
  return reversed;
}

/** Inflates only as much as needed: a stream that continues for gigabytes is dropped at the tile's own size. */
function inflateInto(kernel: Kernel, { bytes, target, byteLength }: PackedTile): number {
  let written = 0;
  for (const inflated of inflate(kernel, [bytes])) {
    const chunk = inflated.subarray(0, byteLength - written);
    kernel.bytes.set(chunk, target + written);
    written += chunk.byteLength;
    if (written === byteLength) break;
  }
  return written;
}

function damaged(detail: string, cause?: unknown): ImageError {
  return new ImageError("source-malformed", "The stored image is damaged: one of its tiles can't be decoded.", {
    detail,
    cause,
  });
}
