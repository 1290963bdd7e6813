import type { Kernel } from "../raster/kernel.ts";
import { jpegTileDecoder } from "./jpeg-tile.ts";
import { sampleTileDecoder } from "./sample-tile.ts";
import type { TileDecoder, TileShape } from "./tile-decoder.ts";

/**
 * Returns the decoder for the tiles of a level, by its compression; `sample` is one of the tiles, where any was
 * written. Throws
 * `source-malformed`, `source-unsupported`, `render-memory`.
 */
export function openTileDecoder(kernel: Kernel, shape: TileShape, sample: Uint8Array | undefined): TileDecoder {
  const { compression } = shape.encoding;
  return compression === "jpeg" ? jpegTileDecoder(kernel, shape, sample) : sampleTileDecoder(shape, compression);
}
