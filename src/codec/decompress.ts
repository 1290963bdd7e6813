import type { Compression, TileEncoding } from "../pyramid/tile-encoding.ts";
import { reverseBits } from "../raster/fill-order.ts";
import type { Kernel } from "../raster/kernel.ts";
import { decodeCcitt } from "./ccitt.ts";
import { inflateUntil } from "./inflate.ts";
import { type AskedRows, findMissing, type MissingRows, missingFrom } from "./missing-rows.ts";
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
  /** The rows that are needed; undefined for all. */
  readonly asked?: AskedRows | undefined;
}

/**
 * Decompresses a tile into kernel memory, never more than its samples take, whatever it claims. Returns which rows are
 * missing because it holds too little, is cut off or breaks its own format: their samples are 0. Throws
 * `source-malformed` for a format that gives nothing once it is broken; `source-unsupported`, `render-memory`.
 */
export function decompressInto(kernel: Kernel, tile: PackedTile): MissingRows | undefined {
  const { compression, target, byteLength, rows, encoding } = tile;
  const { asked = { y: 0, height: rows } } = tile;
  const isReversed = encoding.layout.isBitReversed && !isFax(compression);
  const ordered = isReversed ? { ...tile, bytes: withBitsReversed(kernel, tile.bytes) } : tile;
  if (isFax(compression)) return findMissing(decodeFaxInto(kernel, compression, ordered), asked);
  const written = unpackInto(kernel, { ...ordered, compression });
  if (written === byteLength) return undefined;
  kernel.bytes.fill(0, target + written, target + byteLength);
  return missingFrom(Math.floor((written * rows) / byteLength), asked);
}

type FaxCompression = "ccitt-rle" | "ccitt-g3" | "ccitt-g4";

function isFax(compression: ByteCompression): compression is FaxCompression {
  return compression.startsWith("ccitt");
}

/** A tile of a compression that gives bytes from the first on. */
interface ByteTile extends PackedTile {
  readonly compression: Exclude<ByteCompression, FaxCompression>;
}

/** Returns how many bytes were written. */
function unpackInto(kernel: Kernel, tile: ByteTile): number {
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
  }
}

function copyInto(kernel: Kernel, bytes: Uint8Array, { target, byteLength }: PackedTile): number {
  const copied = bytes.subarray(0, byteLength);
  kernel.bytes.set(copied, target);
  return copied.byteLength;
}

/** What a broken stream lacks is white. Returns a mark for each row. */
function decodeFaxInto(
  kernel: Kernel,
  compression: FaxCompression,
  { bytes, target, width, rows, encoding }: PackedTile,
): Uint8Array {
  const { isTwoDimensional = false, isByteAligned = false } = encoding.ccitt ?? {};
  const scheme = compression === "ccitt-rle" ? "rle" : compression === "ccitt-g3" ? "g3" : "g4";
  const { isBitReversed } = encoding.layout;
  return decodeCcitt(kernel, bytes, {
    options: { scheme, isTwoDimensional, isByteAligned, isBitReversed },
    target,
    width,
    rows,
  });
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
  inflateUntil(kernel, [bytes], (inflated) => {
    const chunk = inflated.subarray(0, byteLength - written);
    kernel.bytes.set(chunk, target + written);
    written += chunk.byteLength;
    return written === byteLength ? "enough" : "more";
  });
  return written;
}
