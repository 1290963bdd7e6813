import { whileRenewing } from "../budget/renewal.ts";
import { digest } from "../digest.ts";
import { ImageError } from "../error.ts";
import { baseOf, isHostShared } from "../http/base-uri.ts";
import { chooseDocumentType } from "../http/negotiate.ts";
import { documentHeaders, respondNotModified, respondText } from "../http/respond.ts";
import { objectTag, searchTag } from "../identity/cache-tags.ts";
import { parseIdentifier } from "../identity/identifier.ts";
import type { Addresses } from "../presentation/addresses.ts";
import { formatCatalogueHits } from "../presentation/catalogue-hits.ts";
import type { Json } from "../presentation/json.ts";
import { formatHits } from "../presentation/object-hits.ts";
import type { TextRoute } from "../presentation/text-route.ts";
import { formatHitsV1 } from "../presentation/v2/object-hits.ts";
import { searchCatalogue } from "../search/catalogue-search.ts";
import { searchObject } from "../search/object-search.ts";
import type { SearchIndex } from "../search/search-index.ts";
import { parseQuery } from "../search/search-query.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";

interface Asked {
  readonly request: Request;
  readonly visit: Visit;
  readonly route: Extract<TextRoute, { readonly kind: "object-search" | "catalogue-search" }>;
}

/** Rows of the index, their JSON and the document made of them, at the most, in bytes. */
const answerBytes = 8 << 20;

/** What a search takes of the isolate's time, and keeps while it waits for memory. */
const searchLoan = { share: "draws", bytes: answerBytes, costMilliseconds: 20, waitingBytes: 4096 } as const;

/** An index is brought up to date without anyone saying so here: answers are kept for a moment only. */
const mostMaxAgeSeconds = 60;

/** Answers a search, in an object or in all of them, from the index alone. Throws an ImageError if it can't be answered. */
export async function answerSearch(services: Services, { request, visit, route }: Asked): Promise<Response> {
  const { config, publicRules } = services;
  const asked = readParameters(request.url);
  const expression = parseQuery(asked.q);
  const { limits } = publicRules[3];
  const addresses: Addresses = { base: baseOf({ config, request }), imagePrefix: config.prefix, limits };
  return withSearch(services, visit, async (search) => {
    const hits = await findHits({ search, addresses, route }, { ...asked, expression });
    const json = JSON.stringify(hits);
    const contentType =
      route.kind === "catalogue-search" ? "application/json" : chooseDocumentType(request, route.version === 2 ? 3 : 2);
    const headers = documentHeaders({
      etag: `"${await digest(json + contentType)}"`,
      cacheTag: route.kind === "catalogue-search" ? searchTag : await objectTag(parseIdentifier(route.object)),
      maxAgeSeconds: Math.min(mostMaxAgeSeconds, config.infoMaxAgeSeconds),
      contentType,
      scope: isHostShared(config, request.url) ? "public" : "private",
    });
    return respondNotModified(request, headers, visit.account) ?? respondText(json, headers, visit.account);
  });
}

/**
 * Runs `work` with the index, in memory that is held meanwhile. Throws `search-unavailable` where none is bound,
 * `render-busy`, and what the work throws.
 */
export async function withSearch<T>(
  { budget, clock, search }: Services,
  { patience }: Visit,
  work: (search: SearchIndex) => Promise<T>,
): Promise<T> {
  if (search === undefined) {
    const hint = "Its operators bind a database as SEARCH.";
    throw new ImageError("search-unavailable", "This service has no search index.", { hint });
  }
  const lease = await budget.take(searchLoan, patience);
  try {
    return await whileRenewing(clock, lease, () => work(search));
  } finally {
    lease.release();
  }
}

interface Parameters {
  readonly q: string;
  readonly from: number;
  readonly ignored: readonly string[];
}

/** Names of parameters are told back, as far as there is room. */
const mostIgnored = 16;

/** Throws `query-malformed` for a place that is no number. */
function readParameters(url: string): Parameters {
  const { searchParams } = new URL(url);
  const place = searchParams.get("from") ?? "0";
  if (!/^\d{1,6}$/.test(place)) throw new ImageError("query-malformed", "from is not a number of up to six digits.");
  const others = [...new Set(searchParams.keys())].filter((name) => name !== "q" && name !== "from");
  return { q: searchParams.get("q") ?? "", from: Number(place), ignored: others.slice(0, mostIgnored) };
}

interface Place {
  readonly search: SearchIndex;
  readonly addresses: Addresses;
  readonly route: Asked["route"];
}

/** What has no word in it is found nowhere. */
async function findHits(
  { search, addresses, route }: Place,
  { expression, q, from, ignored }: Parameters & { readonly expression: string | undefined },
): Promise<Json> {
  if (route.kind === "catalogue-search") {
    const none = { objects: [], total: 0, isCapped: false, next: undefined };
    const found = expression === undefined ? none : await searchCatalogue(search, { expression, from });
    return formatCatalogueHits(addresses, { ...found, q, from, ignored });
  }
  const object = parseIdentifier(route.object);
  const none = { hits: [], next: undefined };
  const found = expression === undefined ? none : await searchObject(search, { object, expression, from });
  return (route.version === 2 ? formatHits : formatHitsV1)(addresses, { ...found, object, q, from, ignored });
}
