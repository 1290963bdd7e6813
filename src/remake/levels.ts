import type { Size } from "../geometry.ts";

/**
 * Returns the sizes of all levels of a pyramid, the full one first: each half of the one before on both axes, rounded down,
 * until one tile holds it or a side is one pixel. Source: libvips, tiffsave.
 */
export function levelSizes(full: Size, tileSize: number): readonly [Size, ...Size[]] {
  const sizes: [Size, ...Size[]] = [full];
  for (let size = full; Math.max(size.width, size.height) > tileSize && Math.min(size.width, size.height) > 1; ) {
    size = halvedSize(size, 1);
    sizes.push(size);
  }
  return sizes;
}

/** Returns a size halved so many times. */
export function halvedSize({ width, height }: Size, times: number): Size {
  return { width: Math.floor(width / 2 ** times), height: Math.floor(height / 2 ** times) };
}
