import { isReduction } from "../pyramid/pyramid.ts";
import {
  type ArrangedImage,
  type ChainedSubfile,
  imageOf,
  type OpenImage,
  type Placed,
  pictureOf,
} from "./arranged-image.ts";
import { isHalf, isWholeFraction } from "./fraction.ts";
import { settleReduced } from "./reduced.ts";
import type { Subfile } from "./subfile.ts";

/**
 * Tells pages, levels and thumbnails of a file apart: returns its images, at least one. In doubt a directory is no
 * level: a picture that is drawn from a larger level is slow, one that is drawn from another page is wrong. The first
 * rule that fits decides:
 *
 * 1. A mask is left out.
 * 2. What has the PageNumber of the image before it, in a document of as many pages as there are directories, and is half
 *    of its last level, is the next level, whatever its flags say: ImageMagick 6 writes pyramids so.
 * 3. What is flagged as reduced, with no image of the chain before it, and has a larger SubIFD that is not, is the
 *    thumbnail of that picture: TIFF/EP, DNG.
 * 4. What else is flagged as reduced is a level; of which image, `settleReduced` says.
 * 5. What is flagged as a page is an image.
 * 6. Tiles without a flag are a level of the tiles before them if they are a whole fraction of those and smaller than
 *    their last level, unless something speaks against it: another PageNumber, flags on other levels of the file, SubIFDs
 *    of either, or a second image without levels that they may belong to. Strips between both are thumbnails, as of
 *    slide scanners.
 * 7. Strips without a flag, behind tiles and in their proportions, are a thumbnail.
 * 8. Everything else is an image. Where nothing is, the first directory is.
 *
 * Of an image's SubIFDs those are levels that are flagged as reduced, or not flagged and a whole fraction of it.
 */
export function arrangeDirectories<T extends Subfile>(
  chain: readonly [ChainedSubfile<T>, ...ChainedSubfile<T>[]],
): readonly [ArrangedImage<T>, ...ArrangedImage<T>[]] {
  const isFlagging = chain.some(({ own }) => own.isReduced && (own.isTiled || isFractionOfAny(own, chain)));
  const placed: Placed<T>[] = [];
  for (const item of chain) {
    const { own } = item;
    if (own.isMask) continue;
    const last = lastImage(placed, () => true);
    const isUnsaid = !own.isReduced && !own.isPage;
    if (last !== undefined && isNumberedLevel(own, { last, placed, chain })) last.levels.push(own);
    else if (own.isReduced) placed.push(placeReduced(item, last));
    else if (isUnsaid && own.isTiled && !isFlagging && followsTiles(item, placed)) joinTiles(own, placed);
    else if (isUnsaid && !own.isTiled && last !== undefined && isThumbnail(own, last.main)) continue;
    else placed.push({ kind: "image", image: imageOf(item) });
  }
  return settleReduced(placed) ?? firstAlone(chain[0], placed);
}

function lastImage<T>(
  placed: readonly Placed<T>[],
  isWanted: (image: OpenImage<T>) => boolean,
): OpenImage<T> | undefined {
  const found = placed.findLast((one) => one.kind === "image" && isWanted(one.image));
  return found?.kind === "image" ? found.image : undefined;
}

function lastLevel<T>({ main, levels }: OpenImage<T>): T {
  return levels.at(-1) ?? main;
}

/** Labels of slides are strips that are flagged too, but in other proportions. */
function isFractionOfAny<T extends Subfile>(own: T, chain: readonly ChainedSubfile<T>[]): boolean {
  return chain.some(({ own: other }) => other.isTiled && !other.isReduced && isFractionOf(own, other));
}

interface Numbered<T> {
  readonly last: OpenImage<T>;
  readonly placed: readonly Placed<T>[];
  readonly chain: readonly ChainedSubfile<T>[];
}

/**
 * A number that the image before has too tells nothing, and neither does one of a document of fewer pages than there are
 * directories: others of them are its levels.
 */
function isNumberedLevel<T extends Subfile>(own: T, { last, placed, chain }: Numbered<T>): boolean {
  const { number, total } = own.pageNumber ?? { number: 0, total: 0 };
  const above = lastLevel(last).size;
  if (total < Math.max(2, chain.length) || own.size === undefined || above === undefined || !isHalf(own.size, above))
    return false;
  const isAlike = ({ pageNumber }: T): boolean => pageNumber?.number === number && pageNumber.total === total;
  const before = lastImage(placed, (image) => image !== last);
  return isAlike(last.main) && (before === undefined || !isAlike(before.main));
}

function placeReduced<T extends Subfile>(item: ChainedSubfile<T>, last: OpenImage<T> | undefined): Placed<T> {
  const isFirst = last === undefined || last.parent !== undefined;
  const image = isFirst ? pictureOf(item) : undefined;
  return image === undefined ? { kind: "reduced", own: item.own } : { kind: "image", image };
}

function followsTiles<T extends Subfile>({ own, children }: ChainedSubfile<T>, placed: readonly Placed<T>[]): boolean {
  const { size, pageNumber } = own;
  const owner = lastImage(placed, ({ main }) => main.isTiled || main.isPage);
  if (owner === undefined || size === undefined || !isFractionOf(own, owner.main)) return false;
  if (!owner.main.isTiled || owner.isNesting || children.length > 0) return false;
  const above = lastLevel(owner).size;
  const stated = owner.main.pageNumber;
  const isOtherPage = pageNumber !== undefined && stated !== undefined && pageNumber.number !== stated.number;
  if (isOtherPage || above === undefined || !isReduction(size, above)) return false;
  return owner.levels.length > 0 || !mayBeOfAnother(own, owner, placed);
}

function isFractionOf({ size }: Subfile, { size: full }: Subfile): boolean {
  return size !== undefined && full !== undefined && isWholeFraction(size, full);
}

/** Returns whether an image directly before the owner has no levels, and may have this one. */
function mayBeOfAnother<T extends Subfile>(own: T, owner: OpenImage<T>, placed: readonly Placed<T>[]): boolean {
  for (let at = placed.findLastIndex((one) => one.kind === "image" && one.image === owner) - 1; at >= 0; at--) {
    const one = placed[at];
    if (one?.kind !== "image" || one.image.levels.length > 0) return false;
    if (isFractionOf(own, one.image.main)) return true;
  }
  return false;
}

/** Strips between an image and its level are no images. */
function joinTiles<T extends Subfile>(own: T, placed: Placed<T>[]): void {
  const isOwner = (one: Placed<T>): boolean => one.kind === "image" && one.image.main.isTiled;
  const at = placed.findLastIndex(isOwner);
  const owner = placed[at];
  if (owner?.kind !== "image") return;
  owner.image.levels.push(own);
  placed.splice(at + 1, placed.length, ...placed.slice(at + 1).filter(({ kind }) => kind === "reduced"));
}

/** A thumbnail is at least this much smaller than its image on each side. */
const leastReduction = 1.5;

function isThumbnail(own: Subfile, main: Subfile): boolean {
  if (own.size === undefined || main.size === undefined || !main.isTiled) return false;
  return isReduction(own.size, main.size) && own.size.width * leastReduction <= main.size.width;
}

/** Where every directory is flagged as something else, the first is the image and those that are reduced its levels. */
function firstAlone<T extends Subfile>(
  first: ChainedSubfile<T>,
  placed: readonly Placed<T>[],
): readonly [ArrangedImage<T>] {
  const image = imageOf(first);
  for (const one of placed) if (one.kind === "reduced" && one.own !== first.own) image.levels.push(one.own);
  return [image];
}
