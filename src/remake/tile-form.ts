import type { Encoding } from "../iiif/format.ts";
import type { Level } from "../pyramid/level.ts";
import type { Plane, RasterForm, Subsampling } from "../raster/raster.ts";
import { colorPlanes, subsamplingOf } from "../raster/raster.ts";
import { firstFullChroma, type TileTreatment } from "./treatment.ts";

/** What the samples of tiles are, in the order of their planes: colours, then alpha. */
export interface TileForm {
  readonly model: "gray" | "rgb" | "ycbcr";
  /** How the chroma of `ycbcr` is subsampled. */
  readonly subsampling: Subsampling;
  readonly hasAlpha: boolean;
}

const whole: Subsampling = { x: 1, y: 1 };

/** Returns what tiles hold: as libvips stores them, JPEG below quality 90 as YCbCr with halved chroma, all else as it is. */
export function tileFormOf({ compression, quality, isGray, alpha }: TileTreatment): TileForm {
  const hasAlpha = alpha === "keep";
  if (isGray) return { model: "gray", subsampling: whole, hasAlpha };
  const isHalved = compression === "jpeg" && quality < firstFullChroma;
  return isHalved
    ? { model: "ycbcr", subsampling: { x: 2, y: 2 }, hasAlpha }
    : { model: "rgb", subsampling: whole, hasAlpha };
}

/**
 * Returns the format whose strips tiles are made of: those of JPEG have no alpha, and halved chroma. What is RGB as it is
 * stored comes as it is, and is halved as it is copied, which takes the least memory.
 */
export function stripFormat({ treatment, form }: StripTiles, { encoding }: Level, isProfiled: boolean): Encoding {
  if (treatment.compression !== "jpeg" || form.model === "rgb") return "png";
  const isPlain = encoding.model === "rgb" && encoding.layout.alpha === undefined && !isProfiled;
  return form.model === "ycbcr" && isPlain ? "png" : "jpg";
}

interface StripTiles {
  readonly treatment: TileTreatment;
  readonly form: TileForm;
}

/** Returns how the planes of tiles are subsampled, one after another. */
export function planesOfForm(form: TileForm): readonly Subsampling[] {
  const count = colorPlanes[form.model] + (form.hasAlpha ? 1 : 0);
  return Array.from({ length: count }, (_, index) => subsamplingOf(form, index));
}

/** Returns the planes of a picture in the order of its form. Throws RangeError if it has none of them. */
export function planesOfRaster(
  { planes, alpha }: { readonly planes: readonly Plane[]; readonly alpha?: Plane | undefined },
  { model, hasAlpha }: TileForm,
): readonly Plane[] {
  const colors = planes.slice(0, colorPlanes[model]);
  if (!hasAlpha) return colors;
  if (alpha === undefined) throw new RangeError("a strip without alpha");
  return [...colors, alpha];
}

/** Returns what is told of a picture of this form before its samples. */
export function rasterForm({ model, subsampling }: TileForm, size: { width: number; height: number }): RasterForm {
  return { ...size, model, subsampling };
}
