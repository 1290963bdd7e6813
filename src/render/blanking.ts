import { type Area, clipArea } from "../geometry.ts";
import type { Kernel } from "../raster/kernel.ts";
import { type ColorModel, colorPlanes, type Raster, type Subsampling, subsamplingOf } from "../raster/raster.ts";
import { cropPlane, fillPlane } from "../raster/samples.ts";
import type { RedactionStep } from "./redaction.ts";

/**
 * The samples of what is redacted, by model: a dark grey, which shows on black as well as on white and is black in a bitonal
 * picture.
 */
const blankSamples: Readonly<Record<ColorModel, readonly number[]>> = {
  gray: [80],
  rgb: [80, 80, 80],
  ycbcr: [80, 128, 128],
  cmyk: [0, 0, 0, 175],
  lab: [86, 128, 128],
};

const opaque = 255;

/**
 * Blanks what a step says in rows whose first sample lies at `at` of the level: all samples that a pixel of it has a part
 * in. What was transparent there is opaque then. Never throws.
 */
export function redact(
  kernel: Kernel,
  raster: Raster,
  { step, at }: { readonly step: RedactionStep; readonly at: { readonly x: number; readonly y: number } },
): void {
  const planes = raster.alpha === undefined ? raster.planes : [...raster.planes, raster.alpha];
  planes.forEach((plane, index) => {
    const isAlpha = index >= colorPlanes[raster.model];
    const sample = isAlpha ? opaque : (blankSamples[raster.model][index] ?? 0);
    const factors = subsamplingOf(raster, index);
    for (const area of step.areas) {
      const { x, y, width, height } = samplesUnder(area, factors, step.blockSamples);
      const blank = clipArea({ x: x - at.x / factors.x, y: y - at.y / factors.y, width, height }, plane);
      if (blank !== undefined) fillPlane(kernel, cropPlane(plane, blank), sample);
    }
  });
}

/** Returns the samples of a plane that pixels have a part in, out to the edges of their blocks. */
function samplesUnder({ x, y, width, height }: Area, factors: Subsampling, blockSamples: number): Area {
  const across = factors.x * blockSamples;
  const down = factors.y * blockSamples;
  const left = Math.floor(x / across) * blockSamples;
  const top = Math.floor(y / down) * blockSamples;
  const right = Math.ceil((x + width) / across) * blockSamples;
  const bottom = Math.ceil((y + height) / down) * blockSamples;
  return { x: left, y: top, width: right - left, height: bottom - top };
}
