import { showWork } from "../catalogue/shown-work.ts";
import { ImageError } from "../error.ts";
import { rawPath } from "../http/route.ts";
import { objectTag } from "../identity/cache-tags.ts";
import { parseIdentifier } from "../identity/identifier.ts";
import { formatObjectPage } from "../pages/object-page.tsx";
import { type Passages, viewOf } from "../pages/object-view.ts";
import type { ObjectPlace } from "../pages/site.ts";
import { languagesOf } from "../pages/texts.tsx";
import { statedInRecord } from "../policies.ts";
import { manifestUri } from "../presentation/addresses.ts";
import { noSuchRecord, withWork } from "../records.ts";
import { type Hit, searchObject } from "../search/object-search.ts";
import { parseQuery } from "../search/search-query.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";
import { readNumber } from "./collection-page.ts";
import { withSearch } from "./search-memory.ts";
import { type AskedOfObject, grantDocuments, grantSearch, groundOf } from "./shown.ts";
import { respondMadePage, siteOf } from "./site.ts";

/** The root of the pages of objects. */
const objectRoot = "/objects/";

/** What was found and is shown on one page; more is behind a link. */
const mostPassages = 100;

/**
 * Answers the page of an object, from its record alone: `/objects/{key}?page=…&image=…&q=…`. What is searched for is asked of
 * the index first, so that memory is never held while more of it is waited for. Throws an ImageError if it can't be answered.
 */
export async function answerObjectPage(
  services: Services,
  { request, visit }: { readonly request: Request; readonly visit: Visit },
): Promise<Response> {
  const key = parseIdentifier(rawPath(request.url).slice(objectRoot.length));
  const place = readPlace(request.url);
  const site = siteOf(services, request);
  const ground = await groundOf(services, visit);
  const passages = await findPassages(services, { request, key, visit }, place);
  return withWork(services.records, { key, visit }, async (stored) => {
    const stated = statedInRecord(services.policies, key, stored);
    const keeping = await grantDocuments(services, { request, key, visit }, { stated, ground });
    const work = showWork(stored.read(), ground);
    if (work === undefined) throw noSuchRecord();
    const view = viewOf(site, work, { place, passages });
    if (view === undefined) throw new ImageError("not-found", "The object has no page or no image of this name.");
    const page = {
      html: formatObjectPage(view),
      cacheTag: await objectTag(key),
      languages: languagesOf(work.label),
      alternateUri: manifestUri(site.addresses, 3, key),
      keeping,
    };
    return respondMadePage(services, { request, visit, page });
  });
}

/** Throws `query-malformed` for a place that is no number. */
function readPlace(url: string): ObjectPlace {
  const { searchParams } = new URL(url);
  const q = searchParams.get("q")?.trim();
  return {
    page: searchParams.get("page") ?? undefined,
    image: readNumber(searchParams, "image"),
    q: q === "" ? undefined : q,
    from: readNumber(searchParams, "from"),
  };
}

/** Returns what was found in an object; undefined where nothing is searched for. Throws what a search throws. */
async function findPassages(
  services: Services,
  asked: AskedOfObject,
  place: ObjectPlace,
): Promise<Passages | undefined> {
  const { q, from = 0 } = place;
  if (q === undefined) return undefined;
  const expression = parseQuery(q);
  if (expression === undefined) return { q, isCut: false, hits: [], next: undefined };
  const { closedPages } = await grantSearch(services, asked);
  return withSearch(services, asked.visit, async (search) => {
    const { hits, next } = await searchObject(search, { object: asked.key, expression, from, closedPages });
    const shown = hits.slice(0, mostPassages).map(formatPassage);
    return { q, isCut: shown.length < hits.length, hits: shown, next };
  });
}

function formatPassage({ page, before, match, after, lines }: Hit): Passages["hits"][number] {
  return { page, before, match, after, areas: lines.flatMap(({ area }) => (area === undefined ? [] : [area])) };
}
