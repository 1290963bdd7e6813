import { searchTag } from "../identity/cache-tags.ts";
import { formatSearchPage } from "../pages/search-page.tsx";
import { searchCatalogue } from "../search/catalogue-search.ts";
import { parseQuery } from "../search/search-query.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";
import { readNumber } from "./collection-page.ts";
import { withSearch } from "./search.ts";
import { respondMadePage, siteOf } from "./site.ts";

/** Answers the page that searches in all objects: `/search?q=…&from=…`. Throws an ImageError if it can't be answered. */
export async function answerSearchPage(
  services: Services,
  { request, visit }: { readonly request: Request; readonly visit: Visit },
): Promise<Response> {
  const site = siteOf(services, request);
  const { searchParams } = new URL(request.url);
  const q = searchParams.get("q")?.trim() ?? "";
  const from = readNumber(searchParams, "from") ?? 0;
  const respond = (html: string): Promise<Response> =>
    respondMadePage(services, { request, visit, page: { html, cacheTag: searchTag, languages: [] } });
  const expression = q === "" ? undefined : parseQuery(q);
  return withSearch(services, visit, async (search) => {
    if (q === "") return respond(formatSearchPage(site, undefined));
    const none = { objects: [], total: 0, isCapped: false, next: undefined };
    const found = expression === undefined ? none : await searchCatalogue(search, { expression, from });
    return respond(formatSearchPage(site, { ...found, q, from }));
  });
}
