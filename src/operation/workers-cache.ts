import { everything } from "./purge-line.ts";

/** How a call to purge Workers Cache ended. */
export type PurgeAnswer =
  | { readonly state: "purged" }
  /** There is no such cache here: on this machine, or where `[cache]` is off. */
  | { readonly state: "absent" }
  | { readonly state: "refused"; readonly reason: string };

/** The part of the cache in front of the Worker that purging takes; undefined where there is none. */
export type PurgeableCache = Pick<CacheContext, "purge"> | undefined;

/**
 * Purges tags, 100 at the most, from the cache of the entrypoint that runs: no other call reaches it. Never throws.
 * Source: Cloudflare, Workers Cache, purge.
 */
export async function purgeWorkersCache(cache: PurgeableCache, tags: readonly string[]): Promise<PurgeAnswer> {
  if (cache === undefined) return { state: "absent" };
  try {
    const result = await cache.purge(tags.includes(everything) ? { purgeEverything: true } : { tags: [...tags] });
    if (result.success) return { state: "purged" };
    const reason = result.errors.map(({ code, message }) => `${message} (${code})`).join("; ");
    return { state: "refused", reason: reason === "" ? "no reason was given" : reason };
  } catch (error) {
    return { state: "refused", reason: String(error) };
  }
}
