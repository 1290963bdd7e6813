import type { Keeping } from "../access/grant.ts";
import { digest } from "../digest.ts";
import { baseOf, isHostShared } from "../http/base-uri.ts";
import { pageHeaders, respondNotModified, respondText } from "../http/respond.ts";
import type { Site } from "../pages/site.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";

/** People load a page again where they miss something: answers are kept for a moment only, and are cheap to ask for again. */
const mostMaxAgeSeconds = 60;

/** Returns what all pages have in common, for the host that a request is told. */
export function siteOf({ config, page, search, publicRules }: Services, request: Request): Site {
  const { limits } = publicRules[3];
  return {
    name: config.siteName,
    addresses: { base: baseOf({ config, request }), imagePrefix: config.prefix, limits },
    hasAssets: page !== undefined,
    isSearched: search !== undefined,
    helpUrl: config.helpUrl,
  };
}

/** A page, and what its headers say of it. */
export interface MadePage {
  readonly html: string;
  /** Names what its answers are purged with. */
  readonly cacheTag: string;
  readonly languages: readonly string[];
  readonly alternateUri?: string;
  /** Who may keep it; anybody unless it is stated. */
  readonly keeping?: Keeping;
}

/** Answers a page that was made: with it, or with 304 where the client has it. */
export async function respondMadePage(
  { config }: Services,
  { request, visit, page }: { readonly request: Request; readonly visit: Visit; readonly page: MadePage },
): Promise<Response> {
  const { html, cacheTag, languages, alternateUri, keeping = { kind: "anybody" } } = page;
  const headers = pageHeaders({
    etag: `"${await digest(html)}"`,
    cacheTag,
    maxAgeSeconds: Math.min(mostMaxAgeSeconds, config.infoMaxAgeSeconds),
    keeping,
    scope: isHostShared(config, request.url) ? "public" : "private",
    languages,
    alternateUri,
  });
  return respondNotModified(request, headers, visit.account) ?? respondText(html, headers, visit.account);
}
