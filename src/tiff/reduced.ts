import type { Size } from "../geometry.ts";
import { isReduction } from "../pyramid/pyramid.ts";
import type { ArrangedImage, OpenImage, Placed } from "./arranged-image.ts";
import { isWholeFraction } from "./fraction.ts";
import type { Subfile } from "./subfile.ts";

/** Images in a row, and the directories flagged as reduced up to the next image. */
interface Section<T> {
  readonly images: readonly OpenImage<T>[];
  readonly reduced: readonly T[];
}

/** Rows with more pairs of an image and a level than this are not compared: all is in doubt. */
const mostPairs = 1 << 20;

/**
 * Gives each directory that is flagged as reduced to the image it is a level of, and returns the images; undefined if
 * there are none. The first rule that fits decides:
 *
 * 1. Its PageNumber is that of one image, and it is smaller and in proportion.
 * 2. Only one image stands in the row before it.
 * 3. It is a whole fraction of only one image of that row, or of none and in proportion to only one.
 * 4. All levels of the row stand in an order that leaves no choice: a level of each page, then the next of each
 *    (tifffile), or all levels of a page, then those of the next. Each page must have as many, reduced as much.
 * 5. Otherwise it is in doubt, and no level.
 */
export function settleReduced<T extends Subfile>(
  placed: readonly Placed<T>[],
): readonly [ArrangedImage<T>, ...ArrangedImage<T>[]] | undefined {
  const images = placed.flatMap((one) => (one.kind === "image" ? [one.image] : []));
  const numbered = numberImages(images);
  for (const section of cutSections(placed)) {
    const unnumbered = section.reduced.filter((own) => {
      const image = own.pageNumber && numbered.get(own.pageNumber.number);
      const isNumbered = image !== undefined && isReductionOf(own, image);
      if (isNumbered) image.levels.push(own);
      return !isNumbered;
    });
    settleSection({ ...section, reduced: unnumbered });
  }
  const [first, ...others] = images;
  return first && [first, ...others];
}

/** Returns the images whose number no other image has. */
function numberImages<T extends Subfile>(images: readonly OpenImage<T>[]): ReadonlyMap<number, OpenImage<T>> {
  const numbered = new Map<number, OpenImage<T>>();
  const shared = new Set<number>();
  for (const image of images) {
    const number = image.main.pageNumber?.number;
    if (number === undefined) continue;
    if (numbered.has(number)) shared.add(number);
    numbered.set(number, image);
  }
  for (const number of shared) numbered.delete(number);
  return numbered;
}

/**
 * What stands before the only image belongs to it: some writers begin with the smallest level. Of several images it may be
 * any one's, for what stands between two of them may then be of either.
 */
function cutSections<T>(placed: readonly Placed<T>[]): readonly Section<T>[] {
  if (placed[0]?.kind === "reduced") return [wholeSection(placed)];
  const sections: { images: OpenImage<T>[]; reduced: T[] }[] = [{ images: [], reduced: [] }];
  for (const one of placed) {
    const section = sections.at(-1);
    const last = section?.images.at(-1);
    const isClosed = last !== undefined && (last.levels.length > 0 || (section?.reduced.length ?? 0) > 0);
    if (one.kind === "reduced") section?.reduced.push(one.own);
    else if (isClosed) sections.push({ images: [one.image], reduced: [] });
    else section?.images.push(one.image);
  }
  return sections;
}

function wholeSection<T>(placed: readonly Placed<T>[]): Section<T> {
  return {
    images: placed.flatMap((one) => (one.kind === "image" ? [one.image] : [])),
    reduced: placed.flatMap((one) => (one.kind === "reduced" ? [one.own] : [])),
  };
}

function settleSection<T extends Subfile>({ images, reduced }: Section<T>): void {
  const [only, ...others] = images;
  if (only === undefined || reduced.length === 0) return;
  if (others.length === 0) {
    // The thumbnail of a picture that is its SubIFD was developed by itself, and so may be what follows it.
    for (const own of reduced) (only.parent === undefined ? only.levels : only.doubtful).push(own);
    return;
  }
  if (images.length * reduced.length > mostPairs) {
    for (const own of reduced) images.at(-1)?.doubtful.push(own);
    return;
  }
  const owners = reduced.map((own) => ownersOf(own, images));
  const isCertain = owners.every(({ length }) => length <= 1);
  const ordered = isCertain ? undefined : orderedOwners({ images, reduced });
  for (const [index, own] of reduced.entries()) {
    const possible = owners[index] ?? [];
    const owner = ordered?.[index] ?? (possible.length === 1 ? possible[0] : undefined);
    if (owner !== undefined) owner.levels.push(own);
    else for (const image of possible.length > 0 ? possible : images.slice(-1)) image.doubtful.push(own);
  }
}

/** Returns the images that a directory may be a level of, by its size. */
function ownersOf<T extends Subfile>(own: T, images: readonly OpenImage<T>[]): readonly OpenImage<T>[] {
  const exact = images.filter(({ main }) => own.size && main.size && isWholeFraction(own.size, main.size));
  return exact.length > 0 ? exact : images.filter((image) => isReductionOf(own, image));
}

function isReductionOf<T extends Subfile>({ size }: T, { main }: OpenImage<T>): boolean {
  return size !== undefined && main.size !== undefined && isReduction(size, main.size);
}

/** Returns the owner of each level of a row by their order; undefined if no order fits, or both do and differ. */
function orderedOwners<T extends Subfile>({ images, reduced }: Section<T>): readonly OpenImage<T>[] | undefined {
  const perImage = reduced.length / images.length;
  if (!Number.isInteger(perImage)) return undefined;
  const owners = (indexOf: (at: number) => number): readonly OpenImage<T>[] =>
    reduced.flatMap((_, at) => images[indexOf(at)] ?? []);
  const byRank = owners((at) => at % images.length);
  const byImage = owners((at) => Math.floor(at / perImage));
  const fitting = [byRank, byImage].filter((tried) => areAlike({ images, reduced }, tried));
  const [first, second] = fitting;
  const isOne = second === undefined || second.every((image, at) => image === first?.[at]);
  return isOne ? first : undefined;
}

/** Returns whether every image has levels that get smaller, and all images levels that are reduced as much. */
function areAlike<T extends Subfile>({ images, reduced }: Section<T>, owners: readonly OpenImage<T>[]): boolean {
  const sizes = images.map((image) => reduced.filter((_, at) => owners[at] === image).map(({ size }) => size));
  const [firstSizes = []] = sizes;
  const first = images[0]?.main.size;
  return images.every(({ main }, index) =>
    firstSizes.every((pattern, rank) => {
      const size = sizes[index]?.[rank];
      const above = rank === 0 ? main.size : sizes[index]?.[rank - 1];
      if (!first || !pattern || !size || !above || !main.size) return false;
      return isReduction(size, above) && isReducedAs(size, main.size, longSide(first) / longSide(pattern));
    }),
  );
}

/** Rounding moves a side by up to two pixels, as in `isReduction`. */
function isReducedAs(size: Size, full: Size, factor: number): boolean {
  return Math.abs(full.width / factor - size.width) <= 2 && Math.abs(full.height / factor - size.height) <= 2;
}

function longSide({ width, height }: Size): number {
  return Math.max(width, height);
}
