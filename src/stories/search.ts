import { evenKeeping, type Keeping } from "../access/grant.ts";
import { digest } from "../digest.ts";
import { ImageError } from "../error.ts";
import { baseOf, isHostShared } from "../http/base-uri.ts";
import { chooseDocumentType } from "../http/negotiate.ts";
import { documentHeaders, respondNotModified, respondText, withoutTiming } from "../http/respond.ts";
import { objectTag, searchTag } from "../identity/cache-tags.ts";
import { parseIdentifier } from "../identity/identifier.ts";
import type { Addresses } from "../presentation/addresses.ts";
import { formatCatalogueHits } from "../presentation/catalogue-hits.ts";
import type { Json } from "../presentation/json.ts";
import { formatHits } from "../presentation/object-hits.ts";
import type { TextRoute } from "../presentation/text-route.ts";
import { formatHitsV1 } from "../presentation/v2/object-hits.ts";
import { searchObject } from "../search/object-search.ts";
import { parseQuery } from "../search/search-query.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";
import { findInCatalogue } from "./catalogue-hits.ts";
import { withSearch } from "./search-memory.ts";
import { grantSearch } from "./shown.ts";

interface Asked {
  readonly request: Request;
  readonly visit: Visit;
  readonly route: Extract<TextRoute, { readonly kind: "object-search" | "catalogue-search" }>;
}

/** An index is brought up to date without anyone saying so here: answers are kept for a moment only. */
const mostMaxAgeSeconds = 60;

/** Answers a search, in an object or in all of them, from the index, as far as anybody may see what was found. Throws an ImageError if it can't be answered. */
export async function answerSearch(services: Services, { request, visit, route }: Asked): Promise<Response> {
  const { config, publicRules } = services;
  const asked = readParameters(request.url);
  const expression = parseQuery(asked.q);
  const { limits } = publicRules[3];
  const addresses: Addresses = { base: baseOf({ config, request }), imagePrefix: config.prefix, limits };
  const { hits, keeping } = await findHits(services, { request, visit, route }, { ...asked, addresses, expression });
  const json = JSON.stringify(hits);
  const contentType =
    route.kind === "catalogue-search" ? "application/json" : chooseDocumentType(request, route.version === 2 ? 3 : 2);
  const headers = documentHeaders({
    etag: `"${await digest(json + contentType)}"`,
    cacheTag: route.kind === "catalogue-search" ? searchTag : await objectTag(parseIdentifier(route.object)),
    maxAgeSeconds: Math.min(mostMaxAgeSeconds, config.infoMaxAgeSeconds),
    keeping: evenKeeping(keeping),
    contentType,
    scope: isHostShared(config, request.url) ? "public" : "private",
  });
  const { account } = visit;
  return withoutTiming(respondNotModified(request, headers, account) ?? respondText(json, headers, account));
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

interface Sought extends Parameters {
  readonly addresses: Addresses;
  /** Undefined where nothing that is searched for is a word: that is found nowhere. */
  readonly expression: string | undefined;
}

interface Hits {
  readonly hits: Json;
  readonly keeping: Keeping;
}

async function findHits(
  services: Services,
  { request, visit, route }: Asked,
  { addresses, expression, q, from, ignored }: Sought,
): Promise<Hits> {
  if (route.kind === "catalogue-search") {
    const { keeping, ...found } = await findInCatalogue(services, visit, { q, expression, from });
    return { hits: formatCatalogueHits(addresses, { ...found, q, from, ignored }), keeping };
  }
  const key = parseIdentifier(route.object);
  const { keeping, closedPages } = await grantSearch(services, { request, key, visit });
  const found = await withSearch(services, visit, async (search) =>
    expression === undefined
      ? { hits: [], next: undefined }
      : searchObject(search, { object: key, expression, from, closedPages }),
  );
  const format = route.version === 2 ? formatHits : formatHitsV1;
  return { hits: format(addresses, { ...found, object: key, q, from, ignored }), keeping };
}
