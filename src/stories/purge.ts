import { withDeadline } from "../budget/deadline.ts";
import { whileRenewing } from "../budget/renewal.ts";
import { respondJson } from "../http/respond.ts";
import type { PurgeState } from "../operation/ledger.ts";
import {
  addCounts,
  nothingPurged,
  type OwnTiers,
  type PurgeCounts,
  purgeAllDerivatives,
  purgeBytes,
  purgeMaster,
} from "../operation/purge.ts";
import { againSeconds } from "../operation/purge-again.ts";
import type { PurgeAnswer } from "../operation/purge-answer.ts";
import { choosePurge, type NamedOrder, type PurgeChoice } from "../operation/purge-choice.ts";
import { countDerivatives, countMaster } from "../operation/purge-count.ts";
import { everything, tagsPerCall } from "../operation/purge-line.ts";
import { type PurgeOrder, readPurgeOrder } from "../operation/purge-order.ts";
import { type PurgeableCache, purgeWorkersCache } from "../operation/workers-cache.ts";
import { forgetPolicies } from "../policies.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";
import { noteAction } from "./audited.ts";

/** Who gives an order to purge, and what stands in front of the Worker. */
export interface PurgeVisit {
  readonly visit: Visit;
  readonly workersCache: PurgeableCache;
  readonly operator: string;
}

/** What was done in the tiers that the Worker reaches by itself, and what is left to do in front of it. */
interface Purged {
  readonly images: number;
  readonly counts: PurgeCounts;
  readonly tags: readonly string[];
  readonly next?: PurgeOrder;
}

/** How long the cache in front may take, in seconds: some calls of the platform. */
const frontSeconds = 25;

/** How it stands with the cache in front after a dry run. */
const untouched: PurgeState = { state: "untouched", waiting: 0 };

/** What a purge takes while it runs. */
const purgeLoan = { share: "draws", bytes: purgeBytes, costMilliseconds: 50 } as const;

/** Answers an order that was sent as JSON. Throws what `readPurgeOrder` and `purge` throw. */
export async function answerPurge(
  services: Services,
  { body, ...asked }: PurgeVisit & { readonly body: unknown },
): Promise<Response> {
  return respondJson(await purge(services, readPurgeOrder(body), asked), 200);
}

/**
 * Purges images, an object, a collection, what starts with a prefix, or everything, from all tiers that can be reached:
 * this isolate, the Cache API of this data centre, the derivative bucket with the kept indexes, and Workers Cache by tag.
 * Returns what was removed and what waits, and the order that goes on as `next`. With `dryRun` nothing is removed, and the
 * bucket of derivatives alone is counted. Throws `identifier-malformed`,
 * `record-malformed`, `storage-failed`; what was removed by then stays removed.
 */
export async function purge(
  services: Services,
  order: PurgeOrder,
  { visit, workersCache, operator }: PurgeVisit,
): Promise<PurgeAnswer> {
  const isDry = order.dryRun === true;
  // Who may see what is read again: of all, for it takes a read each.
  if (!isDry) forgetPolicies(services.policies);
  const { images, counts, tags, next } = await purgeOwn(services, { order, visit });
  // Last: what is drawn again before is drawn from what is there now.
  const front = isDry ? untouched : await purgeFront(services, { workersCache, tags });
  const { pictures, indexes, left } = counts;
  const answer: PurgeAnswer = {
    ...(isDry && { dryRun: true }),
    images,
    workersCache: { tags: tags.length, ...front },
    dataCentre: { left },
    derivatives: { pictures, indexes },
    ...(next === undefined ? {} : { next: isDry ? { ...next, dryRun: true } : next }),
  };
  if (!isDry) await noteAction(services, { visit, operator, action: "purge", detail: { order, ...answer } });
  return answer;
}

/** Listings take memory, which is held meanwhile. */
async function purgeOwn(
  services: Services,
  { order, visit }: { readonly order: PurgeOrder; readonly visit: Visit },
): Promise<Purged> {
  const tiers: OwnTiers = {
    masters: services.masters,
    heldMoves: services.isolate.heldMoves,
    derivatives: services.pictures.derivatives,
    bucket: services.buckets.derivatives,
  };
  const isDry = order.dryRun === true;
  const work =
    order.kind === "everything"
      ? () => purgeAll(tiers, order)
      : await choose(services, { order, visit }).then((chosen) => () => purgeChosen(tiers, { ...chosen, isDry }));
  const lease = await services.budget.take(purgeLoan, visit.patience);
  try {
    return await whileRenewing(services.clock, lease, work);
  } finally {
    lease.release();
  }
}

function choose(
  { records, buckets, config: naming }: Services,
  { order, visit }: { readonly order: NamedOrder; readonly visit: Visit },
): Promise<PurgeChoice> {
  return choosePurge({ records, masters: buckets.masters, naming, visit }, order);
}

/** The cache in front is purged once, by the order that begins. */
async function purgeAll(
  tiers: OwnTiers,
  { after, dryRun }: Extract<PurgeOrder, { readonly kind: "everything" }>,
): Promise<Purged> {
  if (dryRun === true) {
    const { counts, next } = await countDerivatives(tiers, after);
    const counted = { images: 0, counts, tags: after === undefined ? [everything] : [] };
    return next === undefined ? counted : { ...counted, next: { kind: "everything", after: next } };
  }
  const { isMore, counts } = await purgeAllDerivatives(tiers);
  const purged = { images: 0, counts, tags: after === undefined ? [everything] : [] };
  return isMore ? { ...purged, next: { kind: "everything", after: "start" } } : purged;
}

async function purgeChosen(
  tiers: OwnTiers,
  { keys, tags, isDry, ...rest }: PurgeChoice & { readonly isDry: boolean },
): Promise<Purged> {
  let counts = nothingPurged;
  const allTags = [...tags];
  for (const key of keys) {
    const purged = await (isDry ? countMaster : purgeMaster)(tiers, key);
    allTags.push(purged.cacheTag);
    counts = addCounts(counts, purged.counts);
  }
  return { images: keys.length, counts, tags: allTags, ...rest };
}

/** What is purged elsewhere stays purged though the cache in front does not answer: the answer says so. */
async function purgeFront(
  { ledger, clock, config }: Services,
  { workersCache, tags }: { readonly workersCache: PurgeableCache; readonly tags: readonly string[] },
): Promise<PurgeState> {
  if (workersCache === undefined) return { state: "absent", waiting: 0 };
  try {
    return await withDeadline(clock, frontSeconds, () =>
      ledger === undefined ? purgeWithoutLedger(workersCache, tags) : ledger().purge(tags, againSeconds(config)),
    );
  } catch (error) {
    return { state: "refused", reason: String(error), waiting: 0 };
  }
}

/** What the platform refuses then waits nowhere, and the caller asks again. */
async function purgeWithoutLedger(workersCache: PurgeableCache, tags: readonly string[]): Promise<PurgeState> {
  for (let at = 0; at < tags.length; at += tagsPerCall) {
    const answer = await purgeWorkersCache(workersCache, tags.slice(at, at + tagsPerCall));
    if (answer.state === "refused") return { ...answer, waiting: 0 };
  }
  return { state: "purged", waiting: 0 };
}
