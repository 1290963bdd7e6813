import { isSamePolicy } from "../access/policy.ts";
import { type AccessRules, findPattern } from "../access/rules.ts";
import { keepsAll, strictest } from "../access/strictness.ts";
import { type Bucket, BucketError, type ServiceBuckets, type StoredObject } from "../bucket/bucket.ts";
import {
  parseImageRecord,
  recordKey,
  renameImageRecord,
  type StoredRecord,
  withPolicy,
} from "../catalogue/image-records.ts";
import { moveKey } from "../catalogue/moved.ts";
import { renamed } from "../catalogue/picture-change.ts";
import { policiesOf } from "../policies.ts";
import { readStoredRules } from "./access-rules.ts";
import { rewriteRecord } from "./catalogue-record.ts";
import { changeObjects } from "./changed-objects.ts";
import { copyMaster, isSameMaster } from "./copy-master.ts";
import { readImageRecord } from "./image-record.ts";
import { type MovePlan, type MoveStep, planMove } from "./move-plan.ts";
import { readMove, writeMoves } from "./moves.ts";
import { openJournal } from "./run-journal.ts";

/** An image that is to be found under another identifier. */
export interface ImageMove {
  readonly from: string;
  readonly to: string;
  readonly buckets: Pick<ServiceBuckets, "masters" | "catalogue">;
  /** Returns the key of the master of an image. */
  readonly keyOf: (identifier: string) => string;
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: (step: MoveStep) => void;
  /** Called with the bytes that are copied so far. */
  readonly onCopied?: (bytes: number, of: number) => void;
}

/** What a move has changed besides the image. */
export interface ImageMoved {
  readonly steps: readonly MoveStep[];
  readonly object?: string;
  /** The collections whose records show the image, or might. */
  readonly collections: readonly string[];
  /** Changes that the feed has told. */
  readonly told: number;
}

/** Looks at what is there and says what is left to do. Throws BucketError, `record-malformed`. */
export async function lookAtMove({ from, to, buckets, keyOf }: ImageMove): Promise<MovePlan> {
  const { masters, catalogue } = buckets;
  const [source, target] = await Promise.all([from, to].map((identifier) => find(masters, keyOf(identifier))));
  const [fromRecord, toRecord] = await Promise.all([from, to].map((one) => readImageRecord(catalogue, one)));
  const isSame = source && target && (await isSameMaster(masters, source, target));
  return planMove({
    from,
    to,
    isFromStored: source !== undefined,
    target: target === undefined ? "none" : isSame === false ? "other" : "same",
    fromRecord,
    toRecord,
    move: await readMove(catalogue, from),
    opening: findOpening((await readStoredRules(catalogue)).rules, { from, to, record: fromRecord }),
  });
}

/** Returns the form of the rule that keeps an image from people under one identifier and not under the other. */
function findOpening(
  rules: AccessRules,
  { from, to, record }: { readonly from: string; readonly to: string; readonly record: StoredRecord | undefined },
): string | undefined {
  const isKept = keepsAll(policiesOf(rules, to, record), policiesOf(rules, from, record));
  return isKept ? undefined : findPattern(rules, from)?.match;
}

/**
 * Carries the steps of a plan out. Interrupted at any point, the same move looked at and carried out again comes to the
 * same end. Throws BucketError, `record-malformed`.
 */
export async function moveImage(move: ImageMove, steps: readonly MoveStep[]): Promise<ImageMoved> {
  let changed: Omit<ImageMoved, "steps"> = { collections: [], told: 0 };
  const moving: Moving = { ...move, copy: await findCopy(move) };
  for (const step of steps) {
    if (move.signal?.aborted) throw new BucketError("stopped", "Stopped.");
    move.onStep?.(step);
    const told = await carryOut[step](moving);
    if (told !== undefined) changed = told;
  }
  return { steps, ...changed };
}

/** A move that is under way. */
interface Moving extends ImageMove {
  /** The etag of what lies under the new identifier and is this image; undefined before it is copied. */
  copy: string | undefined;
}

async function findCopy({ to, buckets, keyOf }: ImageMove): Promise<string | undefined> {
  return (await find(buckets.masters, keyOf(to)))?.stored.etag;
}

const carryOut: Readonly<Record<MoveStep, (move: Moving) => Promise<Omit<ImageMoved, "steps"> | undefined>>> = {
  async copy(moving) {
    const { from, to, buckets, keyOf, signal, onCopied } = moving;
    const source = await find(buckets.masters, keyOf(from));
    if (source === undefined) throw new BucketError("failed", `There is no image ${from} any more.`);
    const onProgress = (bytes: number) => onCopied?.(bytes, source.stored.bytes);
    await copyMaster(buckets.masters, source, keyOf(to), { signal, onProgress });
    moving.copy = await findCopy(moving);
    return undefined;
  },
  async record({ from, to, buckets: { catalogue } }) {
    const stored = await catalogue.get(recordKey(from));
    if (stored === undefined) return undefined;
    await rewriteRecord(catalogue, recordKey(to), () => renameImageRecord(stored.bytes, to));
    return undefined;
  },
  async object({ from, to, buckets, keyOf, signal }) {
    const object = (await readImageRecord(buckets.catalogue, from))?.object;
    if (object === undefined) return undefined;
    const journal = openJournal(buckets.catalogue);
    const pictures = renamed(from, to);
    const change = { ...buckets, journal, keyOf, signal, pictures };
    const { collections } = await changeObjects([object], change);
    return { object, collections, told: await journal.finish() };
  },
  async redirect({ from, to, buckets: { catalogue } }) {
    await writeMoves(catalogue, [{ identifier: from, to }]);
    // The image is there now, and leads nowhere.
    await catalogue.delete(moveKey(to));
    return undefined;
  },
  "delete-master": deleteMaster,
  async "delete-record"({ from, to, buckets: { catalogue } }) {
    await takePolicy(catalogue, { from, to });
    await catalogue.delete(recordKey(from));
    return undefined;
  },
};

/** What somebody has kept from people under the old identifier since its record was copied is kept from them for good. */
async function takePolicy(
  catalogue: Bucket,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  const former = await readImageRecord(catalogue, from);
  if (former?.policy === undefined) return;
  const { policy } = former;
  await rewriteRecord(catalogue, recordKey(to), (bytes) => {
    if (bytes === undefined) throw new BucketError("failed", `The record of ${to} was taken away meanwhile.`);
    const own = parseImageRecord(bytes, to)?.policy ?? {};
    const kept = strictest(policy, own);
    return isSamePolicy(kept, strictest(own, own)) ? bytes : withPolicy(bytes, kept);
  });
}

/** How often a master may be replaced while it is moved. */
const mostCopies = 3;

/**
 * The old master goes once the new one is the same, and not before: one that was replaced meanwhile is copied again. What
 * somebody else has stored under the new identifier meanwhile stays, and the old master too.
 */
async function deleteMaster(moving: Moving): Promise<undefined> {
  const { from, to, buckets, keyOf, signal } = moving;
  const { masters } = buckets;
  for (let copies = 0; ; copies += 1) {
    const [source, target] = await Promise.all([from, to].map((identifier) => find(masters, keyOf(identifier))));
    if (source === undefined) return undefined;
    if (target !== undefined && (await isSameMaster(masters, source, target))) break;
    if (target !== undefined && target.stored.etag !== moving.copy) {
      throw new BucketError(
        "failed",
        `Another image was stored as ${to} while ${from} was moved there. Both are kept.`,
      );
    }
    if (copies === mostCopies) throw new BucketError("failed", `${from} is replaced again and again.`);
    await copyMaster(masters, source, keyOf(to), { signal });
    moving.copy = await findCopy(moving);
  }
  await masters.delete(keyOf(from));
  return undefined;
}

async function find(masters: Bucket, key: string): Promise<{ key: string; stored: StoredObject } | undefined> {
  const stored = await masters.head(key);
  return stored === undefined ? undefined : { key, stored };
}
