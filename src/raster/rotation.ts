import { rotatedSize } from "../geometry.ts";
import { premultiply, unpremultiply } from "./alpha.ts";
import type { Kernel } from "./kernel.ts";
import { type Plane, type Raster, type RasterOf, rasterOf } from "./raster.ts";
import { fillPlane } from "./samples.ts";
import { planWeights } from "./weights.ts";

/** Number of positions between two samples with their own weights: `phaseBits` of `wasm/rotate.ts`. */
const phaseCount = 1024;

/**
 * Returns a `gray` or `rgb` raster without subsampling, turned clockwise by `degrees` around its centre on the canvas
 * from `rotatedSize`: not rescaled, sampled with the Catmull-Rom filter. Its alpha is how much of each pixel the
 * picture covers; pixels it does not touch are white. Colours of a source with alpha are premultiplied in place, so
 * that those of invisible pixels don't show at the edges, and the result is not premultiplied. Throws `render-memory`.
 */
export function rotateRaster(kernel: Kernel, source: RasterOf<"gray" | "rgb">, degrees: number): Raster {
  const { width, height } = rotatedSize(source, degrees);
  const { cosine, sine } = directionOf(degrees);
  const planes = source.planes.map(() => kernel.allocatePlane(width, height));
  const alpha = kernel.allocatePlane(width, height);
  const mark = kernel.mark();
  const phases = storePhases(kernel);
  const rotate = (from: Plane, to: Plane): void =>
    kernel.exports.rotateRows(
      from.pointer,
      from.stride,
      from.width,
      from.height,
      to.pointer,
      to.stride,
      width,
      height,
      cosine,
      sine,
      phases,
    );
  if (source.alpha === undefined) fillPlane(kernel, alpha, 255);
  else rotate(source.alpha, alpha);
  source.planes.forEach((plane, index) => {
    const rotated = planes[index]!;
    if (source.alpha !== undefined) premultiply(kernel, { plane, alpha: source.alpha });
    rotate(plane, rotated);
    if (source.alpha !== undefined) unpremultiply(kernel, { plane: rotated, alpha });
  });
  kernel.exports.coverRotated(alpha.pointer, alpha.stride, width, height, source.width, source.height, cosine, sine);
  kernel.release(mark);
  return rasterOf({ model: source.model, width, height, subsampling: { x: 1, y: 1 } }, [...planes, alpha]);
}

/** Returns the cosine and sine of an angle, exactly 0 and 1 at right angles. */
function directionOf(degrees: number): { cosine: number; sine: number } {
  if (degrees % 90 !== 0) {
    const radians = (degrees * Math.PI) / 180;
    return { cosine: Math.cos(radians), sine: Math.sin(radians) };
  }
  const quarter = (((degrees / 90) % 4) + 4) % 4;
  return { cosine: [1, 0, -1, 0][quarter]!, sine: [0, 1, 0, -1][quarter]! };
}

/** Lays out the weights of four samples for every position from the second to the third of them. */
function storePhases(kernel: Kernel): number {
  const weights = planWeights({
    sourceLength: 4,
    start: 1.5 - 0.5 / phaseCount,
    step: 1 / phaseCount,
    outputLength: phaseCount,
    filter: "catmull-rom",
  });
  const phases = new Int16Array(phaseCount * 4);
  for (let phase = 0; phase < phaseCount; phase += 1) {
    const row = weights.rows.subarray(phase * weights.taps, phase * weights.taps + weights.counts[phase]!);
    phases.set(row, phase * 4 + weights.firsts[phase]!);
  }
  return kernel.store(new Uint8Array(phases.buffer));
}
