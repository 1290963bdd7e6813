import type { ShownImage, ShownPage, ShownWork } from "../catalogue/shown-work.ts";
import type { Page } from "../catalogue/work.ts";
import type { Area } from "../geometry.ts";
import { labelledImages } from "../presentation/canvas.ts";
import type { ObjectPlace, Site } from "./site.ts";

/** Something that was found in the text of a page. */
export interface Passage {
  readonly page: string;
  readonly before: string;
  readonly match: string;
  readonly after: string;
  /** Where it stands, in units of the canvas; empty where nobody has said. */
  readonly areas: readonly Area[];
}

/** What was found in an object: `next` is from where to go on, if there is more on later pages. */
export interface Passages {
  readonly q: string;
  /** Whether there is more on these pages than is shown. */
  readonly isCut: boolean;
  readonly hits: readonly Passage[];
  readonly next: number | undefined;
}

/** An object as its page shows it: the page of it that was chosen, and what was found. */
export interface ObjectView {
  readonly site: Site;
  readonly work: ShownWork;
  readonly page: ShownPage;
  /** The place of the page, from 0. */
  readonly index: number;
  /** The chosen image of the page; undefined for a page that is missing or closed. */
  readonly image: ShownImage | undefined;
  /** The place of the image, from 1. */
  readonly imageNumber: number;
  readonly passages: Passages | undefined;
}

/** Returns what is shown of an object; undefined where it has no such page, or the page no such image. */
export function viewOf(
  site: Site,
  work: ShownWork,
  { place, passages }: { readonly place: ObjectPlace; readonly passages: Passages | undefined },
): ObjectView | undefined {
  // Without a word which page is meant, the first that has what was searched for, the one it starts with, or the first.
  const key = place.page ?? passages?.hits[0]?.page ?? work.start;
  const known = work.pages.findIndex((page) => page.key === key);
  const index = known < 0 && place.page === undefined ? 0 : known;
  const page = work.pages[index];
  if (page === undefined) return undefined;
  const images = labelledImages(page);
  const imageNumber = place.image ?? 1;
  if (imageNumber > Math.max(1, images.length)) return undefined;
  return { site, work, page, index, image: images[imageNumber - 1], imageNumber, passages };
}

/** Returns what a page is called: by its label, else by its place. */
export function pageName(page: Page, index: number): string {
  return Object.values(page.label ?? {})[0]?.[0] ?? `Page ${index + 1}`;
}
