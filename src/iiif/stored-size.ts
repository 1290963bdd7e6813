import { type Area, isWhole, type Size } from "../geometry.ts";
import { scaleFactor } from "../pyramid/scale-factor.ts";
import { isWithin, type SizeLimits, type SizeRequest } from "./size.ts";

/** What a region is compared with: the image and its levels, as they are seen, and the sizes that are given out. */
export interface StoredSizes {
  readonly image: Size;
  readonly levels: readonly Size[];
  readonly limits: SizeLimits;
}

/**
 * Returns how large a region is on the stored level that `w,`, `,h` or `!w,h` means: the level has the side that is given,
 * and the other one lies within a pixel of what keeps the proportions. So the picture that is sent is the one that is
 * stored, and that info.json lists. Undefined for every other size. Source: Image API 3.0 §4.2, which leaves rounding to
 * the server.
 */
export function storedSize(asked: SizeRequest, region: Area, { image, levels, limits }: StoredSizes): Size | undefined {
  if (asked.kind !== "width" && asked.kind !== "height" && asked.kind !== "confined") return undefined;
  for (const level of levels) {
    const size = sizeOnLevel(region, level, image);
    if (size !== undefined && isMeant(asked, size, region) && isWithin(size, limits)) return size;
  }
  return undefined;
}

type SideRequest = SizeRequest & { readonly kind: "width" | "height" | "confined" };

function isMeant(asked: SideRequest, size: Size, region: Size): boolean {
  if (size.width > region.width || size.height > region.height) return false;
  const isWidth = asked.kind !== "height" && asked.width === size.width;
  const isHeight = asked.kind !== "width" && asked.height === size.height;
  const isNear =
    (isWidth && Math.abs((size.width * region.height) / region.width - size.height) < 1) ||
    (isHeight && Math.abs((size.height * region.width) / region.height - size.width) < 1);
  return isNear && (asked.kind !== "confined" || (size.width <= asked.width && size.height <= asked.height));
}

/** The pixels of a level that a region consists of; undefined where it begins or ends between two. */
function sizeOnLevel(region: Area, level: Size, image: Size): Size | undefined {
  if (isWhole(region, image)) return { width: level.width, height: level.height };
  const factor = scaleFactor(image, level);
  if (factor === undefined) return undefined;
  const across = { from: region.x, length: region.width, whole: image.width, level: level.width };
  const down = { from: region.y, length: region.height, whole: image.height, level: level.height };
  const width = sideOnLevel({ ...across, factor });
  const height = sideOnLevel({ ...down, factor });
  return width === undefined || height === undefined ? undefined : { width, height };
}

interface LevelSide {
  /** Of the region, in pixels of the image. */
  readonly from: number;
  readonly length: number;
  /** Of the image, and of the level. */
  readonly whole: number;
  readonly level: number;
  /** Pixels of the image per pixel of the level. */
  readonly factor: number;
}

/** The level ends where the image does, however its writer rounded. */
function sideOnLevel({ from, length, whole, level, factor }: LevelSide): number | undefined {
  const start = from / factor;
  const end = from + length === whole ? level : (from + length) / factor;
  return Number.isInteger(start) && Number.isInteger(end) && end > start ? end - start : undefined;
}
