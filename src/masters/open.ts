import type { Lease } from "../budget/lease.ts";
import type { MemoryBudget } from "../budget/memory-budget.ts";
import { whileRenewing } from "../budget/renewal.ts";
import { shareLimits } from "../budget/shares.ts";
import { wholeBody } from "../cache/checked-body.ts";
import type { IsolateCache } from "../cache/isolate.ts";
import { sealOf } from "../cache/seal.ts";
import { type CacheTier, holdNothing, type KeptName } from "../cache/tier.ts";
import { digest } from "../digest.ts";
import { ImageError } from "../error.ts";
import { noSuchImage } from "../identity/identifier.ts";
import { maxRecordBytes } from "../limits.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { countReads } from "../source/counting.ts";
import { headR2, openR2, r2Source, type Storage } from "../source/r2.ts";
import type { Visit } from "../visit.ts";
import { type MasterImage, openImage } from "./image.ts";
import { formatMasterRecord, type KeptMaster, keptBytes, parseMasterRecord } from "./kept-index.ts";

/** Which image is meant: an object, and which of those that its file holds, counted from 1. */
export interface MasterName {
  readonly key: string;
  readonly page: number;
}

/** A master ready to be read: what it holds, and its bytes pinned to the version that is of. */
export interface Master extends MasterImage {
  readonly version: string;
  readonly source: ByteSource;
}

/** What opening masters takes. */
export interface MasterStore {
  readonly storage: Storage;
  readonly kept: IsolateCache<KeptMaster>;
  /** What is kept beyond the isolate: first the near tier, then the one that outlives it. */
  readonly edge: CacheTier;
  readonly durable: CacheTier;
  /** What opening a master takes its memory from. */
  readonly budget: MemoryBudget;
  readonly ttlSeconds: number;
  /** Blocks of metadata are read and kept only where derivatives take them over. */
  readonly keepsBlocks: boolean;
  /** Told of what is wrong with a master that is served nevertheless. */
  readonly warn: (message: string) => void;
}

/** The first read of an unknown master: the header, and of a file with its directories in front all of them. */
const prefixBytes = 32_768;

/** What the opening of a master takes next to its index: prefix, directories, metadata. In bytes. */
const openingBytes = 512 << 10;

/** An index of more than this takes a loan of its own, in bytes. */
const usualIndexBytes = 128 << 10;

const recordType = "application/octet-stream";

/**
 * Opens the master stored under `key`. What is kept of it is trusted for the store's time to live, then one head asks
 * whether it changed. An unknown one is opened by reading its first bytes, while the durable tier is asked for its
 * pyramid. Throws `not-found`, `storage-failed`, `source-changed`, `source-malformed`, `source-unsupported`,
 * `render-busy` where there is no memory for opening it.
 */
export async function openMaster(store: MasterStore, name: MasterName, visit: Visit): Promise<Master> {
  const kept = store.kept.get(keptName(store, name)) ?? (await keptAtEdge(store, name, visit));
  if (kept !== undefined) {
    const age = secondsOf(store) - kept.checkedAt;
    // The clock may have been set back: then nothing says how old it is.
    const isTrusted = age >= 0 && age < store.ttlSeconds;
    if (isTrusted || (await isUnchanged(store, { name, kept, visit }))) return ready(store, { name, kept, visit });
    await forget(store, name);
  }
  return openUnknown(store, name, visit);
}

/**
 * Does `work` once more, from opening the master on, when the master was replaced while it was read: the second time
 * its new version is read from storage. Throws what `work` throws, `source-changed` for a master that changes again.
 */
export async function retryWhenReplaced<T>(store: MasterStore, name: MasterName, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ImageError && error.code === "source-changed")) throw error;
    await forget(store, name);
    return work();
  }
}

/** Drops what is kept of a master as trusted; the durable tier's record is checked against the version anyway. */
async function forget(store: MasterStore, name: MasterName): Promise<void> {
  store.kept.delete(keptName(store, name));
  await store.edge.delete(await recordName(store, name));
}

async function keptAtEdge(store: MasterStore, name: MasterName, { defer }: Visit): Promise<KeptMaster | undefined> {
  const kept = await readRecord(store, await recordName(store, name), { tier: store.edge, defer });
  if (kept !== undefined) keep(store, name, kept);
  return kept;
}

/** Reads a record where there is memory for it and what is made of it at once; the master itself can be read in its place. */
async function readRecord(
  { budget, storage: { clock }, warn }: MasterStore,
  name: KeptName,
  { tier, defer }: { readonly tier: CacheTier } & Pick<Visit, "defer">,
): Promise<KeptMaster | undefined> {
  const record = await tier.get(name, { hold: holdNothing, defer });
  if (record === undefined) return undefined;
  const lease = tryTakeForRecord(budget, record.byteLength);
  try {
    if (lease === undefined) {
      // A body that nobody reads would keep its connection.
      if (!(record.body instanceof Uint8Array)) await record.body.cancel();
      throw new RangeError("there is no memory for it");
    }
    return parseMasterRecord(await wholeBody(record, { limitBytes: maxRecordBytes, clock }));
  } catch (cause) {
    warn(`the kept index is not used: ${cause}`);
    return undefined;
  } finally {
    lease?.release();
  }
}

/** A record is held twice: as it is kept, and as it is used or on its way. */
function tryTakeForRecord(budget: MemoryBudget, recordBytes: number): Lease | undefined {
  const bytes = 2 * recordBytes;
  return budget.tryTake(bytes > shareLimits.bodies.limitBytes / 2 ? "draws" : "bodies", bytes);
}

interface KeptRequest {
  readonly name: MasterName;
  readonly kept: KeptMaster;
  readonly visit: Visit;
}

/** Asks storage for the version; the same one is trusted anew. */
async function isUnchanged(store: MasterStore, { name, kept, visit }: KeptRequest): Promise<boolean> {
  visit.account.heads += 1;
  const current = await headR2(store.storage, name.key);
  if (current?.version !== kept.version || current.size !== kept.size) return false;
  const checked = { ...kept, checkedAt: secondsOf(store) };
  keep(store, name, checked);
  visit.defer(keepRecord(store, { name, kept: checked, tiers: [store.edge] }));
  return true;
}

async function openUnknown(store: MasterStore, name: MasterName, visit: Visit): Promise<Master> {
  const { budget, storage } = store;
  const loan = { share: "tiles", bytes: openingBytes, costMilliseconds: 1, waitingBytes: 4096 } as const;
  const lease = await budget.take(loan, visit.patience);
  const indexLeases: Lease[] = [];
  /** Who stood in line takes what another request has opened meanwhile. */
  const lookAgain = (): void => {
    const opened = store.kept.get(keptName(store, name));
    if (opened !== undefined) throw new OpenedMeanwhile(opened);
  };
  const reserve = async (bytes: number): Promise<void> => {
    if (bytes <= usualIndexBytes) return;
    indexLeases.push(await budget.take({ ...loan, share: "draws", bytes }, visit.patience));
    lookAgain();
  };
  try {
    lookAgain();
    const kept = await whileRenewing(storage.clock, lease, () => readMaster(store, { name, visit, reserve }));
    return ready(store, { name, kept, visit });
  } catch (error) {
    if (error instanceof OpenedMeanwhile) return ready(store, { name, kept: error.kept, visit });
    throw error;
  } finally {
    for (const held of [lease, ...indexLeases]) held.release();
  }
}

/** Ends an opening that another request was faster with. */
class OpenedMeanwhile extends Error {
  readonly kept: KeptMaster;

  constructor(kept: KeptMaster) {
    super("opened by another request");
    this.kept = kept;
  }
}

async function readMaster(
  store: MasterStore,
  {
    name,
    visit,
    reserve,
  }: { readonly name: MasterName; readonly visit: Visit; readonly reserve: (bytes: number) => Promise<void> },
): Promise<KeptMaster> {
  const { account } = visit;
  const [opened, stored] = await Promise.all([
    openR2(store.storage, name.key, prefixBytes),
    readRecord(store, await recordName(store, name), { tier: store.durable, defer: visit.defer }),
  ]);
  if (opened === undefined) throw noSuchImage();
  account.reads += 1;
  account.bytes += opened.prefix.byteLength;
  const { size, version } = opened.source;
  const readsBefore = account.reads;
  const isStored = stored?.version === version && stored.size === size;
  const { prefix } = opened;
  const source = countReads(opened.source, account);
  const image = isStored ? stored.image : await openImage({ ...store, source, prefix, page: name.page, reserve });
  const kept: KeptMaster = { version, size, checkedAt: secondsOf(store), image };
  keep(store, name, kept);
  // A file that opens in one read gains nothing from a second copy of its directories.
  const isWorthStoring = account.reads > readsBefore;
  visit.defer(keepRecord(store, { name, kept, tiers: isWorthStoring ? [store.edge, store.durable] : [store.edge] }));
  return kept;
}

/** Keeps what is known of a master beyond the isolate, where there is memory to write it down: another opening tries again. */
async function keepRecord(
  { budget, ...store }: MasterStore,
  { name, kept, tiers }: { readonly name: MasterName; readonly kept: KeptMaster; readonly tiers: readonly CacheTier[] },
): Promise<void> {
  const lease = tryTakeForRecord(budget, keptBytes(kept));
  if (lease === undefined) return;
  try {
    const body = formatMasterRecord(kept);
    if (body === undefined) return;
    const record = { ...(await sealOf(body)), body, mediaType: recordType, labels: {} };
    const at = await recordName(store, name);
    await whileRenewing(store.storage.clock, lease, () => Promise.all(tiers.map((tier) => tier.put(at, record))));
  } finally {
    lease.release();
  }
}

function keep(store: MasterStore, name: MasterName, kept: KeptMaster): void {
  store.kept.set(keptName(store, name), kept, keptBytes(kept));
}

function ready({ storage }: MasterStore, { name, kept, visit }: KeptRequest): Master {
  const { version, size, image } = kept;
  return { ...image, version, source: countReads(r2Source(storage, name.key, { size, version }), visit.account) };
}

/** Seconds since 1970. */
function secondsOf({ storage }: MasterStore): number {
  return storage.clock.now() / 1000;
}

/** No key has a line break: identifiers with control characters are refused. */
function keptName({ keepsBlocks }: Pick<MasterStore, "keepsBlocks">, { key, page }: MasterName): string {
  const blocks = keepsBlocks ? "\nblocks" : "";
  return page === 1 ? `${key}${blocks}` : `${key}\n${page}${blocks}`;
}

/** The key is of one length, whatever the master's: R2 takes 1,024 bytes, which an escaped key may pass. */
async function recordName(store: Pick<MasterStore, "keepsBlocks">, name: MasterName): Promise<KeptName> {
  return { key: `masters/${await digest(keptName(store, name))}` };
}
