import { ImageError } from "../error.ts";
import type { Size } from "../geometry.ts";
import type { Kernel } from "../raster/kernel.ts";
import { RowDeflater } from "./row-deflater.ts";
import { copyRowsOf, partOfRows, type RowForm, rowBytesOf, type SampleRows } from "./sample-rows.ts";

/** A picture whose rows become strips of a TIFF. */
export interface StripPicture extends RowForm, Size {
  /** The last strip has the rows that are left. */
  readonly rowsPerStrip: number;
}

/** Strips being encoded; their kernel memory is returned with the arena. */
export interface StripEncoder {
  /** Encodes the next rows, any number of them, and returns a copy of the bytes that are ready. Throws `internal` for rows beyond the picture. */
  write(rows: SampleRows): Uint8Array[];
  /** Returns the lengths of all strips in bytes. Throws `internal` while rows are missing. */
  finish(): readonly number[];
}

/** Returns how samples are predicted before they are deflated: bits say nothing about their neighbours. */
export function predictorOf({ bitDepth }: Pick<RowForm, "bitDepth">): "none" | "horizontal" {
  return bitDepth === 1 ? "none" : "horizontal";
}

/** Begins strips that are each a zlib stream. Throws `render-memory`. Source: TIFF 6.0 §14; TIFF specification supplement 2. */
export function createDeflatedStrips(kernel: Kernel, picture: StripPicture): StripEncoder {
  const deflater = new RowDeflater(kernel, picture, predictorOf(picture));
  const lengths: number[] = [];
  let stripBytes = 0;
  let rowsDone = 0;
  const copyData = (byteLength: number): Uint8Array => {
    stripBytes += byteLength;
    return kernel.bytes.slice(deflater.data, deflater.data + byteLength);
  };
  return {
    write(rows) {
      refuseMisfit(picture, rowsDone, rows);
      const ready: Uint8Array[] = [];
      for (let first = 0; first < rows.rows; ) {
        const left = picture.rowsPerStrip - (rowsDone % picture.rowsPerStrip);
        const count = Math.min(left, rows.rows - first);
        for (const size of deflater.write(partOfRows(rows, first, count))) ready.push(copyData(size));
        first += count;
        rowsDone += count;
        if (rowsDone % picture.rowsPerStrip !== 0 && rowsDone !== picture.height) continue;
        ready.push(copyData(deflater.finish()));
        lengths.push(stripBytes);
        stripBytes = 0;
        deflater.restart();
      }
      return ready;
    },
    finish() {
      refuseMissing(picture, rowsDone);
      return lengths;
    },
  };
}

/** Begins strips of samples as they are. Throws `render-memory` when they are written. */
export function createPlainStrips(kernel: Kernel, picture: StripPicture): StripEncoder {
  let rowsDone = 0;
  return {
    write(rows) {
      refuseMisfit(picture, rowsDone, rows);
      rowsDone += rows.rows;
      return [copyRowsOf(kernel, picture, rows)];
    },
    finish() {
      refuseMissing(picture, rowsDone);
      return plainStripLengths(picture);
    },
  };
}

/** Returns the lengths of strips of samples as they are, in bytes. */
export function plainStripLengths(picture: StripPicture): readonly number[] {
  const { height, rowsPerStrip } = picture;
  const count = Math.ceil(height / rowsPerStrip);
  const rowsOf = (index: number): number => Math.min(rowsPerStrip, height - index * rowsPerStrip);
  return Array.from({ length: count }, (_, index) => rowsOf(index) * rowBytesOf(picture));
}

function refuseMisfit({ height }: StripPicture, rowsDone: number, { rows }: SampleRows): void {
  const left = height - rowsDone;
  if (Number.isInteger(rows) && rows > 0 && rows <= left) return;
  throw new ImageError("internal", "The rows do not fit the TIFF.", { detail: `${rows} rows of ${left}` });
}

function refuseMissing({ height }: StripPicture, rowsDone: number): void {
  if (rowsDone < height) throw new ImageError("internal", "Rows of the TIFF are missing.");
}
