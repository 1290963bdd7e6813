import type { Kernel } from "../raster/kernel.ts";
import { type Plane, planeSlackBytes } from "../raster/raster.ts";

/** Rows of a picture: planes of gray or of red, green and blue, and of alpha if the picture has it. */
export interface SampleRows {
  readonly planes: readonly Pick<Plane, "pointer" | "stride">[];
  readonly alpha?: Pick<Plane, "pointer" | "stride"> | undefined;
  readonly rows: number;
}

/** How the rows of a picture are laid out, pixel by pixel and without padding but for the last byte of a row. */
export interface RowForm {
  /** Pixels. */
  readonly width: number;
  readonly model: "gray" | "rgb";
  readonly hasAlpha: boolean;
  /** 1 only for `gray` without alpha: samples from 128 on are then white and the others black. */
  readonly bitDepth: 1 | 8;
}

/** Returns the samples of a pixel, alpha included. */
export function samplesOfForm({ model, hasAlpha }: Pick<RowForm, "model" | "hasAlpha">): number {
  return (model === "gray" ? 1 : 3) + (hasAlpha ? 1 : 0);
}

/** Returns the length of a row in bytes. */
export function rowBytesOf(form: RowForm): number {
  return Math.ceil((form.width * samplesOfForm(form) * form.bitDepth) / 8);
}

/** Returns where the planes of rows start and how far their rows are apart: gray or red, green, blue, alpha; 0 for none. */
export function planeWords({ planes, alpha }: SampleRows): readonly number[] {
  const all = [planes[0], planes[1], planes[2], alpha];
  return [...all.map((plane) => plane?.pointer ?? 0), ...all.map((plane) => plane?.stride ?? 0)];
}

/** Returns the part of rows from row `first` on. */
export function partOfRows({ planes, alpha }: SampleRows, first: number, rows: number): SampleRows {
  const from = ({ pointer, stride }: Pick<Plane, "pointer" | "stride">) => ({
    pointer: pointer + first * stride,
    stride,
  });
  return { planes: planes.map(from), alpha: alpha && from(alpha), rows };
}

/** Returns a copy of rows as they are laid out, one after another. Throws `render-memory`. */
export function copyRowsOf(kernel: Kernel, form: RowForm, rows: SampleRows): Uint8Array {
  const byteLength = rowBytesOf(form) * rows.rows;
  const mark = kernel.mark();
  const target = kernel.allocate(byteLength + planeSlackBytes);
  const [r, g, b, a, rStride, gStride, bStride, aStride] = planeWords(rows) as EightWords;
  kernel.exports.layOutRows(
    r,
    g,
    b,
    a,
    rStride,
    gStride,
    bStride,
    aStride,
    target,
    form.width,
    form.bitDepth,
    rows.rows,
  );
  const copy = kernel.bytes.slice(target, target + byteLength);
  kernel.release(mark);
  return copy;
}

type EightWords = readonly [number, number, number, number, number, number, number, number];
