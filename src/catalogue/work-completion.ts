import type { Size } from "../geometry.ts";
import { defined } from "./defined.ts";
import type { LanguageMap } from "./language-map.ts";
import type { StoredImage } from "./stored-image.ts";
import type { Page, Work } from "./work.ts";
import { keepFormer } from "./work-former.ts";
import type { PagePlan, WorkPlan } from "./work-plan.ts";

/** A stored image as its master shows it. */
export interface KnownImage extends Pick<StoredImage, "width" | "height" | "sizes" | "policy"> {
  readonly title?: string | undefined;
  readonly creator?: string | undefined;
  readonly rights?: string | undefined;
}

/** What a plan is completed with. */
export interface CompletionSources {
  /** By identifier: all images of the plan. */
  readonly images: ReadonlyMap<string, KnownImage>;
  /** The record that is there. */
  readonly former: Work | undefined;
  /** What canvases of changed proportions become. */
  readonly canvases: "kept" | "new";
  /** Whether labels that a rule makes take the place of those in the record. */
  readonly labels: "kept" | "by-rule";
  /** Labels of collections, by key, where they are known better than by the plan and the record. */
  readonly collections?: ReadonlyMap<string, LanguageMap>;
}

/** Where the label of an object is from. */
export type LabelSource = "table" | "record" | "title" | "folder";

/** A record, or what keeps it from being written; sentences without a full stop. */
export type Completion =
  | { readonly work: Work; readonly labelSource: LabelSource; readonly notes: readonly string[] }
  | { readonly faults: readonly string[] };

/** How much the proportions of the images of a choice may differ before it is told. */
const mostChoiceDifference = 0.02;

/**
 * Makes the record of an object: its plan, what its record says that no table of this run says, and the sizes of its
 * stored images. Canvases keep the size at which they were published first. Pure.
 */
export function completeWork(plan: WorkPlan, sources: CompletionSources): Completion {
  const { former, images } = sources;
  const kept = keepFormer(plan, { former, labels: sources.labels });
  const faults: string[] = [];
  const notes: string[] = [];
  const sized = kept.pages.map((page) => completePage(page, { sources, faults, notes }));
  if (sized.every((page) => page.size === undefined))
    faults.push(`${plan.key} has no image: all its pages are missing`);
  if (faults.length > 0) return { faults };
  const pages = sized.map(({ page, images, size }, index): Page => {
    const { width, height } = size ?? neighbourSize(sized, index);
    const { key, label, metadata, behaviors, rights } = page;
    const { navDate, text, seeAlso, rendering } = formerPage(former, key) ?? {};
    return defined({
      key,
      width,
      height,
      label,
      metadata,
      images,
      behaviors,
      rights,
      navDate,
      text,
      seeAlso,
      rendering,
    });
  });
  const first = images.get(pages.find((page) => page.images.length > 0)?.images[0]?.identifier ?? "");
  const { label, labelSource } = labelOf(kept, { first, former });
  const { name: _, told, ...rest } = kept;
  const isNew = former === undefined && !told.object;
  const metadata =
    isNew && first?.creator !== undefined
      ? [{ label: { none: ["Creator"] }, value: { none: [first.creator] } }]
      : kept.metadata;
  const rights = kept.rights ?? (former === undefined || told.object ? first?.rights : undefined);
  const collections = kept.collections.map((one) => ({
    key: one.key,
    label: sources.collections?.get(one.key) ?? one.label,
  }));
  const attachments = former?.attachments;
  const access = kept.access?.kind === "open" ? undefined : kept.access;
  const work = defined<Work>({ ...ordered, ...rest, access, label, metadata, rights, collections, pages, attachments });
  // The order of languages is no difference: tables have one for all objects.
  const isSame = former !== undefined && sortedText(work) === sortedText(former);
  return { work: isSame ? former : work, labelSource, notes };
}

/** Returns a value as JSON whose keys are sorted. */
function sortedText(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** Records have their parts in one order, whatever they were made of, so that equal ones are equal bytes. */
const ordered = {
  key: "",
  label: {},
  summary: undefined,
  metadata: [],
  requiredStatement: undefined,
  rights: undefined,
  provider: undefined,
  homepage: undefined,
  seeAlso: undefined,
  rendering: undefined,
  navDate: undefined,
  viewingDirection: undefined,
  layout: undefined,
  thumbnail: undefined,
  start: undefined,
  collections: [],
  pages: [],
  contents: [],
  attachments: undefined,
  access: undefined,
};

interface SizedPage {
  readonly page: PagePlan;
  readonly images: readonly StoredImage[];
  /** Undefined of a page that is missing and was not there before. */
  readonly size: Size | undefined;
}

interface PageCompletion {
  readonly sources: CompletionSources;
  readonly faults: string[];
  readonly notes: string[];
}

function completePage(page: PagePlan, { sources, faults, notes }: PageCompletion): SizedPage {
  const images = page.images.flatMap(({ identifier, label }): readonly StoredImage[] => {
    const known = sources.images.get(identifier);
    if (known === undefined) {
      faults.push(`the image ${identifier} is not stored`);
      return [];
    }
    const { width, height, sizes, policy } = known;
    return [defined<StoredImage>({ identifier, width, height, sizes, label, policy })];
  });
  const published = formerPage(sources.former, page.key);
  const [first, ...others] = images;
  for (const other of others) {
    if (first === undefined) break;
    const difference = Math.abs((first.width * other.height) / (first.height * other.width) - 1);
    if (difference > mostChoiceDifference) {
      notes.push(
        `${other.identifier} has other proportions than ${first.identifier}, and is stretched to the same page`,
      );
    }
  }
  if (first === undefined) return { page, images, size: published && sizeOf(published) };
  if (published === undefined || published.images.length === 0 || sources.canvases === "new")
    return { page, images, size: sizeOf(first) };
  if (isSameShape(published, first)) return { page, images, size: sizeOf(published) };
  faults.push(
    `the page ${page.key} was published with ${published.width} × ${published.height}, and ${first.identifier} has ` +
      `${first.width} × ${first.height}: what was drawn on the page would be elsewhere. --new-canvas takes the new size`,
  );
  return { page, images, size: undefined };
}

/** Whether one size is the other scaled, to a pixel of the smaller. */
function isSameShape(one: Size, other: Size): boolean {
  const [small, large] = one.width <= other.width ? [one, other] : [other, one];
  return Math.abs((large.height * small.width) / large.width - small.height) <= 1;
}

function neighbourSize(pages: readonly SizedPage[], index: number): Size {
  const before = pages.slice(0, index).findLast(({ size }) => size !== undefined);
  const size = (before ?? pages.slice(index).find((page) => page.size !== undefined))?.size;
  if (size === undefined) throw new Error("a page of the object has a size, for all being missing is a fault");
  return size;
}

function labelOf(
  { label, name, told }: WorkPlan,
  { first, former }: { readonly first: KnownImage | undefined; readonly former: Work | undefined },
): { readonly label: LanguageMap; readonly labelSource: LabelSource } {
  if (label !== undefined) return { label, labelSource: told.object || former === undefined ? "table" : "record" };
  if (first?.title !== undefined) return { label: { none: [first.title] }, labelSource: "title" };
  return { label: { none: [name] }, labelSource: "folder" };
}

function formerPage(former: Work | undefined, key: string): Page | undefined {
  return former?.pages.find((page) => page.key === key);
}

function sizeOf({ width, height }: Size): Size {
  return { width, height };
}
