import { keepingOf } from "../access/grant.ts";
import { type Collection, topCollection } from "../catalogue/collection.ts";
import { policiesOfCollection, showCollection } from "../catalogue/shown-collection.ts";
import { ImageError } from "../error.ts";
import { rawPath } from "../http/route.ts";
import { collectionTag } from "../identity/cache-tags.ts";
import { parseIdentifier } from "../identity/identifier.ts";
import { formatCollectionPage } from "../pages/collection-page.tsx";
import { formatEmptyPage } from "../pages/error-page.tsx";
import type { CollectionPlace } from "../pages/site.ts";
import { languagesOf } from "../pages/texts.tsx";
import { collectionUri } from "../presentation/addresses.ts";
import { type Stored, withCollection } from "../records.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";
import { groundOf } from "./shown.ts";
import { respondMadePage, siteOf } from "./site.ts";

/** The root of the pages of collections; that of the top one is `/`. */
const collectionRoot = "/collections/";

/**
 * Answers the page of a collection, from its record alone: `/`, or `/collections/{key}?part=…&from=…`. A service in which
 * nothing is catalogued says so on its front page. Throws an ImageError if it can't be answered.
 */
export async function answerCollectionPage(
  services: Services,
  { request, visit }: { readonly request: Request; readonly visit: Visit },
): Promise<Response> {
  const path = rawPath(request.url);
  const key = path === "/" ? topCollection : parseIdentifier(path.slice(collectionRoot.length));
  const place = readPlace(request.url);
  const site = siteOf(services, request);
  const cacheTag = await collectionTag(key);
  const ground = await groundOf(services, visit);
  const answer = async (stored: Stored<Collection>): Promise<Response> => {
    const record = stored.read();
    const collection = showCollection(record, ground);
    const keeping = keepingOf(policiesOfCollection(record, ground), ground.now);
    const html = formatCollectionPage(site, collection, place);
    if (html === undefined) throw new ImageError("not-found", "The collection has no part of this name.");
    const languages = languagesOf(collection.label);
    const alternateUri = collectionUri(site.addresses, 3, { key, part: place.part });
    return respondMadePage(services, { request, visit, page: { html, cacheTag, languages, alternateUri, keeping } });
  };
  try {
    return await withCollection(services.records, { key, visit }, answer);
  } catch (error) {
    const isEmpty = key === topCollection && place.part === undefined;
    if (!isEmpty || !(error instanceof ImageError) || error.code !== "not-found") throw error;
    return respondMadePage(services, {
      request,
      visit,
      page: { html: formatEmptyPage(site), cacheTag, languages: [] },
    });
  }
}

/** Throws `query-malformed` for a place that is no number. */
function readPlace(url: string): CollectionPlace {
  const { searchParams } = new URL(url);
  const part = searchParams.get("part") ?? undefined;
  return { part, from: readNumber(searchParams, "from") ?? 0 };
}

/** Returns a number of the query; undefined where it is not there. Throws `query-malformed` for anything else. */
export function readNumber(parameters: URLSearchParams, name: string): number | undefined {
  const text = parameters.get(name);
  if (text === null) return undefined;
  if (!/^\d{1,6}$/.test(text)) throw new ImageError("query-malformed", `${name} is not a number of up to six digits.`);
  return Number(text);
}
