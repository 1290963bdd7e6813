import { withDeadline } from "../budget/deadline.ts";
import type { DerivativeCache } from "../cache/derivatives.ts";
import { ImageError } from "../error.ts";
import { type MasterKey, placesOf } from "../identity/master-name.ts";
import { firstPageKeys, forgetPages } from "../masters/keeping.ts";
import type { MasterStore } from "../masters/store.ts";

/** Where something of a master may be kept that this Worker reaches by itself. */
export interface OwnTiers {
  readonly masters: MasterStore;
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
): Promise<PurgeCounts & { readonly cacheTag: string }> {
  const { masters, derivatives } = tiers;
  const places = await placesOf(key);
  const { cacheTag, derivativePrefix, indexPrefix } = places;
  forgetPages(masters, key);
  const pictures = await removeListed(tiers, derivativePrefix);
  const indexes = await removeListed(tiers, indexPrefix);
  const edgeKeys = new Set<string>();
  for (const { picture } of pictures) if (picture !== undefined) edgeKeys.add(`derivatives/${picture}`);
  for (const { key: index } of indexes) edgeKeys.add(index);
  // Indexes that open in one read are kept near alone.
  for (const index of firstPageKeys(places)) edgeKeys.add(index);
  for (const edgeKey of edgeKeys) derivatives.known.delete(edgeKey);
  const left = await removeNear(derivatives.edge, [...edgeKeys]);
  return { cacheTag, pictures: pictures.length, indexes: indexes.length, left };
}

/** Empties the bucket of derivatives a page of a listing at a time, and says whether there is more. Throws `storage-failed`. */
export async function purgeAllDerivatives(tiers: OwnTiers): Promise<PurgeCounts & { readonly isMore: boolean }> {
  tiers.masters.held.deleteStartingWith("");
  tiers.derivatives.known.deleteStartingWith("");
  const { removed, isMore } = await removePage(tiers, "");
  const indexes = removed.filter(({ picture }) => picture === undefined).length;
  const nearKeys = removed.map(({ key, picture }) => (picture === undefined ? key : `derivatives/${picture}`));
  const left = await removeNear(tiers.derivatives.edge, nearKeys);
  return { pictures: removed.length - indexes, indexes, left, isMore };
}

/** An object of the bucket of derivatives; an index has no picture on it. */
interface Removed {
  readonly key: string;
  readonly picture: string | undefined;
}

async function removeListed(tiers: OwnTiers, prefix: string): Promise<readonly Removed[]> {
  const all: Removed[] = [];
  for (;;) {
    const { removed, isMore } = await removePage(tiers, prefix);
    all.push(...removed);
    if (!isMore) return all;
  }
}

async function removePage(
  { bucket, masters }: OwnTiers,
  prefix: string,
): Promise<{ readonly removed: readonly Removed[]; readonly isMore: boolean }> {
  const { clock, timeoutSeconds } = masters.storage;
  try {
    return await withDeadline(clock, timeoutSeconds, async () => {
      const { objects, truncated: isMore } = await bucket.list({ prefix, include: ["customMetadata"] });
      const removed = objects.map(({ key, customMetadata }) => ({ key, picture: customMetadata?.picture }));
      if (removed.length > 0) await bucket.delete(removed.map(({ key }) => key));
      return { removed, isMore };
    });
  } catch (cause) {
    throw new ImageError("storage-failed", "The bucket of derivatives can't be purged now.", { cause });
  }
}

/** Returns how many are still there. */
async function removeNear(edge: DerivativeCache["edge"], keys: readonly string[]): Promise<number> {
  let left = 0;
  for (let at = 0; at < keys.length; at += deletionsAtOnce) {
    const gone = await Promise.all(keys.slice(at, at + deletionsAtOnce).map((key) => edge.delete({ key })));
    left += gone.filter((isGone) => !isGone).length;
  }
  return left;
}
