import type { Kernel } from "../raster/kernel.ts";
import type { ColorModel, Plane, Subsampling } from "../raster/raster.ts";
import type { TileEncoding } from "../tiff/tile-encoding.ts";

/** Decoders of the tiles of one level, by their compression. */
export interface TileDecoder {
  /** What the planes mean. */
  readonly model: ColorModel;
  /** Planes of a tile and how the second and third are subsampled. */
  readonly planeCount: 1 | 3;
  readonly subsampling: Subsampling;
  /**
   * Decodes one whole tile into planes that are slices of a larger picture. Throws `source-malformed`,
   * `source-unsupported`, `render-memory`.
   */
  decodeInto(kernel: Kernel, bytes: Uint8Array, planes: readonly Plane[]): Promise<void>;
}

/** What a decoder is made for: an encoding and the size of its tiles in pixels, as decoded. */
export interface TileShape {
  readonly encoding: TileEncoding;
  readonly tileWidth: number;
  readonly tileLength: number;
  /** How many times larger a stored tile is on each side; above 1 for JPEG alone. */
  readonly reduction: 1 | 2 | 4 | 8;
}
