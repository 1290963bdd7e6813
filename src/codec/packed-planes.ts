import { colorSamples } from "../pyramid/color-model.ts";
import type { SampleLayout } from "../pyramid/sample-layout.ts";
import type { TileEncoding } from "../pyramid/tile-encoding.ts";
import type { Kernel } from "../raster/kernel.ts";
import { applyPalette } from "../raster/palette.ts";
import type { Plane } from "../raster/raster.ts";
import { flipSigns, invertPlane } from "../raster/tone.ts";
import type { PackedSamples, SampleTarget } from "../raster/unpack.ts";

/**
 * Returns which sample of a pixel goes to which plane. Colours come first in a pixel and in the planes; alpha is the last
 * plane. An index becomes red, green and blue later.
 */
export function targetsOf({ model, layout }: TileEncoding, planes: readonly Plane[]): SampleTarget[] {
  const colors = Array.from({ length: colorSamples[model] }, (_, sample) => ({ sample, plane: planes[sample] }));
  const alpha = layout.alpha === undefined ? [] : [{ sample: layout.alpha.sample, plane: planes.at(-1) }];
  return [...colors, ...alpha].flatMap(({ sample, plane }) => (plane === undefined ? [] : [{ sample, plane }]));
}

/** Returns how samples are packed. */
export function packing({
  bits,
  format,
  isLittleEndian,
  range,
}: SampleLayout): Pick<PackedSamples, "bits" | "format" | "isLittleEndian" | "range"> {
  return { bits, format, isLittleEndian, range };
}

/** Returns how samples are scaled as they are unpacked. */
export function scaleOf({ model }: TileEncoding): "full" | "index" {
  return model === "palette" ? "index" : "full";
}

/** Converts samples to what their planes mean. */
export function settleColors(
  kernel: Kernel,
  { model, isInverted, palette }: TileEncoding,
  planes: readonly Plane[],
): void {
  const [first, second, third] = planes;
  if (first === undefined) return;
  if (isInverted) for (const plane of planes.slice(0, colorSamples[model])) invertPlane(kernel, plane);
  if (second === undefined || third === undefined) return;
  if (palette !== undefined) applyPalette(kernel, first, palette, [first, second, third]);
  if (model === "lab") for (const plane of [second, third]) flipSigns(kernel, plane);
}
