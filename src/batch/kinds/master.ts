import type { Admission } from "../../budget/admission.ts";
import type { Loan } from "../../budget/lease.ts";
import { whileRenewing } from "../../budget/renewal.ts";
import { drawerOf } from "../../check/drawer.ts";
import type { DrawPicture } from "../../check/serving.ts";
import { identifierOfKey } from "../../identity/master-name.ts";
import type { ByteSource } from "../../source/byte-source.ts";
import { r2Object } from "../../source/r2.ts";
import { workKeyOf } from "../../task/task-id.ts";
import { answered, type Jobs } from "../jobs.ts";
import type { ClaimedItem } from "../ledger-calls.ts";
import type { ItemOutcome } from "../outcome.ts";

/** A master that is worked on. */
export interface OpenedMaster {
  /** Pinned to the version, and counted. */
  readonly source: ByteSource;
  readonly metadata: Readonly<Record<string, string>>;
  /** The identifier that the task or the key says; undefined for an object that none means. */
  readonly identifier: string | undefined;
  /** When it was put, in milliseconds since 1970. */
  readonly uploadedAt: number;
  /** Ends the work: what it took until now, by the clock, next to what it came to. */
  readonly ended: (outcome: Pick<ItemOutcome, "state" | "failure" | "note">) => ItemOutcome;
}

/** Directories of a master, and what is read ahead of them, or a part that is summed up: in bytes. */
const openingLoan: Loan = { share: "draws", bytes: 16 << 20, costMilliseconds: 100 };

/** Opens the master of an item; undefined where there is none. Throws `storage-failed`. */
export async function openItemMaster(
  jobs: Jobs,
  { key, identifier, header }: ClaimedItem,
): Promise<OpenedMaster | undefined> {
  const { clock, config, buckets } = jobs;
  const began = clock.now();
  const object = await answered(jobs, () => buckets.masters.head(key));
  if (object === null) return undefined;
  const { etag, size, uploaded, customMetadata = {} } = object;
  const storage = { bucket: buckets.masters, clock, timeoutSeconds: config.storageTimeoutSeconds };
  const pinned = r2Object(storage, key).at({ size, version: etag });
  const read = { milliseconds: 0, bytes: 0 };
  const source: ByteSource = {
    ...pinned,
    async read(offset, length) {
      const at = clock.now();
      const bytes = await pinned.read(offset, length);
      read.milliseconds += clock.now() - at;
      read.bytes += bytes.byteLength;
      return bytes;
    },
  };
  const work = await workKeyOf({ kind: header.kind, key, etag, settings: header.settings });
  return {
    source,
    metadata: customMetadata,
    uploadedAt: uploaded.getTime(),
    identifier: identifier ?? identifierOfKey(key, config)?.identifier,
    ended: (outcome) => {
      const verify = Math.max(0, clock.now() - began - read.milliseconds) / 1000;
      const seconds = { read: read.milliseconds / 1000, verify };
      return { ...outcome, seconds, bytesIn: read.bytes, bytesOut: 0, etag, work };
    },
  };
}

/** Returns the outcome of an item whose key no object has. */
export function missingMaster(key: string): ItemOutcome {
  const failure = { code: "not-found", message: `There is no object ${key} in the bucket of masters.` };
  return { state: "failed", seconds: {}, bytesIn: 0, bytesOut: 0, failure };
}

/** Runs work that holds parts of a master, in memory that is its own meanwhile. Throws `render-busy`, and what it throws. */
export function holdingMemory<T>(jobs: Jobs, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  return holdingOpenings(jobs, { count: 1, signal }, work);
}

/** Runs work that opens so many masters at once, in memory that is its own meanwhile. Throws `render-busy`, and what it throws. */
export function holdingOpenings<T>(
  jobs: Jobs,
  { count, signal }: { readonly count: number; readonly signal: AbortSignal },
  work: () => Promise<T>,
): Promise<T> {
  const loan = { ...openingLoan, bytes: count * openingLoan.bytes };
  return onLoan(jobs, { loan, signal }, work);
}

/** Runs work in memory that is its own meanwhile. Throws `render-busy`, and what it throws. */
export async function onLoan<T>(
  jobs: Jobs,
  { loan, signal }: { readonly loan: Loan; readonly signal: AbortSignal },
  work: () => Promise<T>,
): Promise<T> {
  const lease = await jobs.budget.take(loan, patienceOf(signal));
  try {
    return await whileRenewing(jobs.clock, lease, work);
  } finally {
    lease.release();
  }
}

/** Returns what draws pictures of a master for a check, each in memory of its own. */
export function openJobDrawer(jobs: Jobs, signal: AbortSignal): DrawPicture {
  const { budget, clock, tools } = jobs;
  const admission: Admission = { budget, clock, patience: patienceOf(signal), isAlone: () => false };
  return drawerOf(tools, { admission });
}

/**
 * How long work waits for the memory that others have, in seconds: a client would not, but an item that gives up is tried
 * again, and a conversion may hold all of it for minutes.
 */
const waitSeconds = 300;

/** Returns how long work on an item waits for memory. */
export function patienceOf(signal: AbortSignal): Admission["patience"] {
  return { milliseconds: 1000 * waitSeconds, signal };
}
