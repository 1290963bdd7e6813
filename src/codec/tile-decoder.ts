import type { Area } from "../geometry.ts";
import type { StoredModel } from "../pyramid/color-model.ts";
import type { Level } from "../pyramid/level.ts";
import type { Kernel } from "../raster/kernel.ts";
import type { ColorModel, Plane, Subsampling } from "../raster/raster.ts";
import type { MissingRows } from "./missing-rows.ts";

/** Decodes the tiles of one level, by their compression, to planes of 8-bit samples. */
export interface TileDecoder {
  /** What the planes mean. */
  readonly model: ColorModel;
  /** The planes of a tile: those of the model, then alpha if `hasAlpha`. */
  readonly planeCount: number;
  readonly hasAlpha: boolean;
  /** How the chroma of `ycbcr` is subsampled. */
  readonly subsampling: Subsampling;
  /**
   * Decodes one whole tile into planes that are slices of a larger picture. Returns which rows of the tile as it is
   * stored could not be read; undefined if all could. Throws `source-malformed` for a tile of which nothing can be
   * read, `source-unsupported`, `render-memory`.
   */
  decodeInto(kernel: Kernel, tile: StoredTile, planes: readonly Plane[]): Promise<MissingRows | undefined>;
}

/** A tile as it was read. */
export interface StoredTile {
  /** Its compressed bytes: one part, or one for each sample of a planar level. */
  readonly parts: readonly Uint8Array[];
  /** Rows of pixels in it: the last strip only has the remaining rows of the image. */
  readonly rows: number;
  /** The pixels of the tile, as decoded, that are needed; undefined for all. The others may have any value. */
  readonly window?: Area | undefined;
}

/** What a decoder is made for. */
export interface TileShape {
  /** The level as it is stored. */
  readonly level: Level;
  /** How many times smaller than stored its tiles are decoded; above 1 only for JPEG. */
  readonly reduction: 1 | 2 | 4 | 8;
}

/** What each stored colour model is decoded to. */
export const decodedModels: Readonly<Record<StoredModel, ColorModel>> = {
  gray: "gray",
  rgb: "rgb",
  ycbcr: "ycbcr",
  palette: "rgb",
  cmyk: "cmyk",
  ycck: "cmyk",
  lab: "lab",
  "icc-lab": "lab",
};

/** The required colour space of a profile for each stored model; CIELab does not use one. */
export const profileSpaces: Readonly<Record<StoredModel, "gray" | "rgb" | "cmyk" | undefined>> = {
  gray: "gray",
  rgb: "rgb",
  ycbcr: "rgb",
  palette: "rgb",
  cmyk: "cmyk",
  ycck: "cmyk",
  lab: undefined,
  "icc-lab": undefined,
};
