import { formatReduced } from "../access/asked-image.ts";
import type { Reason } from "../access/decide.ts";
import { defined } from "./defined.ts";
import type { Provider } from "./link.ts";
import { isObjectHidden, isPageOpen, outcomeOfStored, policiesOfObject, type ShowingGround } from "./object-access.ts";
import type { StoredImage } from "./stored-image.ts";
import type { Page, Work } from "./work.ts";
import { remainingEntries } from "./work-former.ts";

/** An image as documents show it to anybody. */
export interface ShownImage extends StoredImage {
  /** Undefined of an image that is open to all. */
  readonly withheld?: Withheld;
}

/** Why somebody sees less than an image, or nothing of it. */
export interface Withheld {
  readonly reason: Reason;
  /** Whether a reduced image is shown in its place; else who is let in sees it, and nobody else sees anything. */
  readonly isReduced: boolean;
}

/** A page as documents show it to anybody. */
export interface ShownPage extends Page {
  readonly images: readonly ShownImage[];
  /** It has images, and none is shown to anybody. */
  readonly isClosed?: true;
}

/** An object as documents show it to anybody. */
export interface ShownWork extends Work {
  readonly pages: readonly ShownPage[];
}

/**
 * Returns an object as documents show it to anybody at a time: reduced images in the place of those that are shown so, no
 * image that nobody sees, no text of a page and no file unless all of what they show is open, and nothing of pages that are
 * hidden. Undefined of an object that is hidden itself. Pure.
 */
export function showWork(work: Work, ground: ShowingGround): ShownWork | undefined {
  if (isObjectHidden(work, ground)) return undefined;
  const provider = work.provider?.map((one) => showProvider(one, ground));
  if (policiesOfObject(work, ground).length === 0) return provider === undefined ? work : { ...work, provider };
  const pages = work.pages.flatMap((page) => showPage(page, ground));
  const keys = new Set(pages.map(({ key }) => key));
  const still = (key: string | undefined) => (key !== undefined && keys.has(key) ? key : undefined);
  const isOpen = work.pages.every((page) => isPageOpen(page, ground));
  return defined<ShownWork>({
    ...work,
    provider,
    thumbnail: still(work.thumbnail),
    start: still(work.start),
    pages,
    contents: work.contents.flatMap((entry) => remainingEntries(entry, keys)),
    attachments: isOpen ? work.attachments : undefined,
  });
}

/** A page none of whose images is shown to anybody is there, and empty, as one that is missing. */
function showPage(page: Page, ground: ShowingGround): readonly ShownPage[] {
  const outcomes = page.images.map((image) => outcomeOfStored(image, ground).kind);
  if (outcomes.length > 0 && outcomes.every((kind) => kind === "hidden")) return [];
  const { text, ...rest } = page;
  const images = page.images.flatMap((image) => showImage(image, ground) ?? []);
  return [
    {
      ...rest,
      images,
      ...(text !== undefined && isPageOpen(page, ground) ? { text } : {}),
      ...(images.length === 0 && page.images.length > 0 ? { isClosed: true } : {}),
    },
  ];
}

function showProvider({ logo, ...provider }: Provider, ground: ShowingGround): Provider {
  const shown = logo && showPicture(logo, ground);
  return shown === undefined ? provider : { ...provider, logo: shown };
}

/** Returns an image as anybody may see a picture of it, reduced where it has to be; undefined where there is none. */
export function showPicture(image: StoredImage, ground: ShowingGround): ShownImage | undefined {
  const shown = showImage(image, ground);
  return shown !== undefined && hasPicture(shown) ? shown : undefined;
}

/** Says whether anybody sees a picture of what is shown. */
export function hasPicture({ withheld }: ShownImage): boolean {
  return withheld === undefined || withheld.isReduced;
}

/** Undefined of an image that is hidden, and of one that is closed to all and not shown reduced either. */
function showImage(stored: StoredImage, ground: ShowingGround): ShownImage | undefined {
  const { policy: _, ...image } = stored;
  const outcome = outcomeOfStored(stored, ground);
  switch (outcome.kind) {
    case "admitted":
      return image;
    case "hidden":
      return undefined;
    case "denied": {
      const { reason, publicSize } = outcome;
      if (publicSize !== undefined) return { ...reduceImage(image, publicSize), withheld: { reason, isReduced: true } };
      return isLasting(reason) ? undefined : { ...image, withheld: { reason, isReduced: false } };
    }
  }
}

/** Says whether nobody is let in, whoever he is. */
function isLasting({ kind }: Reason): boolean {
  return kind === "closed" || kind === "embargo" || kind === "no-longer-open";
}

/** Returns a reduced image with the sizes that are left of it: one that is stored is as large as its level. */
function reduceImage(image: StoredImage, longestSide: number): StoredImage {
  const { identifier, width, height, sizes } = image;
  const longest = Math.max(width, height);
  const reduced = { ...image, identifier: formatReduced(identifier, longestSide) };
  if (longest <= longestSide) return reduced;
  const left = sizes.filter((size) => Math.max(size.width, size.height) <= longestSide);
  const stored = left.find((size) => Math.max(size.width, size.height) === longestSide);
  const scaled = (side: number): number => Math.max(1, Math.round((longestSide * side) / longest));
  return { ...reduced, ...(stored ?? { width: scaled(width), height: scaled(height) }), sizes: left };
}
