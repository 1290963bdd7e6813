import { withDeadline } from "../budget/deadline.ts";
import { ImageError } from "../error.ts";
import { derivativeRoot, indexRoot, type MasterKey, placesOf } from "../identity/master-name.ts";
import { addCounts, nothingPurged, type OwnTiers, type PurgeCounts } from "./purge.ts";

/** Counts of a page of a listing, and the key to go on after; undefined where that was all. */
interface CountedPage {
  readonly counts: PurgeCounts;
  readonly next: string | undefined;
}

/** Returns what `purgeMaster` would remove, and removes nothing. Throws `storage-failed`. */
export async function countMaster(
  tiers: Pick<OwnTiers, "bucket" | "masters">,
  key: MasterKey,
): Promise<{ readonly cacheTag: string; readonly counts: PurgeCounts }> {
  const places = await placesOf(key);
  let counts = nothingPurged;
  for (const prefix of [places.derivativePrefix, places.indexPrefix]) {
    let page = await countPage(tiers, { prefix, after: undefined });
    counts = addCounts(counts, page.counts);
    while (page.next !== undefined) {
      page = await countPage(tiers, { prefix, after: page.next });
      counts = addCounts(counts, page.counts);
    }
  }
  return { cacheTag: places.cacheTag, counts };
}

/**
 * Returns what `purgeAllDerivatives` would remove, up to a page of a listing, and removes nothing. Throws
 * `storage-failed`.
 */
export function countDerivatives(
  tiers: Pick<OwnTiers, "bucket" | "masters">,
  after: string | undefined,
): Promise<CountedPage> {
  return countPage(tiers, { prefix: "", after });
}

async function countPage(
  { bucket, masters }: Pick<OwnTiers, "bucket" | "masters">,
  { prefix, after }: { readonly prefix: string; readonly after: string | undefined },
): Promise<CountedPage> {
  const { clock, timeoutSeconds } = masters.storage;
  const asked: R2ListOptions = {
    prefix,
    include: ["customMetadata"],
    ...(after !== undefined && { startAfter: after }),
  };
  const { objects, truncated } = await withDeadline(clock, timeoutSeconds, () => bucket.list(asked)).catch((cause) => {
    throw new ImageError("storage-failed", "The bucket of derivatives can't be listed now.", { cause });
  });
  const kept = objects.filter(({ key }) => key.startsWith(derivativeRoot) || key.startsWith(indexRoot));
  const pictures = kept.filter(({ customMetadata }) => customMetadata?.picture !== undefined).length;
  return {
    counts: { ...nothingPurged, pictures, indexes: kept.length - pictures },
    next: truncated ? objects.at(-1)?.key : undefined,
  };
}
