import { evenKeeping } from "../access/grant.ts";
import { isObjectPublic, remembering, type ShowingGround } from "../catalogue/object-access.ts";
import { digest } from "../digest.ts";
import { baseOf, isHostShared } from "../http/base-uri.ts";
import { chooseFeedType } from "../http/negotiate.ts";
import { currentHeaders, documentHeaders, respondNotModified, respondText, withoutTiming } from "../http/respond.ts";
import { feedTag } from "../identity/cache-tags.ts";
import type { Addresses } from "../presentation/addresses.ts";
import { type FeedRoute, formatFeed, formatFeedPage } from "../presentation/feed.ts";
import type { Json } from "../presentation/json.ts";
import { withFeedEnd, withFeedPage } from "../records.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";
import { groundOf } from "./shown.ts";
import { type FoundObject, statedObjects } from "./stated-objects.ts";

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
  const keys = [...new Set(page.activities.filter(({ kind }) => kind === "object").map(({ key }) => key))];
  const found = await statedObjects(services, keys, visit);
  const hidden = new Set(keys.filter((_, index) => isUntold(found[index], ground)));
  const activities = page.activities.filter(({ kind, key }) => kind !== "object" || !hidden.has(key));
  const json = formatFeedPage(addresses, { ...page, activities });
  return withoutTiming(await respondFeed(services, { request, visit, json, isFinal: page.isFull }));
}

/** An object that is gone is told of, for harvesters are to see that it was there; of one that is damaged nobody knows who may see it. */
function isUntold(found: FoundObject | undefined, ground: ShowingGround): boolean {
  if (found?.kind === "stated") return !isObjectPublic(found.stated, remembering(ground));
  return found?.kind === "damaged";
}

interface Answer {
  readonly request: Request;
  readonly visit: Visit;
  readonly json: Json;
  /** Whether it will never be another. */
  readonly isFinal: boolean;
}

async function respondFeed({ config }: Services, { request, visit, json, isFinal }: Answer): Promise<Response> {
  const text = JSON.stringify(json);
  const contentType = chooseFeedType(request);
  const answer = {
    etag: `"${await digest(text + contentType)}"`,
    cacheTag: feedTag,
    contentType,
    scope: isHostShared(config, request.url) ? "public" : "private",
  } as const;
  // No date opens or closes an object: for how long it is kept tells nothing of those that are left out.
  const keeping = evenKeeping({ kind: "anybody" });
  const headers = isFinal
    ? documentHeaders({ ...answer, keeping, maxAgeSeconds: config.infoMaxAgeSeconds })
    : currentHeaders(answer);
  return respondNotModified(request, headers, visit.account) ?? respondText(text, headers, visit.account);
}
