import type { Kernel } from "../raster/kernel.ts";
import { interleavedTileDecoder } from "./interleaved-tile.ts";
import { jpegTileDecoder } from "./jpeg-tile.ts";
import { pngTileDecoder } from "./png-tile.ts";
import { sampleTileDecoder } from "./sample-tile.ts";
import type { TileDecoder, TileShape } from "./tile-decoder.ts";

/**
 * Returns the decoder for the tiles of a level, by its compression; `sample` is one of the tiles, if any was written.
 * Throws `source-malformed`, `source-unsupported`, `render-memory`.
 */
export function openTileDecoder(kernel: Kernel, shape: TileShape, sample: Uint8Array | undefined): TileDecoder {
  const { compression } = shape.level.encoding;
  switch (compression) {
    case "jpeg":
      return jpegTileDecoder(kernel, shape, sample);
    case "webp":
    case "jpeg2000":
      return interleavedTileDecoder(shape, compression, kernel.codecs);
    case "png":
      return pngTileDecoder(shape);
    default:
      return sampleTileDecoder(shape, compression);
  }
}
