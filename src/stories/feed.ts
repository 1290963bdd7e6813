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

interface Asked {
  readonly request: Request;
  readonly visit: Visit;
  readonly route: FeedRoute;
}

/**
 * Answers a request for the feed of changes or one of its pages, from one record. Harvesters remember when they came last:
 * what they are told has to be all there is by then, so only a page that is full is kept by caches without asking. Throws an
 * ImageError if it can't be answered.
 */
export function answerFeed(services: Services, { request, visit, route }: Asked): Promise<Response> {
  const { config, records, publicRules } = services;
  const { limits } = publicRules[3];
  const addresses: Addresses = { base: baseOf({ config, request }), imagePrefix: config.prefix, limits };
  const respond = (json: Json, isFinal: boolean) => respondFeed(services, { request, visit, json, isFinal });
  if (route.kind === "feed") return withFeedEnd(records, visit, (end) => respond(formatFeed(addresses, end), false));
  return withFeedPage(records, { number: route.number, visit }, (page) =>
    respond(formatFeedPage(addresses, page), page.isFull),
  );
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
  const headers = isFinal
    ? documentHeaders({ ...answer, maxAgeSeconds: config.infoMaxAgeSeconds })
    : currentHeaders(answer);
  return respondNotModified(request, headers, visit.account) ?? respondText(text, headers, visit.account);
}
