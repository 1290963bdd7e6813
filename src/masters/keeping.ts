import type { Lease } from "../budget/lease.ts";
import type { MemoryBudget } from "../budget/memory-budget.ts";
import { whileRenewing } from "../budget/renewal.ts";
import { shareLimits } from "../budget/shares.ts";
import { wholeBody } from "../cache/checked-body.ts";
import { sealOf } from "../cache/seal.ts";
import { type CacheTier, holdNothing, type KeptName } from "../cache/tier.ts";
import type { MasterKey, MasterPlaces } from "../identity/master-name.ts";
import { maxRecordBytes } from "../limits.ts";
import type { Visit } from "../visit.ts";
import { formatKeptMaster, type KeptMaster, keptBytes, parseKeptMaster } from "./kept-index.ts";
import type { MasterStore, NamedMaster } from "./store.ts";

const indexType = "application/octet-stream";

/** Returns what the isolate holds of a master. */
export function heldMaster(store: MasterStore, name: Pick<NamedMaster, "key" | "page">) {
  return store.held.get(heldName(store, name));
}

/** Holds what is known of a master in the isolate. */
export function holdMaster(store: MasterStore, name: NamedMaster, kept: KeptMaster): void {
  store.held.set(heldName(store, name), { places: name.places, kept }, keptBytes(kept));
}

/** Drops what is kept of a master as trusted; what the durable tier has is compared with the version anyway. */
export async function forgetMaster(store: MasterStore, name: NamedMaster): Promise<void> {
  store.held.delete(heldName(store, name));
  await store.edge.delete(indexName(store, name));
}

/** Drops what the isolate holds of all pages of a master, whatever its version. */
export function forgetPages({ held }: Pick<MasterStore, "held">, key: MasterKey): void {
  held.deleteStartingWith(`${key}\n`);
}

/** Returns the keys under which the index of a master's first page is kept, with blocks of metadata or without. */
export function firstPageKeys(places: Pick<MasterPlaces, "indexPrefix">): readonly string[] {
  return [true, false].map((keepsBlocks) => indexKey(places, keepsBlocks, 1));
}

/** Returns the key under which the index of a page is kept, with blocks of metadata or without. */
export function indexKey(places: Pick<MasterPlaces, "indexPrefix">, keepsBlocks: boolean, page: number): string {
  return `${places.indexPrefix}${pageName({ keepsBlocks }, page)}`;
}

/** Reads what a tier keeps of a master if there is memory for it at once; the master itself can be read instead. */
export async function readKept(
  store: MasterStore,
  name: NamedMaster,
  { tier, visit }: { readonly tier: CacheTier; readonly visit: Visit },
): Promise<KeptMaster | undefined> {
  const { budget, storage } = store;
  const index = await tier.get(indexName(store, name), { hold: holdNothing, defer: visit.defer });
  if (index === undefined) return undefined;
  const lease = tryTakeForIndex(budget, index.byteLength);
  try {
    if (lease === undefined) {
      // A body that nobody reads would keep its connection.
      if (!(index.body instanceof Uint8Array)) await index.body.cancel();
      throw new RangeError("there is no memory for it");
    }
    return parseKeptMaster(await wholeBody(index, { limitBytes: maxRecordBytes, clock: storage.clock }));
  } catch (cause) {
    visit.log({ level: "warn", message: "the kept index is not used", key: name.key, cause: String(cause) });
    return undefined;
  } finally {
    lease?.release();
  }
}

/** Keeps what is known of a master in tiers, if there is memory to write it down: another opening tries again. */
export async function keepInTiers(
  store: MasterStore,
  name: NamedMaster,
  { kept, tiers }: { readonly kept: KeptMaster; readonly tiers: readonly CacheTier[] },
): Promise<void> {
  const lease = tryTakeForIndex(store.budget, keptBytes(kept));
  if (lease === undefined) return;
  try {
    const body = formatKeptMaster(kept);
    if (body === undefined) return;
    const content = { ...(await sealOf(body)), body, mediaType: indexType, labels: labelsOf(name, kept) };
    const at = indexName(store, name);
    await whileRenewing(store.storage.clock, lease, () => Promise.all(tiers.map((tier) => tier.put(at, content))));
  } finally {
    lease.release();
  }
}

/** What is written on a stored index, for those who list them. */
function labelsOf({ key, page }: NamedMaster, { version }: KeptMaster): Readonly<Record<string, string>> {
  return { key, page: String(page), etag: version };
}

/** An index is held twice: as it is kept, and as it is used or on its way. */
function tryTakeForIndex(budget: MemoryBudget, indexBytes: number): Lease | undefined {
  const bytes = 2 * indexBytes;
  return budget.tryTake(bytes > shareLimits.copies.limitBytes / 2 ? "draws" : "copies", bytes);
}

/** No key has a line break: identifiers with control characters are refused. */
function heldName(store: MasterStore, { key, page }: Pick<NamedMaster, "key" | "page">): string {
  return `${key}\n${pageName(store, page)}`;
}

function indexName(store: MasterStore, { places, page }: NamedMaster): KeptName {
  return { key: indexKey(places, store.keepsBlocks, page) };
}

function pageName({ keepsBlocks }: Pick<MasterStore, "keepsBlocks">, page: number): string {
  return keepsBlocks ? `${page}-blocks` : String(page);
}
