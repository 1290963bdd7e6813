import type { Area } from "../geometry.ts";
import { rgbToYcbcrHalved } from "../raster/color.ts";
import { threePlanes } from "../raster/raster.ts";
import type { TileDecoder, TileShape } from "./tile-decoder.ts";

/**
 * Returns a decoder that decodes RGB tiles as YCbCr with chroma halved on both axes, using a decoder for RGB: half the
 * samples to hold and resample when the output halves its chroma anyway.
 */
export function halvedChromaDecoder(decoder: TileDecoder, { level, reduction }: TileShape): TileDecoder {
  const width = Math.ceil(level.tileWidth / reduction);
  const height = Math.ceil(level.tileLength / reduction);
  return {
    model: "ycbcr",
    planeCount: 3,
    hasAlpha: false,
    subsampling: { x: 2, y: 2 },
    async decodeInto(kernel, { window, ...stored }, planes) {
      const tile = { ...stored, window: window && inWholeQuads(window) };
      const mark = kernel.mark();
      const source = Array.from({ length: 3 }, () => kernel.allocatePlane(width, height));
      const missing = await decoder.decodeInto(kernel, tile, source);
      rgbToYcbcrHalved(kernel, {
        source: threePlanes(source),
        destination: threePlanes(planes),
      });
      kernel.release(mark);
      return missing;
    },
  };
}

/** A chroma sample is made from 2 x 2 pixels; an odd window would leave some of them out. */
function inWholeQuads({ x, y, width, height }: Area): Area {
  const left = x & ~1;
  const top = y & ~1;
  return { x: left, y: top, width: ((x + width + 1) & ~1) - left, height: ((y + height + 1) & ~1) - top };
}
