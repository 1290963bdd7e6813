import { rotatedSize } from "../../src/geometry.ts";
import { makeSamples, type Samples } from "./planes.ts";

/** Rotates in double precision by cubic convolution with repeated edges; alpha is the product of both overlaps. */
export function rotateTwin(source: Samples, degrees: number): { samples: Samples; alpha: Samples } {
  const { width, height } = rotatedSize(source, degrees);
  const cosine = Math.cos((degrees * Math.PI) / 180);
  const sine = Math.sin((degrees * Math.PI) / 180);
  const placeOf = (x: number, y: number): { u: number; v: number } => {
    const right = x + 0.5 - width / 2;
    const down = y + 0.5 - height / 2;
    return { u: cosine * right + sine * down + source.width / 2, v: cosine * down - sine * right + source.height / 2 };
  };
  return {
    samples: makeSamples(width, height, (x, y) => {
      const { u, v } = placeOf(x, y);
      return Math.min(255, Math.max(0, Math.round(sampleAt(source, u - 0.5, v - 0.5))));
    }),
    alpha: makeSamples(width, height, (x, y) => {
      const { u, v } = placeOf(x, y);
      return Math.round(255 * overlap(u, source.width) * overlap(v, source.height));
    }),
  };
}

function sampleAt({ width, height, values }: Samples, u: number, v: number): number {
  const left = Math.floor(u) - 1;
  const top = Math.floor(v) - 1;
  let sum = 0;
  for (let y = top; y < top + 4; y += 1) {
    for (let x = left; x < left + 4; x += 1) {
      const column = Math.min(Math.max(x, 0), width - 1);
      const row = Math.min(Math.max(y, 0), height - 1);
      sum += cubic(x - u) * cubic(y - v) * values[row * width + column]!;
    }
  }
  return sum;
}

function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return 1.25 * x ** 3 - 2.25 * x ** 2 + 1;
  return x < 2 ? -0.75 * (x ** 3 - 5 * x ** 2 + 8 * x - 4) : 0;
}

function overlap(centre: number, length: number): number {
  return Math.max(0, Math.min(centre + 0.5, length) - Math.max(centre - 0.5, 0));
}
