import { digest } from "./cache/digest.ts";
import type { IsolateCache } from "./cache/isolate.ts";
import { formatMasterRecord, type KeptMaster, parseMasterRecord } from "./cache/master-record.ts";
import type { CacheTier } from "./cache/tier.ts";
import type { Account } from "./derivative.ts";
import { ImageError } from "./error.ts";
import type { ByteSource } from "./source/byte-source.ts";
import { countReads } from "./source/counting.ts";
import { headR2, openR2, type ReadableBucket, r2Source } from "./source/r2.ts";
import { openPyramid, type Pyramid } from "./tiff/pyramid.ts";
import { pyramidBytes } from "./tiff/pyramid-record.ts";

/** A master ready to be read: its pyramid, and its bytes pinned to the version the pyramid is of. */
export interface Master {
  readonly version: string;
  readonly pyramid: Pyramid;
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
}

/** The first read of an unknown master: the header, and of a file with its directories in front all of them. */
const prefixBytes = 32_768;

const recordType = "application/octet-stream";

/**
 * Opens the master stored under `key`. What is kept of it is trusted for the store's time to live, then one head asks
 * whether it changed. An unknown one is opened by reading its first bytes, while the durable tier is asked for its
 * pyramid. Throws `not-found`, `storage-failed`, `source-changed`, `source-malformed`, `source-unsupported`.
 */
export async function openMaster(store: MasterStore, key: string, account: Account): Promise<Master> {
  const kept = store.kept.get(key) ?? (await keptAtEdge(store, key));
  if (kept !== undefined) {
    const isTrusted = store.now() - kept.checkedAt < store.ttlSeconds;
    if (isTrusted || (await isUnchanged(store, { key, kept, account }))) return ready(store, { key, kept, account });
    await forget(store, key);
  }
  return openUnknown(store, key, account);
}

/**
 * Does `work` once more, from opening the master on, when the master was replaced while it was read: the second time
 * its new version is read from storage. Throws what `work` throws, `source-changed` for a master that changes again.
 */
export async function retryWhenReplaced<T>(store: MasterStore, key: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ImageError && error.code === "source-changed")) throw error;
    await forget(store, key);
    return work();
  }
}

/** Drops what is kept of a master as trusted; the durable tier's record is checked against the version anyway. */
async function forget(store: MasterStore, key: string): Promise<void> {
  store.kept.delete(key);
  await store.edge.delete(await recordKey(key));
}

async function keptAtEdge(store: MasterStore, key: string): Promise<KeptMaster | undefined> {
  const record = await store.edge.get(await recordKey(key));
  const kept = record === undefined ? undefined : parseMasterRecord(record.bytes);
  if (kept !== undefined) keep(store, key, kept);
  return kept;
}

interface KeptRequest {
  readonly key: string;
  readonly kept: KeptMaster;
  readonly account: Account;
}

/** Asks storage for the version; the same one is trusted anew. */
async function isUnchanged(store: MasterStore, { key, kept, account }: KeptRequest): Promise<boolean> {
  account.heads += 1;
  const current = await headR2(store.bucket, key);
  if (current?.version !== kept.version) return false;
  const checked = { ...kept, checkedAt: store.now() };
  keep(store, key, checked);
  store.defer(store.edge.put(await recordKey(key), { bytes: formatMasterRecord(checked), mediaType: recordType }));
  return true;
}

async function openUnknown(store: MasterStore, key: string, account: Account): Promise<Master> {
  const recordName = await recordKey(key);
  const [opened, record] = await Promise.all([openR2(store.bucket, key, prefixBytes), store.durable.get(recordName)]);
  if (opened === undefined) throw new ImageError("not-found", "There is no image with this identifier.");
  account.reads += 1;
  account.bytes += opened.prefix.byteLength;
  const { size, version } = opened.source;
  const stored = record === undefined ? undefined : parseMasterRecord(record.bytes);
  const readsBefore = account.reads;
  const isStored = stored?.version === version;
  const held = [{ offset: 0, bytes: opened.prefix }];
  const pyramid = isStored ? stored.pyramid : await openPyramid(countReads(opened.source, account), held);
  const kept: KeptMaster = { version, size, checkedAt: store.now(), pyramid };
  keep(store, key, kept);
  const bytes = formatMasterRecord(kept);
  store.defer(store.edge.put(recordName, { bytes, mediaType: recordType }));
  // A file that opens in one read gains nothing from a second copy of its directories.
  const isWorthStoring = account.reads > readsBefore;
  if (isWorthStoring) store.defer(store.durable.put(recordName, { bytes, mediaType: recordType }));
  return ready(store, { key, kept, account });
}

function keep(store: MasterStore, key: string, kept: KeptMaster): void {
  store.kept.set(key, kept, pyramidBytes(kept.pyramid));
}

function ready({ bucket }: MasterStore, { key, kept, account }: KeptRequest): Master {
  const { version, size, pyramid } = kept;
  return { version, pyramid, source: countReads(r2Source(bucket, key, { size, version }), account) };
}

/** The key is of one length, whatever the master's: R2 takes 1,024 bytes, which an escaped key may pass. */
async function recordKey(key: string): Promise<string> {
  return `masters/${await digest(key)}`;
}
