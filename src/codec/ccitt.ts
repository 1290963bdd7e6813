import { ImageError } from "../error.ts";
import type { Kernel } from "../raster/kernel.ts";

/**
 * How bilevel pixels are encoded: by tags 259 (compression 2, 3 and 4), 266 (FillOrder), 292 and 293 (T4Options,
 * T6Options).
 */
export interface CcittOptions {
  readonly scheme: "rle" | "g3" | "g4";
  /** Bit 0 of T4Options: rows have a tag bit that says whether they refer to the row above. Only for `g3`. */
  readonly isTwoDimensional: boolean;
  /**
   * Bit 2 of T4Options: fill bits make each end of line end at a byte boundary. Only for `g3`, and only needed if rows
   * have no end of line: they then begin at byte boundaries, as those of `rle` always do.
   */
  readonly isByteAligned: boolean;
  /** FillOrder 2: codes begin at the lowest bit of a byte. */
  readonly isBitReversed: boolean;
  /**
   * Bit 1 of T4Options or T6Options; true if it is unknown. Without it, the code for the uncompressed mode, which
   * damage can produce, is treated as damage, as always in `rle`.
   */
  readonly isUncompressedAllowed?: boolean;
}

/** Where a strip or tile is written, and how many pixels and rows it should have. */
export interface CcittTarget {
  readonly options: CcittOptions;
  readonly target: number;
  readonly width: number;
  readonly rows: number;
}

/** Bits of the kernel's `coding`, as in `wasm/ccitt/decode.ts`. */
const codingOf = { rle: 0, g3: 1, g4: 2 } as const;
const codingTwoDimensional = 4;
const codingByteAligned = 8;
const codingBitReversed = 16;
const codingUncompressedAllowed = 32;

/** The kernel's status for the uncompressed mode, as in `wasm/ccitt/status.ts`. */
const statusUncompressed = -1;

/**
 * Decodes a strip or tile of fax codes to kernel memory at `target`: `rows` rows of `ceil(width / 8)` bytes, never
 * more, packed, the first pixel in the highest bit, a run of white as 0 and one of black as 1. Returns a mark for each row
 * as `findMissing` reads them: missing where no row could be read, uneven where it ends too early or too late.
 *
 * Damage costs as little as the coding allows, as in viewers and libtiff: what a broken row lacks is white; `g3`
 * continues after the next end of line, `rle` at the next byte; `g4` ends there, and all of them end where the stream
 * ends early. The remaining rows are white. Ends of line are optional, before the first row and between rows, and tag
 * bits that contradict the options are detected in the first row.
 *
 * Throws `source-unsupported` for the uncompressed mode, and `render-memory`. Source: ITU-T T.4, T.6; TIFF 6.0 sections 10 and 11.
 */
export function decodeCcitt(
  kernel: Kernel,
  bytes: Uint8Array,
  { options, target, width, rows }: CcittTarget,
): Uint8Array {
  const mark = kernel.mark();
  const source = kernel.store(bytes);
  const work = kernel.allocate(kernel.exports.ccittWorkBytes(width));
  const marks = kernel.allocate(rows);
  const coding = formatCoding(options);
  const status = kernel.exports.decodeCcitt(source, bytes.byteLength, coding, target, width, rows, work, marks);
  const rowMarks = kernel.bytes.slice(marks, marks + rows);
  kernel.release(mark);
  if (status === statusUncompressed) {
    throw new ImageError(
      "source-unsupported",
      "The stored image uses the uncompressed mode of fax coding, which is not supported.",
    );
  }
  return rowMarks;
}

function formatCoding(options: CcittOptions): number {
  const { scheme, isTwoDimensional, isByteAligned, isBitReversed, isUncompressedAllowed = true } = options;
  return (
    codingOf[scheme] |
    (isTwoDimensional ? codingTwoDimensional : 0) |
    (isByteAligned ? codingByteAligned : 0) |
    (isBitReversed ? codingBitReversed : 0) |
    (isUncompressedAllowed ? codingUncompressedAllowed : 0)
  );
}
