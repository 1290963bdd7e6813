import { open, stat } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import type { Bucket } from "../bucket/bucket.ts";
import type { Page, Work } from "../catalogue/work.ts";
import type { PagePlan } from "../catalogue/work-plan.ts";
import { maxTextFileBytes } from "../limits.ts";
import { textEndings } from "../text/read-text.ts";
import { atOnce } from "./at-once.ts";
import type { IngestPlan, PlannedImage } from "./job-plan.ts";
import { storePageText } from "./page-text.ts";

/** Texts that are read and stored at once, each of some ten megabytes. */
const textsAtOnce = 4;

/** What stores the texts of an object. */
export interface TextRun {
  readonly catalogue: Bucket;
  readonly plan: { readonly pages: readonly PagePlan[] };
  /** Returns an image of this run by its identifier. */
  readonly imageOf: (identifier: string) => PlannedImage | undefined;
  /** Is told what can't be read, a sentence without a full stop. */
  readonly notes: string[];
}

/**
 * Stores the files of text that lie beside the images of pages, or that a table names, and returns the object with them. A
 * page whose file can't be read keeps the text that it had, and a note says why. Throws BucketError.
 */
export async function withTexts(work: Work, { catalogue, plan, imageOf, notes }: TextRun): Promise<Work> {
  const planned = new Map(plan.pages.map((page) => [page.key, page]));
  const pages = await atOnce(work.pages, textsAtOnce, async (page): Promise<Page> => {
    const image = imageOf(page.images[0]?.identifier ?? "");
    const path = await findTextFile(image, planned.get(page.key)?.text);
    if (path === undefined) return page;
    const bytes = await readStart(path);
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

/** Counts the pages of planned objects that have a file of text. */
export async function countTexts({ images, objects }: Pick<IngestPlan, "images" | "objects">): Promise<number> {
  const byIdentifier = new Map(images.map((image) => [image.identifier, image]));
  const pages = (objects?.plans ?? []).flatMap((plan) => plan.pages);
  const paths = await atOnce(pages, textsAtOnce, (page) =>
    findTextFile(byIdentifier.get(page.images[0]?.identifier ?? ""), page.text),
  );
  return paths.filter((path) => path !== undefined).length;
}

/** A path in a table starts at the folder that was named. A file of several pages has no text beside it. */
async function findTextFile(image: PlannedImage | undefined, stated: string | undefined): Promise<string | undefined> {
  if (image === undefined) return undefined;
  const { source, folder = dirname(source), page } = image;
  if (stated !== undefined) return resolve(folder, stated);
  if (page !== undefined && page > 1) return undefined;
  const stem = join(dirname(source), basename(source, extname(source)));
  for (const ending of textEndings) {
    const path = `${stem}${ending}`;
    if ((await stat(path).catch(() => undefined))?.isFile()) return path;
  }
  return undefined;
}

/** One byte more than is read of a file shows that it is too large. Undefined where there is no such file. */
async function readStart(path: string): Promise<Uint8Array | undefined> {
  const handle = await open(path).catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const { size } = await handle.stat();
    const bytes = new Uint8Array(Math.min(size, maxTextFileBytes + 1));
    const { bytesRead } = await handle.read(bytes, 0, bytes.byteLength, 0);
    return bytes.subarray(0, bytesRead);
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}
