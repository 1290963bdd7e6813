import type { Area } from "../geometry.ts";
import type { Pixels } from "./engine.ts";

/** Side of a cell: the pixels that one block of halved chroma covers. */
const cellSide = 16;

/** Returns the part of a picture that `area` covers, which must be inside the picture. */
export function cutPixels({ width, channels, samples }: Pixels, area: Area): Pixels {
  const cut = new Uint8Array(area.width * area.height * channels);
  for (let row = 0; row < area.height; row++) {
    const from = ((area.y + row) * width + area.x) * channels;
    cut.set(samples.subarray(from, from + area.width * channels), row * area.width * channels);
  }
  return { width: area.width, height: area.height, channels, samples: cut };
}

/**
 * Returns a picture `factor` times smaller, each pixel the mean of those it stands for; a remainder at the edge is cut
 * off.
 */
export function shrinkPixels(pixels: Pixels, factor: number): Pixels {
  if (factor === 1) return pixels;
  const width = Math.floor(pixels.width / factor);
  const height = Math.floor(pixels.height / factor);
  const { channels } = pixels;
  const sums = new Uint32Array(width * height * channels);
  for (let y = 0; y < height * factor; y++) {
    let from = y * pixels.width * channels;
    const row = Math.floor(y / factor) * width * channels;
    for (let to = row; to < row + width * channels; to += channels) {
      for (let step = 0; step < factor; step++) {
        for (let channel = 0; channel < channels; channel++) sums[to + channel]! += pixels.samples[from++]!;
      }
    }
  }
  return { width, height, channels, samples: Uint8Array.from(sums, (sum) => Math.round(sum / factor ** 2)) };
}

/**
 * Returns the largest difference between two pictures' means, over cells of 16 by 16 pixels and all samples. A lossy
 * codec keeps these means best, and a misplaced tile or wrong colours change them most. Infinite if the pictures differ
 * in shape.
 */
export function largestMeanDifference(a: Pixels, b: Pixels): number {
  if (a.width !== b.width || a.height !== b.height || a.channels !== b.channels) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (const area of cellsOf(a)) {
    const others = meansOf(b, area);
    for (const [channel, mean] of meansOf(a, area).entries()) {
      largest = Math.max(largest, Math.abs(mean - (others[channel] ?? 0)));
    }
  }
  return largest;
}

/** The last cell of a row or column includes the remainder. */
function* cellsOf({ width, height }: Pixels): Generator<Area> {
  const columns = Math.max(1, Math.floor(width / cellSide));
  const rows = Math.max(1, Math.floor(height / cellSide));
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const x = column * cellSide;
      const y = row * cellSide;
      yield {
        x,
        y,
        width: column === columns - 1 ? width - x : cellSide,
        height: row === rows - 1 ? height - y : cellSide,
      };
    }
  }
}

function meansOf({ width, channels, samples }: Pixels, area: Area): Float64Array {
  const sums = new Float64Array(channels);
  for (let y = area.y; y < area.y + area.height; y++) {
    for (let x = area.x; x < area.x + area.width; x++) {
      const at = (y * width + x) * channels;
      for (let channel = 0; channel < channels; channel++)
        sums[channel] = (sums[channel] ?? 0) + (samples[at + channel] ?? 0);
    }
  }
  return sums.map((sum) => sum / (area.width * area.height));
}
