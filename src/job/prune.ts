import { BucketError, type ListedObject, mostDeletedAtOnce } from "../bucket/bucket.ts";
import { type DerivativeState, derivativeStates } from "../operation/derivative-state.ts";
import { isOld } from "../operation/retention.ts";
import { inOrder } from "./at-once.ts";
import { type DerivativeJudge, derivativeRoots, judgeDerivatives, listByMaster } from "./kept-derivatives.ts";
import { derivativeFolder, type LastAccess } from "./last-access.ts";

/** Why a derivative is removed. */
export type PruneReason = Exclude<DerivativeState, "current"> | "old";

/** All reasons, in the order in which they are told. */
export const pruneReasons: readonly PruneReason[] = [...derivativeStates.filter(isReason), "old"];

/** What is pruned. */
export interface PruneOrder {
  readonly reasons: ReadonlySet<PruneReason>;
  /** Age of what is old, in days. */
  readonly days: number;
  /** What was asked for later than it was stored is as old as that. */
  readonly lastAccess?: LastAccess;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Counts what would be removed, and removes nothing. */
  readonly isDry: boolean;
}

/** How a run is watched and stopped. */
export interface PruneOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with how many derivatives were looked at. */
  readonly onProgress?: (derivatives: number) => void;
}

/** Derivatives that were counted. */
export interface DerivativeCount {
  readonly derivatives: number;
  readonly bytes: number;
}

/** What became of all derivatives that were looked at, and how the run ended. */
export interface PruneOutcome {
  readonly removed: Readonly<Record<PruneReason, DerivativeCount>>;
  readonly kept: DerivativeCount;
  readonly failure: BucketError | undefined;
}

/** Folders that are judged at once; each asks for some of its objects at once too. */
const foldersAtOnce = 8;

/**
 * Removes derivatives from their bucket for the reasons given, a thousand a call at the most; nothing else is written or
 * deleted. What is removed is made again when it is asked for: one that was replaced between being judged and being deleted
 * is lost to a cache alone. A run that ends early has lost nothing, and the next goes on. Throws what is no BucketError.
 */
export async function pruneDerivatives(
  judge: DerivativeJudge,
  order: PruneOrder,
  { signal, onProgress }: PruneOptions = {},
): Promise<PruneOutcome> {
  const tally = new Tally();
  let waiting: Pruned[] = [];
  const remove = async (): Promise<void> => {
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    if (!order.isDry) await judge.derivatives.deleteAll(batch.map(({ key }) => key));
    for (const { reason, bytes } of batch) tally.add(reason, bytes);
  };
  let failure: BucketError | undefined;
  try {
    // In a bucket that is not there no master is, and all would look like orphans.
    await judge.masters.check();
    await judge.derivatives.check();
    for (const root of derivativeRoots) {
      const folders = listByMaster(judge.derivatives, root);
      for await (const judged of inOrder(folders, foldersAtOnce, (group) => judgeGroup(judge, order, group))) {
        if (signal?.aborted) throw new BucketError("stopped", "Stopped.");
        for (const { key, bytes, reason } of judged) {
          if (reason === undefined) tally.add("kept", bytes);
          else if (waiting.push({ key, bytes, reason }) === mostDeletedAtOnce) await remove();
        }
        onProgress?.(tally.derivatives + waiting.length);
      }
    }
    await remove();
  } catch (error) {
    if (!(error instanceof BucketError)) throw error;
    failure = error;
  }
  return { ...tally.counts(), failure };
}

interface Pruned extends Pick<ListedObject, "key" | "bytes"> {
  readonly reason: PruneReason;
}

interface Judged extends Pick<ListedObject, "key" | "bytes"> {
  readonly reason: PruneReason | undefined;
}

type AgedObject = Pick<ListedObject, "key" | "bytes" | "uploadedAt">;

async function judgeGroup(
  judge: DerivativeJudge,
  { reasons, days, now, lastAccess }: PruneOrder,
  group: readonly ListedObject[],
): Promise<readonly Judged[]> {
  const ageReason = ({ key, bytes, uploadedAt }: AgedObject): PruneReason | undefined => {
    const usedAt = Math.max(uploadedAt, lastAccess?.get(derivativeFolder(key)) ?? 0);
    return reasons.has("old") && isOld({ bytes, usedAt }, { days, now }) ? "old" : undefined;
  };
  // Age alone needs nothing but the listing.
  if (![...reasons].some((reason) => reason !== "old")) {
    return group.map((object) => ({ key: object.key, bytes: object.bytes, reason: ageReason(object) }));
  }
  return (await judgeDerivatives(judge, group)).map((derivative) => {
    const { key, bytes, state } = derivative;
    const reason = isReason(state) && reasons.has(state) ? state : ageReason(derivative);
    return { key, bytes, reason };
  });
}

function isReason(state: DerivativeState): state is Exclude<DerivativeState, "current"> {
  return state !== "current";
}

/** Counts derivatives by what becomes of them. */
class Tally {
  readonly #counts = new Map<PruneReason | "kept", { derivatives: number; bytes: number }>();
  derivatives = 0;

  add(ending: PruneReason | "kept", bytes: number): void {
    const counted = this.#countOf(ending);
    counted.derivatives += 1;
    counted.bytes += bytes;
    this.derivatives += 1;
    this.#counts.set(ending, counted);
  }

  counts(): Pick<PruneOutcome, "removed" | "kept"> {
    const removed = Object.fromEntries(pruneReasons.map((reason) => [reason, this.#countOf(reason)]));
    return { removed: removed as PruneOutcome["removed"], kept: this.#countOf("kept") };
  }

  #countOf(ending: PruneReason | "kept"): { derivatives: number; bytes: number } {
    return this.#counts.get(ending) ?? { derivatives: 0, bytes: 0 };
  }
}
