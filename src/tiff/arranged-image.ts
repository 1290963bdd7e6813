import { isWholeFraction } from "./fraction.ts";
import type { Subfile } from "./subfile.ts";

/** A directory of the chain with its SubIFDs. */
export interface ChainedSubfile<T> {
  readonly own: T;
  readonly children: readonly T[];
}

/** One image of a file and the directories that belong to it. */
export interface ArrangedImage<T> {
  readonly main: T;
  /** The thumbnail whose SubIFD the image is. */
  readonly parent: T | undefined;
  /** What may be its levels. */
  readonly levels: readonly T[];
  /** Reduced versions of this image or of another one: nothing says which. */
  readonly doubtful: readonly T[];
  /** SubIFDs that are no reduced version of it. */
  readonly others: readonly T[];
}

/** An image whose levels are still being found. */
export interface OpenImage<T> extends ArrangedImage<T> {
  readonly levels: T[];
  readonly doubtful: T[];
  /** Whether it has SubIFDs, which are where its writer puts levels. */
  readonly isNesting: boolean;
}

/** A directory that is an image, or that is flagged as a reduced version of one. */
export type Placed<T> =
  | { readonly kind: "image"; readonly image: OpenImage<T> }
  | { readonly kind: "reduced"; readonly own: T };

/** Returns a directory of the chain as an image with its SubIFDs. */
export function imageOf<T extends Subfile>({ own, children }: ChainedSubfile<T>): OpenImage<T> {
  return openImage({ main: own, parent: undefined, children });
}

/**
 * Returns the picture that a thumbnail has as its SubIFD, with the other SubIFDs: the largest that is not flagged as
 * reduced, and larger than the thumbnail. Undefined if there is none.
 */
export function pictureOf<T extends Subfile>({ own, children }: ChainedSubfile<T>): OpenImage<T> | undefined {
  const pictures = children.filter((child) => !child.isReduced && !child.isMask && pixelsOf(child) > pixelsOf(own));
  const [main] = pictures.toSorted((a, b) => pixelsOf(b) - pixelsOf(a));
  if (main === undefined) return undefined;
  return openImage({ main, parent: own, children: children.filter((child) => child !== main) });
}

/** SubIFDs are levels if they are flagged as reduced, or if nothing is said and they are a whole fraction. */
function openImage<T extends Subfile>({
  main,
  parent,
  children,
}: {
  readonly main: T;
  readonly parent: T | undefined;
  readonly children: readonly T[];
}): OpenImage<T> {
  const isLevel = ({ isReduced, isPage, size }: T): boolean =>
    (isReduced && parent === undefined) ||
    (!isPage && size !== undefined && main.size !== undefined && isWholeFraction(size, main.size));
  const shown = children.filter(({ isMask }) => !isMask);
  return {
    main,
    parent,
    levels: shown.filter(isLevel),
    doubtful: [],
    others: shown.filter((child) => !isLevel(child)),
    isNesting: shown.length > 0,
  };
}

function pixelsOf({ size }: Subfile): number {
  return size === undefined ? 0 : size.width * size.height;
}
