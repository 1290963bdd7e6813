import type { PixelWords } from "./palette.ts";

/** Gives each pixel the index of a colour, some rows at a time from the top down. */
export interface PixelIndexer {
  /** Returns an index for each pixel of the next rows; those that are not shown have the index after the last colour. */
  indexRows(pixels: PixelWords): Uint8Array;
}

/** Opens an indexer for pixels that have no other colours than these. */
export function openExactIndexer(colors: readonly number[]): PixelIndexer {
  const indexes = new Map(colors.map((color, index) => [color, index]));
  return {
    indexRows(pixels) {
      const found = new Uint8Array(pixels.length);
      for (let at = 0; at < pixels.length; at += 1) {
        const pixel = pixels[at]!;
        found[at] = pixel >>> 24 === 0 ? colors.length : indexes.get(pixel & 0xffffff)!;
      }
      return found;
    },
  };
}

/** Shares of an error that go to the next pixel, and to three below it, in sixteenths. */
const shares = { next: 7, before: 3, below: 5, after: 1 } as const;

/**
 * Opens an indexer that passes what a colour lacks on to the pixels around it, so that gradients do not show as bands.
 * Source: R. W. Floyd, L. Steinberg, "An Adaptive Algorithm for Spatial Greyscale", 1976.
 */
export function openDitheringIndexer(colors: readonly number[], width: number): PixelIndexer {
  const nearest = openNearest(colors);
  // Three samples a pixel, with a pixel of room on both sides, in sixteenths.
  let errors = new Int32Array(3 * (width + 2));
  let below = new Int32Array(errors.length);
  return {
    indexRows(pixels) {
      const indexes = new Uint8Array(pixels.length);
      for (let start = 0; start < pixels.length; start += width) {
        below.fill(0);
        for (let x = 0; x < width; x += 1) {
          const pixel = pixels[start + x]!;
          if (pixel >>> 24 === 0) {
            indexes[start + x] = colors.length;
            continue;
          }
          const at = 3 * (x + 1);
          const red = corrected(pixel & 255, errors[at]!);
          const green = corrected((pixel >> 8) & 255, errors[at + 1]!);
          const blue = corrected((pixel >> 16) & 255, errors[at + 2]!);
          const index = nearest(red, green, blue);
          const color = colors[index]!;
          indexes[start + x] = index;
          spread(errors, below, { at, error: red - (color & 255) });
          spread(errors, below, { at: at + 1, error: green - ((color >> 8) & 255) });
          spread(errors, below, { at: at + 2, error: blue - ((color >> 16) & 255) });
        }
        [errors, below] = [below, errors];
      }
      return indexes;
    },
  };
}

function corrected(sample: number, error: number): number {
  const value = sample + ((error + 8) >> 4);
  return Math.max(0, Math.min(255, value));
}

function spread(
  errors: Int32Array,
  below: Int32Array,
  { at, error }: { readonly at: number; readonly error: number },
): void {
  errors[at + 3]! += error * shares.next;
  below[at - 3]! += error * shares.before;
  below[at]! += error * shares.below;
  below[at + 3]! += error * shares.after;
}

/** From the last level of a cube to its middle. */
const toCentre = 1.5;

/** Finds the nearest colour, remembered for cubes of four levels a side. */
function openNearest(colors: readonly number[]): (red: number, green: number, blue: number) => number {
  const unknown = 0xffff;
  const known = new Uint16Array(1 << 18).fill(unknown);
  const samples = Int32Array.from(colors.flatMap((color) => [color & 255, (color >> 8) & 255, (color >> 16) & 255]));
  return (red, green, blue) => {
    const cube = ((red >> 2) << 12) | ((green >> 2) << 6) | (blue >> 2);
    const found = known[cube]!;
    if (found !== unknown) return found;
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let index = 0; index < colors.length; index += 1) {
      const distance =
        ((red | 3) - toCentre - samples[3 * index]!) ** 2 +
        ((green | 3) - toCentre - samples[3 * index + 1]!) ** 2 +
        ((blue | 3) - toCentre - samples[3 * index + 2]!) ** 2;
      if (distance >= least) continue;
      least = distance;
      best = index;
    }
    known[cube] = best;
    return best;
  };
}
