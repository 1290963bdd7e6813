import { contextUris } from "../iiif/features.ts";
import { type ApiVersion, newestVersion } from "../iiif/version.ts";

/**
 * Returns the content type of info.json for what a request accepts. The versions have opposite defaults: 3.0 answers JSON-LD
 * unless plain JSON is asked for, 2.1 plain JSON unless JSON-LD is.
 * Source: Image API 3.0 §5.1, 2.1 §5.
 */
export function chooseInfoType({ headers }: Request, version: ApiVersion): string {
  const accept = headers.get("Accept");
  const linked = qualityOf(accept, "application/ld+json");
  const plain = qualityOf(accept, "application/json");
  const isLinked = version === 3 ? linked >= plain || plain === 0 : linked > plain;
  if (!isLinked) return "application/json";
  return version === 3 ? `application/ld+json;profile="${contextUris[3]}"` : "application/ld+json";
}

/** The weight a header gives to a media type by naming it; 0 if it does not: wildcards leave the choice to us. */
function qualityOf(accept: string | null, mediaType: string): number {
  for (const range of (accept ?? "").split(",")) {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    if (type !== mediaType) continue;
    const weight = parameters.find((parameter) => parameter.startsWith("q="));
    return weight === undefined ? 1 : Number(weight.slice(2)) || 0;
  }
  return 0;
}

/** The contexts of the Presentation API, which are the profiles of its documents. */
const presentationContexts: Record<ApiVersion, string> = {
  3: "http://iiif.io/api/presentation/3/context.json",
  2: "http://iiif.io/api/presentation/2/context.json",
};

/**
 * Returns the content type of a document of the Presentation API for what a request accepts. The versions have opposite
 * defaults, as those of info.json have. Source: Presentation API 3.0 §6.3, 2.1 §7.
 */
export function chooseDocumentType({ headers }: Request, version: ApiVersion): string {
  const accept = headers.get("Accept");
  const linked = qualityOf(accept, "application/ld+json");
  const plain = qualityOf(accept, "application/json");
  const isLinked = version === 3 ? linked >= plain || plain === 0 : linked > plain;
  return isLinked ? `application/ld+json;profile="${presentationContexts[version]}"` : "application/json";
}

/** Returns the version that a request asks for by a profile in what it accepts, else the newest. */
export function chooseDocumentVersion({ headers }: Request): ApiVersion {
  return headers.get("Accept")?.includes(presentationContexts[2]) === true ? 2 : newestVersion;
}

/** Says whether a request would rather have JSON than text: it names a type of JSON, and no text with more weight. */
export function prefersJson({ headers }: Request): boolean {
  const accept = headers.get("Accept");
  const best = (types: readonly string[]): number => Math.max(...types.map((type) => qualityOf(accept, type)));
  const json = best(["application/problem+json", "application/json", "application/ld+json"]);
  return json > 0 && json >= best(["text/plain", "text/html", "text/*"]);
}
