import { dirname, extname } from "node:path";
import type { Bucket } from "../bucket/bucket.ts";
import type { Page, Work } from "../catalogue/work.ts";
import type { PagePlan } from "../catalogue/work-plan.ts";
import { maxTextFileBytes } from "../limits.ts";
import { textEndings } from "../text/read-text.ts";
import { atOnce } from "./at-once.ts";
import type { PlannedImage } from "./job-plan.ts";
import { storePageText } from "./page-text.ts";
import { pathFrom } from "./source-place.ts";
import { localStore, type SourceStore } from "./source-store.ts";

/** Texts that are read and stored at once, each of some ten megabytes. */
const textsAtOnce = 4;

/** What stores the texts of an object. */
export interface TextRun {
  readonly catalogue: Bucket;
  readonly plan: { readonly pages: readonly PagePlan[] };
  /** Returns an image of this run by its identifier. */
  readonly imageOf: (identifier: string) => PlannedImage | undefined;
  /** Where files are; this machine without it. */
  readonly store?: SourceStore | undefined;
  /** Is told what can't be read, a sentence without a full stop. */
  readonly notes: string[];
}

/**
 * Stores the files of text that lie beside the images of pages, or that a table names, and returns the object with them. A
 * page whose file can't be read keeps the text that it had, and a note says why. Throws BucketError.
 */
export async function withTexts(work: Work, run: TextRun): Promise<Work> {
  const { catalogue, plan, imageOf, notes, store = localStore } = run;
  const planned = new Map(plan.pages.map((page) => [page.key, page]));
  const pages = await atOnce(work.pages, textsAtOnce, async (page): Promise<Page> => {
    const image = imageOf(page.images[0]?.identifier ?? "");
    const path = await findTextFile(image, planned.get(page.key)?.text, store);
    if (path === undefined) return page;
    // One byte more than is read of a file shows that it is too large.
    const bytes = await store.readStart(path, maxTextFileBytes + 1);
    if (bytes === undefined) {
      notes.push(`the text of page ${page.key} is not at ${path}`);
      return page;
    }
    const outcome = await storePageText(catalogue, { object: work.key, page, file: { name: path, bytes } });
    if (outcome.kind !== "fault") return { ...page, text: outcome.text };
    notes.push(`the text of page ${page.key} is left out, ${path}: ${outcome.fault}`);
    return page;
  });
  return { ...work, pages };
}

/** Returns the sizes of the files of text that a run will find for the pages of its objects, in bytes. */
export async function sizeTexts(
  plans: readonly { readonly pages: readonly PagePlan[] }[],
  { imageOf, store = localStore }: Pick<TextRun, "imageOf" | "store">,
): Promise<readonly number[]> {
  const pages = plans.flatMap((plan) => plan.pages);
  const sizes = await atOnce(pages, textsAtOnce, async ({ images, text }): Promise<readonly number[]> => {
    const path = await findTextFile(imageOf(images[0]?.identifier ?? ""), text, store);
    const size = path === undefined ? undefined : await store.sizeOf(path);
    return size === undefined ? [] : [size];
  });
  return sizes.flat();
}

/** A path in a table starts at the folder that was named. A file of several pages has no text beside it. */
async function findTextFile(
  image: PlannedImage | undefined,
  stated: string | undefined,
  store: SourceStore,
): Promise<string | undefined> {
  if (image === undefined) return undefined;
  const { source, folder = dirname(source), page } = image;
  if (stated !== undefined) return pathFrom(folder, stated);
  if (page !== undefined && page > 1) return undefined;
  const stem = source.slice(0, source.length - extname(source).length);
  for (const ending of textEndings) {
    const path = `${stem}${ending}`;
    if ((await store.sizeOf(path)) !== undefined) return path;
  }
  return undefined;
}
