import type { Kernel } from "../raster/kernel.ts";
import { foreignTileDecoder } from "./interleaved-tile.ts";
import { jpegTileDecoder } from "./jpeg-tile.ts";
import { pngTileDecoder } from "./png-tile.ts";
import { sampleTileDecoder } from "./sample-tile.ts";
import type { CodecModules, TileDecoder, TileShape } from "./tile-decoder.ts";

/** What decides how the tiles of a level are decoded, besides their shape. */
export interface DecoderInputs {
  /** One of the tiles, if any was written. */
  readonly sample: Uint8Array | undefined;
  readonly modules: CodecModules;
}

/**
 * Returns the decoder for the tiles of a level, by its compression. Throws `source-malformed`, `source-unsupported`,
 * `render-memory`.
 */
export function openTileDecoder(kernel: Kernel, shape: TileShape, { sample, modules }: DecoderInputs): TileDecoder {
  const { compression } = shape.level.encoding;
  switch (compression) {
    case "jpeg":
      return jpegTileDecoder(kernel, shape, sample);
    case "webp":
    case "jpeg2000":
      return foreignTileDecoder(shape, compression, modules);
    case "png":
      return pngTileDecoder(shape);
    default:
      return sampleTileDecoder(shape, compression);
  }
}
