import type { Level } from "../pyramid/level.ts";
import type { TileRange } from "../pyramid/tile-index.ts";
import type { Kernel } from "../raster/kernel.ts";
import { undoFloatPredictor, undoPredictor } from "../raster/predictor.ts";
import { type Plane, planeSlackBytes } from "../raster/raster.ts";
import { cropPlane } from "../raster/samples.ts";
import { unpackSamples } from "../raster/unpack.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { SequentialReads } from "../source/sequential-reads.ts";
import { type MissingRows, missingFrom } from "./missing-rows.ts";
import { packing, scaleOf, settleColors, targetsOf } from "./packed-planes.ts";
import {
  openPackedStream,
  type PackedStream,
  packedPieceBytes,
  packedStreamBytes,
  type StreamForm,
} from "./packed-stream.ts";
import { type DecodedRows, packedRowBytes, type StoredTile } from "./tile-decoder.ts";

/** A strip that is decoded as it is read. */
export interface StripInRows {
  readonly level: Level;
  readonly compression: StreamForm["compression"];
  readonly tile: Pick<StoredTile, "rows" | "window">;
  readonly source: ByteSource;
  /** Where it is in the file. */
  readonly range: TileRange;
  /** The rows that come at once. */
  readonly rowsAtOnce: number;
  /** How much is read at a time, in bytes. */
  readonly readBytes?: number | undefined;
}

/** A read takes some ten milliseconds wherever it is from, and its bytes about as long to unpack. */
export const stripReadBytes = 1 << 20;

/**
 * Returns what a strip takes at most that is decoded as it is read, in bytes: of the kernel, two reads, and one that is
 * still under way of the strip before, whose end was not needed.
 */
export function stripRowsBytes(level: Level, rowsAtOnce: number): number {
  return 3 * stripReadBytes + packedStreamBytes + rowsAtOnce * packedRowBytes(level) + 2 * planeSlackBytes;
}

/**
 * Decodes a strip of whole pixels from the top down as it is read, to the end of its window. What is above the window is
 * unpacked and passed over, what is below is not. Its memory, taken of the kernel's arena, is returned: whoever allocates in
 * between has to give it back before the next rows. Throws as rows are written: `source-unsupported`, `render-memory`,
 * what the source throws.
 */
export function* decodeStripRows(kernel: Kernel, strip: StripInRows): Generator<DecodedRows, void> {
  const { level, tile, rowsAtOnce: most } = strip;
  const { rows } = tile;
  const asked = tile.window ?? { x: 0, y: 0, width: level.tileWidth, height: rows };
  const end = Math.min(asked.y + asked.height, rows);
  const rowBytes = packedRowBytes(level);
  const mark = kernel.mark();
  const pointer = kernel.allocate(most * rowBytes + planeSlackBytes);
  const packed = new PackedBytes(kernel, strip);
  let next = 0;
  const fill = async (count: number): Promise<void> => {
    const byteLength = count * rowBytes;
    const written = await packed.read(pointer, byteLength);
    if (written < byteLength) kernel.bytes.fill(0, pointer + written, pointer + byteLength);
    next += count;
  };
  try {
    for (let first = Math.floor(asked.y / most) * most; first < end; first += most) {
      const count = Math.min(most, end - first);
      const y = Math.max(first, asked.y);
      const writeInto = async (planes: readonly Plane[]): Promise<MissingRows | undefined> => {
        while (next < first) await fill(most);
        await fill(count);
        unpackRows(kernel, level, { pointer, rows: count, x: asked.x, width: asked.width, planes });
        return missingFrom(Math.floor(packed.written / rowBytes), { y, height: first + count - y });
      };
      yield { first, count, isAlone: true, writeInto };
    }
  } finally {
    kernel.release(mark);
  }
}

/** The bytes of a strip, unpacked as far as they are asked for. */
class PackedBytes {
  readonly #stream: PackedStream;
  readonly #reads: SequentialReads;
  /** What was read and is not fed yet. */
  #waiting: Uint8Array | undefined = new Uint8Array();
  #written = 0;

  /** Takes the memory of its stream out of the kernel's arena. Throws `render-memory`. */
  constructor(kernel: Kernel, { level, compression, source, range, readBytes = stripReadBytes }: StripInRows) {
    const { isBitReversed } = level.encoding.layout;
    this.#stream = openPackedStream(kernel, { compression, isBitReversed });
    this.#reads = new SequentialReads({ source, ...range, readBytes });
  }

  /** How many bytes there have been. */
  get written(): number {
    return this.#written;
  }

  /** Writes the next bytes to kernel memory; returns how many, which are fewer once the strip has ended or is broken. */
  async read(target: number, byteLength: number): Promise<number> {
    for (let taken = 0; ; ) {
      const count = this.#stream.take(target + taken, byteLength - taken);
      taken += count;
      this.#written += count;
      if (taken === byteLength || this.#stream.isEnded) return taken;
      if (this.#waiting?.byteLength === 0) this.#waiting = await this.#reads.next();
      this.#stream.feed(this.#waiting?.subarray(0, packedPieceBytes));
      this.#waiting = this.#waiting?.subarray(packedPieceBytes);
    }
  }
}

/** Rows as they are packed, and which of their columns are needed. */
interface PackedRows {
  readonly pointer: number;
  readonly rows: number;
  readonly x: number;
  readonly width: number;
  /** They begin with the first row and the first column of the strip. */
  readonly planes: readonly Plane[];
}

/** Columns are cut where a row is cut between bytes, whatever the depth of its samples. */
const wholeColumns = 8;

function unpackRows(kernel: Kernel, level: Level, { pointer, rows: height, planes, ...columns }: PackedRows): void {
  const { encoding } = level;
  const { layout, predictor } = encoding;
  const { samplesPerPixel, bits } = layout;
  const x = Math.floor(columns.x / wholeColumns) * wholeColumns;
  const end = columns.x + columns.width;
  const rowBytes = packedRowBytes(level);
  const packed = { ...packing(layout), pointer, rowBytes, width: level.tileWidth, height, samplesPerPixel };
  if (predictor === "horizontal") undoPredictor(kernel, { ...packed, width: end });
  else if (predictor === "float") undoFloatPredictor(kernel, packed);
  const part = { ...packed, pointer: pointer + (x * samplesPerPixel * bits) / 8, width: end - x };
  const cut = planes.map((plane) => cropPlane(plane, { x, y: 0, width: end - x, height }));
  unpackSamples(kernel, part, targetsOf(encoding, cut), scaleOf(encoding));
  settleColors(kernel, encoding, cut);
}
