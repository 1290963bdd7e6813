import type { Lease } from "../budget/lease.ts";
import { keepRenewed } from "../budget/renewal.ts";
import { ImageError } from "../error.ts";
import { unknownImage } from "../identity/identifier.ts";
import { type MasterName, placesOf } from "../identity/master-name.ts";
import { countReads } from "../source/counting.ts";
import type { HeldRun } from "../source/read-ahead.ts";
import type { OpenedObject, StoredObject } from "../source/stored-object.ts";
import { mostRunsBytes, stepsBackBytes, type TryHold } from "../tiff/directories-behind.ts";
import type { Visit } from "../visit.ts";
import { askForTail, earlyTailBytes, hasDirectoriesBehind } from "./early-tail.ts";
import { holdFirstBytes } from "./first-bytes.ts";
import { type MasterImage, openImage, prefixBytes } from "./image.ts";
import { forgetMaster, heldMaster, holdMaster, keepInTiers, readKept } from "./keeping.ts";
import type { KeptMaster } from "./kept-index.ts";
import type { Master, MasterStore, NamedMaster } from "./store.ts";

/** The first read of an unknown master: half of it is for the smallest levels, which the ingest puts right behind directories. */
const firstReadBytes = 2 * prefixBytes;

/** An index of more than this takes a loan of its own, in bytes. */
const usualIndexBytes = 128 << 10;

/** What the opening of a master takes: its first bytes, its directories, its index. In bytes; six are opened at once. */
const openingBytes = firstReadBytes + mostRunsBytes + usualIndexBytes;

/** By how much the clock of storage may be behind that of an isolate. */
const clockSeconds = 60;

/** A master to open, and the request that opens it. */
export interface MasterVisit {
  readonly name: MasterName;
  readonly visit: Visit;
}

/**
 * Does `work` with a master, and once more from opening it on if it was replaced while it was read: the second time its
 * new version is read from storage. What is kept of it is trusted for the store's time to live, then one head asks
 * whether it changed. An unknown one is opened by reading its first bytes, while the durable tier is asked for its index,
 * and its end where masters have their directories there. Tiles that came with its first bytes are not read again.
 * Throws what `work` throws; `not-found`, `storage-failed`, `source-malformed`, `source-unsupported`; `source-changed` for
 * a master that changes again; `render-busy` if there is no memory for opening it.
 */
export async function withMaster<T>(
  store: MasterStore,
  { name, visit }: MasterVisit,
  work: (master: Master) => Promise<T>,
): Promise<T> {
  const held = heldMaster(store, name);
  const places = held?.places ?? (await placesOf(name.key));
  const opening = { name: { ...name, places }, visit };
  try {
    return await workOnce(store, { ...opening, held: held?.kept }, work);
  } catch (error) {
    if (!(error instanceof ImageError && error.code === "source-changed")) throw error;
    await forgetMaster(store, opening.name);
    return workOnce(store, opening, work);
  }
}

async function workOnce<T>(store: MasterStore, opening: Held, work: (master: Master) => Promise<T>): Promise<T> {
  const { master, release } = await openMaster(store, opening);
  try {
    return await work(master);
  } finally {
    release();
  }
}

interface Opening {
  readonly name: NamedMaster;
  readonly visit: Visit;
}

/** A master to open, and what the isolate was just found to hold of it. */
interface Held extends Opening {
  readonly held?: KeptMaster | undefined;
}

/** A master, and how what is held of it for this request alone is given back. */
interface OpenedMaster {
  readonly master: Master;
  readonly release: () => void;
}

async function openMaster(store: MasterStore, opening: Held): Promise<OpenedMaster> {
  const { account } = opening.visit;
  const held = opening.held ?? heldMaster(store, opening.name)?.kept;
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

async function openUnknown(store: MasterStore, opening: Opening): Promise<OpenedMaster> {
  const { budget, storage } = store;
  const { name, visit } = opening;
  const loan = { share: "openings", bytes: openingBytes, costMilliseconds: 1 } as const;
  const taken: (() => void)[] = [];
  const keep = (lease: Lease): void => {
    const stop = keepRenewed(storage.clock, lease);
    taken.push(() => {
      stop();
      lease.release();
    });
  };
  /** A request that stood in line takes what another has opened meanwhile. */
  const lookAgain = (): void => {
    const opened = heldMaster(store, name);
    if (opened !== undefined) throw new OpenedMeanwhile(opened.kept);
  };
  const reserve = async (bytes: number): Promise<void> => {
    if (bytes <= usualIndexBytes) return;
    keep(await budget.take({ ...loan, share: "draws", bytes }, visit.patience));
    lookAgain();
  };
  const tryHold = (bytes: number): boolean => {
    const lease = budget.tryTake("openings", bytes);
    if (lease !== undefined) keep(lease);
    return lease !== undefined;
  };
  try {
    keep(await budget.take(loan, visit.patience));
    lookAgain();
    // Many that are opened at once do without: the end takes more memory than all else.
    const isTailAsked = store.habit.isTailNeeded && tryHold(earlyTailBytes + stepsBackBytes);
    const { kept, prefix } = await readMaster(store, opening, { reserve, tryHold, isTailAsked });
    const { master } = ready(store, opening, kept);
    const { source, release } = holdFirstBytes(store, master.source, prefix);
    return { master: { ...master, source }, release };
  } catch (error) {
    if (!(error instanceof OpenedMeanwhile)) throw error;
    visit.account.index = "isolate";
    return ready(store, opening, error.kept);
  } finally {
    for (const giveBack of taken) giveBack();
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

interface Reading {
  readonly reserve: (bytes: number) => Promise<void>;
  readonly tryHold: TryHold;
  readonly isTailAsked: boolean;
}

interface ReadMaster {
  readonly kept: KeptMaster;
  readonly prefix: Uint8Array;
}

async function readMaster(store: MasterStore, opening: Opening, reading: Reading): Promise<ReadMaster> {
  const { account, defer } = opening.visit;
  const object = objectOf(store, opening);
  const tail = reading.isTailAsked ? askForTail(object, account) : undefined;
  account.reads += 1;
  try {
    const [opened, stored] = await Promise.all([
      object.open(firstReadBytes),
      readKept(store, opening.name, { tier: store.durable, visit: opening.visit }),
    ]);
    if (opened === undefined) throw new UnknownMaster(opening.name);
    const { prefix, source, storedAt } = opened;
    account.bytes += prefix.byteLength;
    const { size, version } = source;
    const isStored = stored?.version === version && stored.size === size;
    account.index = isStored ? "bucket" : "storage";
    const isTailNeeded = !isStored && (await hasDirectoriesBehind(prefix, source));
    store.habit.isTailNeeded = isTailNeeded;
    const open = async (): Promise<MasterImage> =>
      openStored(store, opening, { ...opened, tail: isTailNeeded ? await tail?.take(source) : undefined, reading });
    const readsBefore = account.reads;
    const image = isStored ? stored.image : await open();
    const kept: KeptMaster = { version, size, checkedAt: secondsOf(store), storedAt, image };
    holdMaster(store, opening.name, kept);
    // A file that opens in one read gains nothing from a second copy of its directories.
    const isWorthStoring = isTailNeeded || account.reads > readsBefore;
    const tiers = isWorthStoring ? [store.edge, store.durable] : [store.edge];
    defer(keepInTiers(store, opening.name, { kept, tiers }));
    return { kept, prefix };
  } finally {
    if (tail !== undefined) defer(tail.drop());
  }
}

async function openStored(
  store: MasterStore,
  { name, visit: { account, log } }: Opening,
  { source, prefix, tail, reading }: OpenedObject & { readonly tail: HeldRun | undefined; readonly reading: Reading },
): Promise<MasterImage> {
  const policy = store.keepsBlocks ? "all" : "copyright";
  const { reserve, tryHold } = reading;
  const given = {
    source: countReads(source, account),
    prefix,
    tail,
    page: name.page,
    policy,
    reserve,
    tryHold,
  } as const;
  const { pyramid, profile, metadata, warnings } = await openImage(given);
  for (const message of warnings) log({ level: "warn", message, key: name.key, page: name.page });
  return { pyramid, profile, metadata };
}

function ready(store: MasterStore, { name, visit }: Opening, kept: KeptMaster): OpenedMaster {
  const { version, size, image, checkedAt, storedAt = checkedAt } = kept;
  const thereAt = Math.min(checkedAt, storedAt + clockSeconds);
  const source = countReads(objectOf(store, { name, visit }).at({ size, version }), visit.account);
  return { master: { ...image, name, version, source, thereAt }, release: () => undefined };
}

function objectOf(store: MasterStore, { name, visit }: Opening): StoredObject {
  return store.objectOf(name, visit.patience.signal);
}

/** Seconds since 1970. */
function secondsOf({ storage }: MasterStore): number {
  return storage.clock.now() / 1000;
}
