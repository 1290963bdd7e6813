import type { Size } from "../geometry.ts";
import { maxDirectories, maxTilesPerLevel, maxTilesPerMaster } from "../limits.ts";
import { turnOfTiffOrientation, turnSize } from "../raster/orientation.ts";
import { malformed } from "./faults.ts";
import { checkLevel, type Level } from "./level.ts";
import type { TileEncoding } from "./tile-encoding.ts";
/**
 * An image as its resolutions, plain data: what is kept of a master between requests. Only a reduced image may be smaller
 * than its first level.
 */
export interface Pyramid extends Size {
  /** How the stored rows and columns map to the picture. Source: TIFF 6.0 §8, Orientation. */
  readonly orientation: Orientation;
  /** The levels from the full image down; at least one. Width and height are as stored, before orientation. */
  readonly levels: readonly [Level, ...Level[]];
  /** The size that a reduced image has as it is stored; absent for any other. */
  readonly reducedFrom?: Size;
}

/** The values of tag 274. */
export const orientations = [1, 2, 3, 4, 5, 6, 7, 8] as const;

/** How the stored rows and columns map to the picture: a value of tag 274. */
export type Orientation = (typeof orientations)[number];

/**
 * Checks a pyramid for everything that `openTiff` and the readers of other files would refuse or leave out, except its
 * tiles' places. Throws what opening throws.
 */
export function checkPyramid({ levels }: Pyramid): void {
  const [full, ...reduced] = levels;
  if (levels.length > maxDirectories) throw malformed(`${levels.length} levels`);
  let tilesLeft = maxTilesPerMaster;
  for (const level of levels) {
    checkLevel(level, Math.min(maxTilesPerLevel, tilesLeft));
    tilesLeft -= level.offsets.length;
  }
  for (const [index, level] of reduced.entries()) {
    const known: [Level, ...Level[]] = [full, ...reduced.slice(0, index)];
    const isNext = level.width < (known.at(-1)?.width ?? 0) && isFurtherLevel(level, known);
    if (!isNext || !isSamePicture(level.encoding, full.encoding))
      throw malformed("a level that does not belong to the image");
  }
  const { compression, model, isProgressive, isUneven, isOneScan } = full.encoding;
  const isOfFiles = compression === "png" || model === "ycck" || isProgressive || isUneven || isOneScan;
  if (isOfFiles && (full.offsets.length !== 1 || full.offsets[0] !== 0))
    throw malformed("tiles in a compression of whole files");
}

/** Returns whether a level of this size adds something to the known ones; the first is the image itself. */
export function isFurtherLevel(size: Size, known: readonly [Level, ...Level[]]): boolean {
  return !known.some(({ width }) => width === size.width) && isReduction(size, known[0]);
}

/** Returns whether two levels decode to the same planes, so that a rendering may use either. */
export function isSamePicture(a: TileEncoding, b: TileEncoding): boolean {
  return (
    a.model === b.model &&
    a.isInverted === b.isInverted &&
    (a.layout.alpha === undefined) === (b.layout.alpha === undefined)
  );
}

/** Returns whether an image has no colour. */
export function isGray({ levels: [{ encoding }] }: Pyramid): boolean {
  return encoding.model === "gray";
}

/**
 * Returns whether a page has the proportions of an image, as far as whole pixels allow, and is smaller: larger on no
 * side.
 */
export function isReduction(size: Size, full: Size): boolean {
  if (size.width > full.width || size.height > full.height) return false;
  if (size.width === full.width && size.height === full.height) return false;
  const factor = Math.max(full.width, full.height) / Math.max(size.width, size.height);
  // Repeated halving may lose a pixel more than a single division.
  return Math.abs(full.width / factor - size.width) <= 2 && Math.abs(full.height / factor - size.height) <= 2;
}

/** Returns the size of an image after orientation, with sides swapped if it is turned by 90 degrees. */
export function seenSize(pyramid: { readonly orientation: Orientation } & Size): Size {
  return turnSize({ width: pyramid.width, height: pyramid.height }, turnOfTiffOrientation(pyramid.orientation));
}

/** Returns the sizes of the levels after orientation, in their order. */
export function seenLevels({ levels, orientation }: Pick<Pyramid, "levels" | "orientation">): readonly Size[] {
  const turn = turnOfTiffOrientation(orientation);
  return levels.map((level) => turnSize(level, turn));
}

/** Returns an image as it is seen, as far as a request depends on it. */
export function seenImage(pyramid: Pyramid): Size & { readonly isGray: boolean } {
  return { ...seenSize(pyramid), isGray: isGray(pyramid) };
}
