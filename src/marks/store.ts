import type { Clock } from "../budget/clock.ts";
import type { MemoryBudget } from "../budget/memory-budget.ts";
import { whileRenewing } from "../budget/renewal.ts";
import type { IsolateCache } from "../cache/isolate.ts";
import { markKey } from "../catalogue/mark-name.ts";
import { maxMarkBytes } from "../limits.ts";
import type { Kernels } from "../render/kernels.ts";
import { r2Object, readWholeR2, type Storage } from "../source/r2.ts";
import type { Visit } from "../visit.ts";
import { markDecodingBytes } from "./decode.ts";
import { type OpenedMark, openMarkFile, refuseLongMark, unusableMark } from "./mark-file.ts";

/** What an isolate holds of a mark, and when its version was looked at last, in milliseconds since 1970. */
export interface HeldMark {
  readonly mark: OpenedMark;
  readonly checkedAt: number;
}

/** Where marks are read, and what they are decoded with and kept in. */
export interface MarkStore {
  /** The bucket of the catalogue. */
  readonly storage: Storage;
  readonly kernels: Kernels;
  readonly budget: MemoryBudget;
  readonly clock: Clock;
  readonly held: IsolateCache<HeldMark>;
  /** For how long a version is trusted, as that of a master. */
  readonly ttlSeconds: number;
}

/** What an entry takes besides its samples, in bytes. */
const entryBytes = 512;

/**
 * Opens a mark by its name: as the isolate holds it, else by one read. Throws `record-malformed` for one that is missing,
 * broken or too large: a picture is never shown without its mark; `storage-failed`, `render-busy`, `client-gone`.
 */
export async function openMark(
  store: MarkStore,
  { name, visit }: { readonly name: string; readonly visit: Pick<Visit, "account" | "patience"> },
): Promise<OpenedMark> {
  const key = markKey(name);
  const now = store.clock.now();
  const held = store.held.get(key);
  if (held !== undefined && isTrusted(store, held, now)) return held.mark;
  visit.account.reads += 1;
  if (held !== undefined && (await r2Object(store.storage, key).head())?.version === held.mark.etag) {
    hold(store, key, { mark: held.mark, checkedAt: now });
    return held.mark;
  }
  store.held.delete(key);
  const mark = await readMark(store, key, visit);
  hold(store, key, { mark, checkedAt: now });
  return mark;
}

function isTrusted({ ttlSeconds }: MarkStore, { checkedAt }: HeldMark, now: number): boolean {
  const ageSeconds = (now - checkedAt) / 1000;
  return ageSeconds >= 0 && ageSeconds < ttlSeconds;
}

function hold({ held }: MarkStore, key: string, entry: HeldMark): void {
  held.set(key, entry, entry.mark.image.samples.byteLength + entryBytes);
}

async function readMark(
  store: MarkStore,
  key: string,
  { patience, account }: Pick<Visit, "account" | "patience">,
): Promise<OpenedMark> {
  const { storage, budget, clock, kernels } = store;
  const bytes = markDecodingBytes(maxMarkBytes);
  const lease = await budget.take({ share: "draws", bytes, costMilliseconds: 10 }, patience);
  try {
    return await whileRenewing(clock, lease, async () => {
      const found = await readWholeR2(storage, key, async (size) => refuseLongMark(key, size));
      if (found === undefined) throw unusableMark(key, "it is not there");
      account.bytes += found.bytes.byteLength;
      return openMarkFile(kernels, { key, ...found });
    });
  } finally {
    lease.release();
  }
}
