import { withDeadline } from "../budget/deadline.ts";
import type { DerivativeCache } from "../cache/derivatives.ts";
import type { IsolateCache } from "../cache/isolate.ts";
import { ImageError } from "../error.ts";
import { derivativeRoot, indexRoot, type MasterKey, placesOf } from "../identity/master-name.ts";
import { firstPageKeys, forgetPages } from "../masters/keeping.ts";
import type { MasterStore } from "../masters/store.ts";

/** Where something of a master may be kept that this Worker reaches by itself. */
export interface OwnTiers {
  readonly masters: MasterStore;
  /** What the isolate remembers of images that are not there. */
  readonly heldMoves: Pick<IsolateCache<unknown>, "delete" | "deleteStartingWith">;
  readonly derivatives: Pick<DerivativeCache, "edge" | "known">;
  /** The bucket of derivatives, in which everything can be listed. */
  readonly bucket: Pick<R2Bucket, "list" | "delete">;
}

/** What was removed. */
export interface PurgeCounts {
  /** Pictures and indexes in the bucket of derivatives. */
  readonly pictures: number;
  readonly indexes: number;
  /** What the Cache API of this data centre would not let go of. */
  readonly left: number;
}

/** Nothing, of all. */
export const nothingPurged: PurgeCounts = { pictures: 0, indexes: 0, left: 0 };

/** What a page of a listing takes: up to 1,000 objects, their keys and what is written on them. In bytes. */
export const purgeBytes = 2 << 20;

/** How many deletions from the Cache API are under way at once. */
const deletionsAtOnce = 6;

/**
 * Removes all that is kept of a master and can be listed or named: in this isolate, in the Cache API of this data
 * centre, in the bucket of derivatives. Returns its Cache-Tag and counts. Throws `storage-failed`, with what is done done:
 * asked again, it goes on.
 */
export async function purgeMaster(
  tiers: OwnTiers,
  key: MasterKey,
): Promise<{ readonly cacheTag: string; readonly counts: PurgeCounts }> {
  const places = await placesOf(key);
  forgetPages(tiers.masters, key);
  tiers.heldMoves.delete(key);
  // Indexes that open in one read are kept near alone.
  let counts: PurgeCounts = { ...nothingPurged, left: await removeNear(tiers, firstPageKeys(places)) };
  for (const prefix of [places.derivativePrefix, places.indexPrefix]) {
    for (let isMore = true; isMore; ) {
      const page = await removePage(tiers, prefix);
      counts = addCounts(counts, page.counts);
      isMore = page.isMore;
    }
  }
  return { cacheTag: places.cacheTag, counts };
}

/**
 * Empties the bucket of derivatives a page of a listing at a time, and says whether there is more. What is set up there
 * for the bucket itself stays. Throws `storage-failed`.
 */
export async function purgeAllDerivatives(
  tiers: OwnTiers,
): Promise<{ readonly counts: PurgeCounts; readonly isMore: boolean }> {
  tiers.masters.held.deleteStartingWith("");
  tiers.heldMoves.deleteStartingWith("");
  tiers.derivatives.known.deleteStartingWith("");
  const pictures = await removePage(tiers, derivativeRoot);
  if (pictures.isMore) return pictures;
  const indexes = await removePage(tiers, indexRoot);
  return { counts: addCounts(pictures.counts, indexes.counts), isMore: indexes.isMore };
}

/** Returns what was removed in all. */
export function addCounts(one: PurgeCounts, other: PurgeCounts): PurgeCounts {
  return {
    pictures: one.pictures + other.pictures,
    indexes: one.indexes + other.indexes,
    left: one.left + other.left,
  };
}

/** Removes up to a page of what is listed, there and near. An index has no picture written on it. */
async function removePage(
  tiers: OwnTiers,
  prefix: string,
): Promise<{ readonly counts: PurgeCounts; readonly isMore: boolean }> {
  const { objects, truncated: isMore } = await removeListed(tiers, prefix);
  const nearKeys = objects.map(({ key, customMetadata }) => {
    const picture = customMetadata?.picture;
    return picture === undefined ? key : `${derivativeRoot}${picture}`;
  });
  const pictures = objects.filter(({ customMetadata }) => customMetadata?.picture !== undefined).length;
  const left = await removeNear(tiers, nearKeys);
  return { counts: { pictures, indexes: objects.length - pictures, left }, isMore };
}

async function removeListed({ bucket, masters }: OwnTiers, prefix: string): Promise<R2Objects> {
  const { clock, timeoutSeconds } = masters.storage;
  try {
    return await withDeadline(clock, timeoutSeconds, async () => {
      const listed = await bucket.list({ prefix, include: ["customMetadata"] });
      if (listed.objects.length > 0) await bucket.delete(listed.objects.map(({ key }) => key));
      return listed;
    });
  } catch (cause) {
    throw new ImageError("storage-failed", "The bucket of derivatives can't be purged now.", { cause });
  }
}

/** Returns how many are still there. */
async function removeNear({ derivatives }: OwnTiers, keys: readonly string[]): Promise<number> {
  const { edge, known } = derivatives;
  let left = 0;
  for (let at = 0; at < keys.length; at += deletionsAtOnce) {
    const group = keys.slice(at, at + deletionsAtOnce);
    for (const key of group) known.delete(key);
    const gone = await Promise.all(group.map((key) => edge.delete({ key })));
    left += gone.filter((isGone) => !isGone).length;
  }
  return left;
}
