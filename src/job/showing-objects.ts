import { type Bucket, BucketError } from "../bucket/bucket.ts";
import { listObjects } from "../bucket/list-objects.ts";
import type { Work } from "../catalogue/work.ts";
import { parseWork, workKey } from "../catalogue/work-record.ts";
import { ImageError } from "../error.ts";
import { inOrder } from "./at-once.ts";

/** Records that are read at once. */
const recordsAtOnce = 8;

/** Which objects show an image. */
export interface Showing {
  readonly catalogue: Bucket;
  readonly identifiers: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * Finds all objects that show one of some images, by reading the record of each object: an image names one of them only. What
 * is damaged is left out, for it is shown to nobody. Throws BucketError.
 */
export async function findShowing({ catalogue, identifiers, signal }: Showing): Promise<readonly string[]> {
  const sought = new Set(identifiers);
  const [prefix = "", suffix = ""] = workKey("|").split("|");
  const found: string[] = [];
  const works = inOrder(listObjects(catalogue, prefix), recordsAtOnce, async ({ key }) => {
    if (signal?.aborted) throw new BucketError("stopped", "Stopped.");
    const stored = await catalogue.get(key);
    return stored && readWork(stored.bytes, key.slice(prefix.length, -suffix.length));
  });
  for await (const work of works) if (work !== undefined && showsOneOf(work, sought)) found.push(work.key);
  return found;
}

function showsOneOf({ pages }: Pick<Work, "pages">, sought: ReadonlySet<string>): boolean {
  return pages.some(({ images }) => images.some(({ identifier }) => sought.has(identifier)));
}

function readWork(bytes: Uint8Array, key: string): Work | undefined {
  try {
    return parseWork(bytes, key);
  } catch (error) {
    if (error instanceof ImageError) return undefined;
    throw error;
  }
}
