import { withDeadline } from "../budget/deadline.ts";
import { respondJson } from "../http/respond.ts";
import type { PurgeState } from "../operation/ledger.ts";
import { type OwnTiers, type PurgeCounts, purgeAllDerivatives, purgeMaster } from "../operation/purge.ts";
import { choosePurge, type NamedOrder } from "../operation/purge-choice.ts";
import { everything, tagsPerCall } from "../operation/purge-line.ts";
import { type PurgeOrder, readPurgeOrder } from "../operation/purge-order.ts";
import { type PurgeableCache, purgeWorkersCache } from "../operation/workers-cache.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";
import { noteAction } from "./audited.ts";

/** An order to purge, and who gives it. */
export interface PurgeVisit {
  readonly body: unknown;
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

/** How long the ledger may take, in seconds: some calls of the platform. */
const ledgerSeconds = 25;

/**
 * Purges images, an object, a collection, what starts with a prefix, or everything, from all tiers that can be reached:
 * this isolate, the Cache API of this data centre, the derivative bucket with the kept indexes, and Workers Cache by tag.
 * The answer tells what was removed and what waits, and has the order that goes on as `next`. Throws `body-malformed`,
 * `identifier-malformed`, `record-malformed`, `storage-failed`; what was removed by then stays removed.
 */
export async function answerPurge(
  services: Services,
  { body, visit, workersCache, operator }: PurgeVisit,
): Promise<Response> {
  const order = readPurgeOrder(body);
  const tiers: OwnTiers = {
    masters: services.masters,
    derivatives: services.pictures.derivatives,
    bucket: services.buckets.derivatives,
  };
  const { images, counts, tags, next } =
    order.kind === "everything"
      ? await purgeAll(tiers, order.after === undefined)
      : await purgeNamed(services, { tiers, order, visit });
  // Last: what is drawn again before is drawn from what is there now.
  const front = await purgeFront(services, { workersCache, tags });
  const { pictures, indexes, left } = counts;
  const answer = {
    images,
    workersCache: { tags: tags.length, ...front },
    dataCentre: { left },
    derivatives: { pictures, indexes },
    ...(next === undefined ? {} : { next }),
  };
  await noteAction(services, { visit, operator, action: "purge", detail: { order, ...answer } });
  return respondJson(answer, 200);
}

async function purgeAll(tiers: OwnTiers, isFirst: boolean): Promise<Purged> {
  const { isMore, ...counts } = await purgeAllDerivatives(tiers);
  const purged = { images: 0, counts, tags: isFirst ? [everything] : [] };
  return isMore ? { ...purged, next: { kind: "everything", after: "start" } } : purged;
}

async function purgeNamed(
  services: Services,
  { tiers, order, visit }: { readonly tiers: OwnTiers; readonly order: NamedOrder; readonly visit: Visit },
): Promise<Purged> {
  const { records, buckets, config: naming } = services;
  const { keys, tags, ...rest } = await choosePurge({ records, masters: buckets.masters, naming, visit }, order);
  const counts = { pictures: 0, indexes: 0, left: 0 };
  const allTags = [...tags];
  for (const key of keys) {
    const { cacheTag, pictures, indexes, left } = await purgeMaster(tiers, key);
    allTags.push(cacheTag);
    counts.pictures += pictures;
    counts.indexes += indexes;
    counts.left += left;
  }
  return { images: keys.length, counts, tags: allTags, ...rest };
}

/** Without a ledger what the platform refuses waits nowhere: the answer says so, and the caller asks again. */
async function purgeFront(
  { ledger, clock }: Services,
  { workersCache, tags }: { readonly workersCache: PurgeableCache; readonly tags: readonly string[] },
): Promise<PurgeState> {
  if (workersCache === undefined) return { state: "absent", waiting: 0 };
  if (ledger !== undefined) return withDeadline(clock, ledgerSeconds, () => ledger().purge(tags));
  for (let at = 0; at < tags.length; at += tagsPerCall) {
    const answer = await purgeWorkersCache(workersCache, tags.slice(at, at + tagsPerCall));
    if (answer.state === "refused") return { ...answer, waiting: 0 };
  }
  return { state: "purged", waiting: 0 };
}
