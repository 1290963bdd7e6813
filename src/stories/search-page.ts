import { evenKeeping, type Keeping } from "../access/grant.ts";
import { withoutTiming } from "../http/respond.ts";
import { searchTag } from "../identity/cache-tags.ts";
import { formatSearchPage } from "../pages/search-page.tsx";
import { parseQuery } from "../search/search-query.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";
import { findInCatalogue } from "./catalogue-hits.ts";
import { readNumber } from "./collection-page.ts";
import { withSearch } from "./search-memory.ts";
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
  const respond = async (html: string, keeping: Keeping): Promise<Response> => {
    const page = { html, cacheTag: searchTag, languages: [], keeping: evenKeeping(keeping) };
    return withoutTiming(await respondMadePage(services, { request, visit, page }));
  };
  if (q === "") {
    const html = await withSearch(services, visit, async () => formatSearchPage(site, undefined));
    return respond(html, { kind: "anybody" });
  }
  const { keeping, ...found } = await findInCatalogue(services, visit, { q, expression: parseQuery(q), from });
  return respond(formatSearchPage(site, { ...found, q, from }), keeping);
}
