import { type Keeping, keepingOf } from "../access/grant.ts";
import { isObjectPublic, policiesOfObject, type ShowingGround, type StatedObject } from "../catalogue/object-access.ts";
import { digest } from "../digest.ts";
import { baseOf, isHostShared } from "../http/base-uri.ts";
import { chooseFeedType } from "../http/negotiate.ts";
import { currentHeaders, documentHeaders, respondNotModified, respondText } from "../http/respond.ts";
import { feedTag } from "../identity/cache-tags.ts";
import type { Addresses } from "../presentation/addresses.ts";
import { type FeedRoute, formatFeed, formatFeedPage } from "../presentation/feed.ts";
import type { Json } from "../presentation/json.ts";
import { withFeedEnd, withFeedPage } from "../records.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";
import { groundOf } from "./shown.ts";
import { statedObjects } from "./stated-objects.ts";

interface Asked {
  readonly request: Request;
  readonly visit: Visit;
  readonly route: FeedRoute;
}

/**
 * Answers a request for the feed of changes or one of its pages, as far as anybody may see what it tells of. Harvesters remember when they came last:
 * what they are told has to be all there is by then, so only a page that is full is kept by caches without asking. Throws an
 * ImageError if it can't be answered.
 */
export function answerFeed(services: Services, { request, visit, route }: Asked): Promise<Response> {
  const { config, records, publicRules } = services;
  const { limits } = publicRules[3];
  const addresses: Addresses = { base: baseOf({ config, request }), imagePrefix: config.prefix, limits };
  if (route.kind === "feed") {
    return withFeedEnd(records, visit, async (end) =>
      respondFeed(services, { request, visit, json: formatFeed(addresses, end), isFinal: false }),
    );
  }
  return answerPage(services, { request, visit, number: route.number, addresses });
}

interface AskedPage {
  readonly request: Request;
  readonly visit: Visit;
  readonly number: number;
  readonly addresses: Addresses;
}

/**
 * What is told of objects is told of those that anybody may see: the record of each is read, unless what it states is known. No
 * memory is held for the page meanwhile.
 */
async function answerPage(services: Services, { request, visit, number, addresses }: AskedPage): Promise<Response> {
  const ground = await groundOf(services, visit);
  const page = await withFeedPage(services.records, { number, visit }, async (page) => page);
  // What was taken away has no record, and that it was is told.
  const told = page.activities.filter(({ kind, type }) => kind === "object" && type !== "Delete");
  const keys = [...new Set(told.map(({ key }) => key))];
  const stated = await statedObjects(services, keys, visit);
  const hidden = new Set(keys.filter((_, index) => isUntold(stated[index], ground)));
  const activities = page.activities.filter(({ kind, key }) => kind !== "object" || !hidden.has(key));
  const policies = stated.flatMap((one) => (one === undefined ? [] : policiesOfObject(one, ground)));
  const keeping = keepingOf([...new Set(policies)], ground.now);
  const json = formatFeedPage(addresses, { ...page, activities });
  return respondFeed(services, { request, visit, json, isFinal: page.isFull, keeping });
}

/** An object that is gone is told of: harvesters are to see that it was there. */
function isUntold(stated: StatedObject | undefined, ground: ShowingGround): boolean {
  return stated !== undefined && !isObjectPublic(stated, ground);
}

interface Answer {
  readonly request: Request;
  readonly visit: Visit;
  readonly json: Json;
  /** Whether it will never be another. */
  readonly isFinal: boolean;
  /** Who may keep it; anybody unless it is stated. */
  readonly keeping?: Keeping;
}

async function respondFeed(
  { config }: Services,
  { request, visit, json, isFinal, keeping = { kind: "anybody" } }: Answer,
): Promise<Response> {
  const text = JSON.stringify(json);
  const contentType = chooseFeedType(request);
  const answer = {
    etag: `"${await digest(text + contentType)}"`,
    cacheTag: feedTag,
    contentType,
    scope: isHostShared(config, request.url) ? "public" : "private",
  } as const;
  const headers = isFinal
    ? documentHeaders({ ...answer, keeping, maxAgeSeconds: config.infoMaxAgeSeconds })
    : currentHeaders(answer);
  return respondNotModified(request, headers, visit.account) ?? respondText(text, headers, visit.account);
}
