import type { Size } from "../geometry.ts";
import { inverseTurn, type Turn, turnArea, turnPlane, turnSize } from "../raster/orientation.ts";
import { type Subsampling, subsamplingOf } from "../raster/raster.ts";
import type { TileDecoder, TileShape } from "./tile-decoder.ts";

/** Returns a decoder that turns the tiles of another decoder as they are decoded. */
export function turnedTileDecoder(decoder: TileDecoder, { level, reduction }: TileShape, turn: Turn): TileDecoder {
  const size: Size = {
    width: Math.ceil(level.tileWidth / reduction),
    height: Math.ceil(level.tileLength / reduction),
  };
  return {
    ...decoder,
    subsampling: turnSubsampling(decoder.subsampling, turn),
    async decodeInto(kernel, { window, ...tile }, planes) {
      const mark = kernel.mark();
      const upright = planes.map((_, index) => {
        const { x, y } = subsamplingOf(decoder, index);
        return kernel.allocatePlane(Math.ceil(size.width / x), Math.ceil(size.height / y));
      });
      const needed = window && turnArea(window, turnSize(size, turn), inverseTurn(turn));
      const missing = await decoder.decodeInto(kernel, { ...tile, window: needed }, upright);
      upright.forEach((source, index) => {
        const destination = planes[index];
        if (destination !== undefined) turnPlane(kernel, source, destination, turn);
      });
      kernel.release(mark);
      return missing;
    },
  };
}

/** Returns how planes are subsampled after a turn. */
export function turnSubsampling({ x, y }: Subsampling, { quarterTurns }: Turn): Subsampling {
  return quarterTurns % 2 === 1 ? { x: y, y: x } : { x, y };
}
