import type { Size } from "../geometry.ts";

/** How the pixels of a master are to be written. */
export interface RemakeSettings {
  readonly compression: "jpeg" | "webp" | "deflate";
  /** 1 to 100, for the lossy compressions. */
  readonly quality: number;
  /** Side of a tile in pixels. */
  readonly tileSize: 256 | 512;
}

/** What the treatment of a picture depends on. */
export interface TreatedPicture extends Size {
  readonly model: "bilevel" | "gray" | "rgb" | "cmyk" | "lab";
  /** Whether it has an alpha channel, not a fourth colour; other extra samples are dropped. */
  readonly extraSamples: "none" | "alpha" | "other";
}

/** How tiles are stored, with every choice made. */
export interface TileTreatment {
  readonly compression: RemakeSettings["compression"];
  readonly quality: number;
  /** The predictor of `deflate`: bilevel pictures are a fifth smaller without one. */
  readonly predictor: "none" | "horizontal";
  /** Side of a tile in pixels. */
  readonly tileSize: number;
  readonly isGray: boolean;
  readonly alpha: "keep" | "flatten" | "drop";
  /** Sentences for a person. */
  readonly warnings: readonly string[];
}

/** Readers differ in tiles that are much larger than their image: one up to this side has one tile. */
const smallSide = 256;

/** From this quality on the colours of JPEG tiles are stored as RGB, below it as YCbCr with halved chroma. Source: libvips, tiffsave. */
export const firstFullChroma = 90;

/** Decides how the tiles of a picture are stored. One-bit pictures become grey with Deflate whatever the settings say. */
export function settleTiles(settings: RemakeSettings, picture: TreatedPicture): TileTreatment {
  const { model, extraSamples, width, height } = picture;
  const compression = settleCompression(settings, model);
  const keepsAlpha = compression === "deflate";
  const alpha = extraSamples !== "alpha" ? "drop" : keepsAlpha ? "keep" : "flatten";
  const found: readonly (readonly [boolean, string])[] = [
    [
      compression !== settings.compression,
      `It is ${model}, so it is stored with ${compression}, not ${settings.compression}.`,
    ],
    [alpha === "flatten", "Its transparency was flattened on white: only deflate keeps it, for grey and RGB."],
    [extraSamples === "other", "It has extra samples that are not transparency; they were left out."],
  ];
  return {
    compression,
    quality: settings.quality,
    predictor: model === "bilevel" ? "none" : "horizontal",
    tileSize: Math.max(width, height) <= smallSide ? smallSide : settings.tileSize,
    isGray: model === "gray" || model === "bilevel",
    alpha,
    warnings: found.filter(([isSo]) => isSo).map(([, sentence]) => sentence),
  };
}

/**
 * Decides how tiles are compressed: a compression that can't hold the colour model, or is worse for it, is replaced.
 */
export function settleCompression(
  { compression }: Pick<RemakeSettings, "compression">,
  model: TreatedPicture["model"],
): RemakeSettings["compression"] {
  if (model === "bilevel") return "deflate";
  // WebP has no single-component pictures.
  return model === "gray" && compression === "webp" ? "jpeg" : compression;
}
