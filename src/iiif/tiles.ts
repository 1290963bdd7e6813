import { isSameSize, type Size } from "../geometry.ts";
import { scaleFactor } from "../pyramid/scale-factor.ts";
import type { SizeLimits } from "./size.ts";

/** The sizes and tiles in info.json. */
export interface Offer {
  readonly sizes: readonly Size[];
  readonly tiles: readonly TileOffer[];
}

/** One entry of `tiles`: the size of a tile and the scale factors it is offered at. */
export interface TileOffer extends Size {
  readonly scaleFactors: readonly number[];
}

/**
 * Returns the sizes and tiles to advertise for an image with these levels: `levels[0]` is the image itself, `tile` the
 * tile size of the file, all after orientation. Sizes above the limits are left out, as are factors of levels that are
 * not a whole fraction. After the smallest level, factors keep doubling while one tile covers less than the image and
 * is drawn from at most `maxReduction` source pixels per output pixel on each side.
 * Source: Image API 3.0 §5.3, §5.4.
 */
export function offerTiles({
  levels,
  tile,
  limits,
  maxReduction,
}: {
  readonly levels: readonly Size[];
  readonly tile: Size;
  readonly limits: SizeLimits;
  readonly maxReduction: number;
}): Offer {
  const image = levels[0];
  if (image === undefined) return { sizes: [], tiles: [] };
  const sizes = levels
    .filter((level) => isWithin(level, limits))
    .sort((a, b) => a.width - b.width || a.height - b.height);
  const stored = levels.map((level) => scaleFactor(image, level)).filter((factor) => factor !== undefined);
  const scaleFactors = [...new Set(stored)].sort((a, b) => a - b);
  const smallest = scaleFactors.at(-1) ?? 1;
  for (let factor = smallest * 2; factor <= smallest * maxReduction; factor *= 2) {
    const isCovered = tile.width * (factor / 2) >= image.width && tile.height * (factor / 2) >= image.height;
    if (isCovered) break;
    scaleFactors.push(factor);
  }
  const isTileServed = isWithin(tile, limits);
  return { sizes: withoutRepeats(sizes), tiles: isTileServed ? [{ ...tile, scaleFactors }] : [] };
}

function isWithin(size: Size, limits: SizeLimits): boolean {
  return size.width <= limits.maxWidth && size.height <= limits.maxHeight && size.width * size.height <= limits.maxArea;
}

function withoutRepeats(sizes: readonly Size[]): Size[] {
  return sizes.filter((size, index) => index === 0 || !isSameSize(size, sizes[index - 1] as Size));
}
