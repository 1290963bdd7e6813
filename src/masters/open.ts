import { wholeBody } from "../cache/checked-body.ts";
import { digest } from "../cache/digest.ts";
import type { IsolateCache } from "../cache/isolate.ts";
import { sealOf } from "../cache/seal.ts";
import type { CacheTier, KeptName } from "../cache/tier.ts";
import type { Account } from "../derivative.ts";
import { ImageError } from "../error.ts";
import { maxRecordBytes } from "../limits.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { countReads } from "../source/counting.ts";
import { headR2, openR2, type ReadableBucket, r2Source } from "../source/r2.ts";
import { type MasterImage, openImage } from "./describe.ts";
import { formatMasterRecord, type KeptMaster, keptBytes, parseMasterRecord } from "./record.ts";

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
  readonly bucket: ReadableBucket;
  readonly kept: IsolateCache<KeptMaster>;
  /** What is kept beyond the isolate: first the near tier, then the one that outlives it. */
  readonly edge: CacheTier;
  readonly durable: CacheTier;
  readonly ttlSeconds: number;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly defer: (work: Promise<unknown>) => void;
  /** Blocks of metadata are read and kept only where derivatives take them over. */
  readonly keepsBlocks: boolean;
  /** Told of what is wrong with a master that is served nevertheless. */
  readonly warn: (message: string) => void;
}

/** The first read of an unknown master: the header, and of a file with its directories in front all of them. */
const prefixBytes = 32_768;

const recordType = "application/octet-stream";

/**
 * Opens the master stored under `key`. What is kept of it is trusted for the store's time to live, then one head asks
 * whether it changed. An unknown one is opened by reading its first bytes, while the durable tier is asked for its
 * pyramid. Throws `not-found`, `storage-failed`, `source-changed`, `source-malformed`, `source-unsupported`.
 */
export async function openMaster(store: MasterStore, name: MasterName, account: Account): Promise<Master> {
  const kept = store.kept.get(keptName(store, name)) ?? (await keptAtEdge(store, name));
  if (kept !== undefined) {
    const age = store.now() - kept.checkedAt;
    // A clock that was set back would make what is kept younger than new, and trusted for as long as it was set back.
    const isTrusted = age >= 0 && age < store.ttlSeconds;
    if (isTrusted || (await isUnchanged(store, { name, kept, account }))) return ready(store, { name, kept, account });
    await forget(store, name);
  }
  return openUnknown(store, name, account);
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

async function keptAtEdge(store: MasterStore, name: MasterName): Promise<KeptMaster | undefined> {
  const kept = await readRecord(store, store.edge, await recordName(store, name));
  if (kept !== undefined) keep(store, name, kept);
  return kept;
}

async function readRecord({ warn }: MasterStore, tier: CacheTier, name: KeptName): Promise<KeptMaster | undefined> {
  const record = await tier.get(name);
  if (record === undefined) return undefined;
  try {
    return parseMasterRecord(await wholeBody(record, maxRecordBytes));
  } catch (cause) {
    warn(`the kept index is not used: ${cause}`);
    return undefined;
  }
}

async function putRecord(tiers: readonly CacheTier[], name: KeptName, kept: KeptMaster): Promise<void> {
  const body = formatMasterRecord(kept);
  const content = { ...(await sealOf(body)), body, mediaType: recordType, labels: {} };
  await Promise.all(tiers.map((tier) => tier.put(name, content)));
}

interface KeptRequest {
  readonly name: MasterName;
  readonly kept: KeptMaster;
  readonly account: Account;
}

/** Asks storage for the version; the same one is trusted anew. */
async function isUnchanged(store: MasterStore, { name, kept, account }: KeptRequest): Promise<boolean> {
  account.heads += 1;
  const current = await headR2(store.bucket, name.key);
  if (current?.version !== kept.version) return false;
  const checked = { ...kept, checkedAt: store.now() };
  keep(store, name, checked);
  store.defer(putRecord([store.edge], await recordName(store, name), checked));
  return true;
}

async function openUnknown(store: MasterStore, name: MasterName, account: Account): Promise<Master> {
  const record = await recordName(store, name);
  const [opened, stored] = await Promise.all([
    openR2(store.bucket, name.key, prefixBytes),
    readRecord(store, store.durable, record),
  ]);
  if (opened === undefined) throw new ImageError("not-found", "There is no image with this identifier.");
  account.reads += 1;
  account.bytes += opened.prefix.byteLength;
  const { size, version } = opened.source;
  const readsBefore = account.reads;
  const isStored = stored?.version === version;
  const { prefix } = opened;
  const source = countReads(opened.source, account);
  const image = isStored ? stored.image : await openImage({ ...store, source, prefix, page: name.page });
  const kept: KeptMaster = { version, size, checkedAt: store.now(), image };
  keep(store, name, kept);
  // A file that opens in one read gains nothing from a second copy of its directories.
  const isWorthStoring = account.reads > readsBefore;
  store.defer(putRecord(isWorthStoring ? [store.edge, store.durable] : [store.edge], record, kept));
  return ready(store, { name, kept, account });
}

function keep(store: MasterStore, name: MasterName, kept: KeptMaster): void {
  store.kept.set(keptName(store, name), kept, keptBytes(kept));
}

function ready({ bucket }: MasterStore, { name, kept, account }: KeptRequest): Master {
  const { version, size, image } = kept;
  return { ...image, version, source: countReads(r2Source(bucket, name.key, { size, version }), account) };
}

/** No key has a line break: identifiers with control characters are refused. */
function keptName({ keepsBlocks }: MasterStore, { key, page }: MasterName): string {
  const blocks = keepsBlocks ? "\nblocks" : "";
  return page === 1 ? `${key}${blocks}` : `${key}\n${page}${blocks}`;
}

/** The key is of one length, whatever the master's: R2 takes 1,024 bytes, which an escaped key may pass. */
async function recordName(store: MasterStore, name: MasterName): Promise<KeptName> {
  return { key: `masters/${await digest(keptName(store, name))}` };
}
