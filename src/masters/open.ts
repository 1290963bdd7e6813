import { digest } from "../cache/digest.ts";
import type { IsolateCache } from "../cache/isolate.ts";
import type { CacheTier } from "../cache/tier.ts";
import type { Account } from "../derivative.ts";
import { ImageError } from "../error.ts";
import { noSuchImage } from "../iiif/identifier.ts";
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
    // A clock that was set back says nothing of how old it is.
    const ageSeconds = store.now() - kept.checkedAt;
    const isTrusted = ageSeconds >= 0 && ageSeconds < store.ttlSeconds;
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
  await store.edge.delete(await recordKey(store, name));
}

async function keptAtEdge(store: MasterStore, name: MasterName): Promise<KeptMaster | undefined> {
  const record = await store.edge.get(await recordKey(store, name));
  const kept = record === undefined ? undefined : parseMasterRecord(record.bytes);
  if (kept !== undefined) keep(store, name, kept);
  return kept;
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
  if (current?.version !== kept.version || current.size !== kept.size) return false;
  const checked = { ...kept, checkedAt: store.now() };
  keep(store, name, checked);
  const bytes = formatMasterRecord(checked);
  if (bytes !== undefined) {
    store.defer(store.edge.put(await recordKey(store, name), { bytes, mediaType: recordType }));
  }
  return true;
}

async function openUnknown(store: MasterStore, name: MasterName, account: Account): Promise<Master> {
  const recordName = await recordKey(store, name);
  const [opened, record] = await Promise.all([
    openR2(store.bucket, name.key, prefixBytes),
    store.durable.get(recordName),
  ]);
  if (opened === undefined) throw noSuchImage();
  account.reads += 1;
  account.bytes += opened.prefix.byteLength;
  const { size, version } = opened.source;
  const stored = record === undefined ? undefined : parseMasterRecord(record.bytes);
  const readsBefore = account.reads;
  const isStored = stored?.version === version && stored.size === size;
  const { prefix } = opened;
  const source = countReads(opened.source, account);
  const image = isStored ? stored.image : await openImage({ ...store, source, prefix, page: name.page });
  const kept: KeptMaster = { version, size, checkedAt: store.now(), image };
  keep(store, name, kept);
  const bytes = formatMasterRecord(kept);
  if (bytes !== undefined) {
    store.defer(store.edge.put(recordName, { bytes, mediaType: recordType }));
    // A file that opens in one read gains nothing from a second copy of its directories.
    const isWorthStoring = account.reads > readsBefore;
    if (isWorthStoring) store.defer(store.durable.put(recordName, { bytes, mediaType: recordType }));
  }
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
async function recordKey(store: MasterStore, name: MasterName): Promise<string> {
  return `masters/${await digest(keptName(store, name))}`;
}
