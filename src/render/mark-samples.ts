import type { Area } from "../geometry.ts";
import type { Kernel } from "../raster/kernel.ts";
import { isNoTurn, type Turn, turnArea, turnSize } from "../raster/orientation.ts";
import type { ColorModel, Plane } from "../raster/raster.ts";
import type { DecodedMark } from "./marks.ts";

/** What one plane takes of a mark. */
export interface MarkSamples {
  readonly mark: DecodedMark;
  /** In pixels of the mark. */
  readonly part: Area;
  readonly opacity: number;
  /** Returns a sample, 0 to 255, of red, green and blue. */
  readonly sampleOf: (red: number, green: number, blue: number) => number;
}

/** The sample of alpha: multiplied by alpha like colours, it is alpha itself. */
export const markAlpha: MarkSamples["sampleOf"] = () => 255;

/** Returns what takes the sample of a plane of a model. YCbCr is full-range BT.601. Source: JFIF 1.02. */
export function markColor(model: ColorModel, plane: number): MarkSamples["sampleOf"] {
  if (model === "rgb")
    return plane === 0 ? (red) => red : plane === 1 ? (_, green) => green : (_red, _green, blue) => blue;
  switch (plane) {
    case 0:
      return (red, green, blue) => 0.299 * red + 0.587 * green + 0.114 * blue;
    case 1:
      return (red, green, blue) => 128 - 0.168736 * red - 0.331264 * green + 0.5 * blue;
    default:
      return (red, green, blue) => 128 + 0.5 * red - 0.418688 * green - 0.081312 * blue;
  }
}

/** Writes a part of a mark to a plane of its size, multiplied by alpha and opacity. */
export function storeMark(kernel: Kernel, plane: Plane, { mark, part, opacity, sampleOf }: MarkSamples): void {
  const { bytes } = kernel;
  const { samples, width } = mark;
  for (let row = 0; row < part.height; row += 1) {
    let from = 4 * ((part.y + row) * width + part.x);
    let to = plane.pointer + row * plane.stride;
    for (const end = to + part.width; to < end; to += 1, from += 4) {
      const share = ((samples[from + 3] ?? 0) * opacity) / 255;
      const sample = sampleOf(samples[from] ?? 0, samples[from + 1] ?? 0, samples[from + 2] ?? 0);
      // Chroma of a pure colour rounds to 256.
      bytes[to] = Math.min(255, share * sample + 0.5);
    }
  }
}

/** Returns a mark turned; the same where nothing turns. */
export function turnMark(mark: DecodedMark, turn: Turn): DecodedMark {
  if (isNoTurn(turn)) return mark;
  const size = turnSize(mark, turn);
  const samples = new Uint8Array(mark.samples.byteLength);
  for (let y = 0; y < mark.height; y += 1) {
    for (let x = 0; x < mark.width; x += 1) {
      const place = turnArea({ x, y, width: 1, height: 1 }, mark, turn);
      const to = 4 * (place.y * size.width + place.x);
      const from = 4 * (y * mark.width + x);
      for (let sample = 0; sample < 4; sample += 1) samples[to + sample] = mark.samples[from + sample] ?? 0;
    }
  }
  return { ...size, samples };
}
