import type { Lease } from "../budget/lease.ts";
import { whileRenewing } from "../budget/renewal.ts";
import { ImageError } from "../error.ts";
import { unknownImage } from "../identity/identifier.ts";
import { type MasterName, placesOf } from "../identity/master-name.ts";
import { countReads } from "../source/counting.ts";
import type { StoredObject } from "../source/stored-object.ts";
import type { Visit } from "../visit.ts";
import { openImage, prefixBytes } from "./image.ts";
import { forgetMaster, heldMaster, holdMaster, keepInTiers, readKept } from "./keeping.ts";
import type { KeptMaster } from "./kept-index.ts";
import type { Master, MasterStore, NamedMaster } from "./store.ts";

/** What the opening of a master takes next to its index: prefix, directories, metadata. In bytes. */
const openingBytes = 512 << 10;

/** An index of more than this takes a loan of its own, in bytes. */
const usualIndexBytes = 128 << 10;

/** A master to open, and the request that opens it. */
export interface MasterVisit {
  readonly name: MasterName;
  readonly visit: Visit;
}

/**
 * Does `work` with a master, and once more from opening it on if it was replaced while it was read: the second time its
 * new version is read from storage. What is kept of it is trusted for the store's time to live, then one head asks
 * whether it changed. An unknown one is opened by reading its first bytes, while the durable tier is asked for its index.
 * Throws what `work` throws; `not-found`, `storage-failed`, `source-malformed`, `source-unsupported`; `source-changed` for
 * a master that changes again; `render-busy` if there is no memory for opening it.
 */
export async function withMaster<T>(
  store: MasterStore,
  { name, visit }: MasterVisit,
  work: (master: Master) => Promise<T>,
): Promise<T> {
  const places = heldMaster(store, name)?.places ?? (await placesOf(name.key));
  const opening = { name: { ...name, places }, visit };
  try {
    return await work(await openMaster(store, opening));
  } catch (error) {
    if (!(error instanceof ImageError && error.code === "source-changed")) throw error;
    await forgetMaster(store, opening.name);
    return work(await openMaster(store, opening));
  }
}

interface Opening {
  readonly name: NamedMaster;
  readonly visit: Visit;
}

async function openMaster(store: MasterStore, opening: Opening): Promise<Master> {
  const { account } = opening.visit;
  const held = heldMaster(store, opening.name)?.kept;
  const kept = held ?? (await keptAtEdge(store, opening));
  if (kept !== undefined) {
    const age = secondsOf(store) - kept.checkedAt;
    // The clock may have been set back: then nothing says how old it is.
    const isTrusted = age >= 0 && age < store.ttlSeconds;
    if (isTrusted || (await isUnchanged(store, opening, kept))) {
      account.index = held === undefined ? "edge" : "isolate";
      return ready(store, opening, kept);
    }
    await forgetMaster(store, opening.name);
  }
  return openUnknown(store, opening);
}

async function keptAtEdge(store: MasterStore, { name, visit }: Opening): Promise<KeptMaster | undefined> {
  const kept = await readKept(store, name, { tier: store.edge, visit });
  if (kept !== undefined) holdMaster(store, name, kept);
  return kept;
}

/** Asks storage for the version; the same one is trusted again. */
async function isUnchanged(store: MasterStore, { name, visit }: Opening, kept: KeptMaster): Promise<boolean> {
  visit.account.heads += 1;
  const current = await objectOf(store, { name, visit }).head();
  if (current?.version !== kept.version || current.size !== kept.size) return false;
  const checked = { ...kept, checkedAt: secondsOf(store) };
  holdMaster(store, name, checked);
  visit.defer(keepInTiers(store, name, { kept: checked, tiers: [store.edge] }));
  return true;
}

async function openUnknown(store: MasterStore, opening: Opening): Promise<Master> {
  const { budget, storage } = store;
  const { name, visit } = opening;
  const loan = { share: "openings", bytes: openingBytes, costMilliseconds: 1, waitingBytes: 4096 } as const;
  const lease = await budget.take(loan, visit.patience);
  const indexLeases: Lease[] = [];
  /** A request that stood in line takes what another has opened meanwhile. */
  const lookAgain = (): void => {
    const opened = heldMaster(store, name);
    if (opened !== undefined) throw new OpenedMeanwhile(opened.kept);
  };
  const reserve = async (bytes: number): Promise<void> => {
    if (bytes <= usualIndexBytes) return;
    indexLeases.push(await budget.take({ ...loan, share: "draws", bytes }, visit.patience));
    lookAgain();
  };
  try {
    lookAgain();
    const kept = await whileRenewing(storage.clock, lease, () => readMaster(store, opening, reserve));
    return ready(store, opening, kept);
  } catch (error) {
    if (!(error instanceof OpenedMeanwhile)) throw error;
    visit.account.index = "isolate";
    return ready(store, opening, error.kept);
  } finally {
    for (const held of [lease, ...indexLeases]) held.release();
  }
}

/** The `not-found` of a master that is not stored: only here the image may have moved. */
export class UnknownMaster extends ImageError {
  constructor({ places: { cacheTag } }: NamedMaster) {
    super("not-found", unknownImage, { cacheTag });
  }
}

/** Thrown when another request opened it first. */
class OpenedMeanwhile extends Error {
  readonly kept: KeptMaster;

  constructor(kept: KeptMaster) {
    super("opened by another request");
    this.kept = kept;
  }
}

async function readMaster(
  store: MasterStore,
  { name, visit }: Opening,
  reserve: (bytes: number) => Promise<void>,
): Promise<KeptMaster> {
  const { account, defer, log } = visit;
  const [opened, stored] = await Promise.all([
    objectOf(store, { name, visit }).open(prefixBytes),
    readKept(store, name, { tier: store.durable, visit }),
  ]);
  if (opened === undefined) throw new UnknownMaster(name);
  const { prefix, source } = opened;
  account.reads += 1;
  account.bytes += prefix.byteLength;
  const readsBefore = account.reads;
  const { size, version } = source;
  const isStored = stored?.version === version && stored.size === size;
  account.index = isStored ? "bucket" : "storage";
  const open = async () => {
    const policy = store.keepsBlocks ? "all" : "copyright";
    const given = { source: countReads(source, account), prefix, page: name.page, policy, reserve } as const;
    const { pyramid, profile, metadata, warnings } = await openImage(given);
    for (const message of warnings) log({ level: "warn", message, key: name.key, page: name.page });
    return { pyramid, profile, metadata };
  };
  const kept: KeptMaster = {
    version,
    size,
    checkedAt: secondsOf(store),
    image: isStored ? stored.image : await open(),
  };
  holdMaster(store, name, kept);
  // A file that opens in one read gains nothing from a second copy of its directories.
  const isWorthStoring = account.reads > readsBefore;
  defer(keepInTiers(store, name, { kept, tiers: isWorthStoring ? [store.edge, store.durable] : [store.edge] }));
  return kept;
}

function ready(store: MasterStore, { name, visit }: Opening, { version, size, image, checkedAt }: KeptMaster): Master {
  const source = countReads(objectOf(store, { name, visit }).at({ size, version }), visit.account);
  return { ...image, name, version, source, checkedAt };
}

function objectOf(store: MasterStore, { name, visit }: Opening): StoredObject {
  return store.objectOf(name, visit.patience.signal);
}

/** Seconds since 1970. */
function secondsOf({ storage }: MasterStore): number {
  return storage.clock.now() / 1000;
}
