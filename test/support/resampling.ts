import type { Filter } from "../../src/raster/weights.ts";
import type { Samples } from "./planes.ts";

/** One axis as the twin computes it. */
export interface TwinAxis {
  readonly start: number;
  readonly step: number;
  readonly outputLength: number;
}

/** Resamples in double precision, straight from the definition of the filter, and rounds once at the end. */
export function resampleTwin(source: Samples, horizontal: TwinAxis, vertical: TwinAxis, filter: Filter): Samples {
  const columns = twinWeights(source.width, horizontal, filter);
  const rows = twinWeights(source.height, vertical, filter);
  const values = new Uint8Array(columns.length * rows.length);
  rows.forEach((row, y) => {
    const line = new Float64Array(source.width);
    row.forEach((weight, j) => {
      if (weight !== 0)
        for (let x = 0; x < source.width; x += 1) line[x]! += weight * source.values[j * source.width + x]!;
    });
    columns.forEach((column, x) => {
      const sum = column.reduce((total, weight, j) => total + weight * line[j]!, 0);
      values[y * columns.length + x] = Math.min(255, Math.max(0, Math.round(sum)));
    });
  });
  return { width: columns.length, height: rows.length, values };
}

/** Returns for each output sample the weight of every source sample. */
export function twinWeights(
  sourceLength: number,
  { start, step, outputLength }: TwinAxis,
  filter: Filter,
): Float64Array[] {
  return Array.from({ length: outputLength }, (_, output) => {
    const centre = Math.min(Math.max(start + (output + 0.5) * step, 0), sourceLength);
    const row = Float64Array.from({ length: sourceLength }, (_, j) => weightAt(filter, j + 0.5 - centre, step));
    const sum = row.reduce((total, weight) => total + weight, 0);
    return row.map((weight) => weight / sum);
  });
}

function weightAt(filter: Filter, distance: number, step: number): number {
  const x = Math.abs(distance) / Math.max(step, 1);
  switch (filter) {
    case "box":
      return Math.max(0, Math.min(distance + 0.5, step / 2) - Math.max(distance - 0.5, -step / 2));
    case "triangle":
      return Math.max(0, 1 - x);
    case "cubic":
      if (x < 1) return 1.25 * x ** 3 - 2.25 * x ** 2 + 1;
      return x < 2 ? -0.75 * (x ** 3 - 5 * x ** 2 + 8 * x - 4) : 0;
    case "lanczos3":
      return x < 3 ? sinc(x) * sinc(x / 3) : 0;
  }
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}
