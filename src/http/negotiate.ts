import { contextUris } from "../iiif/features.ts";
import { type ApiVersion, newestVersion } from "../iiif/version.ts";

/**
 * Returns the content type of info.json for what a request accepts. The versions have opposite defaults where it likes
 * both alike: 3.0 answers JSON-LD, 2.1 plain JSON. A type that is named is liked better than one that a wildcard covers.
 * Source: RFC 9110 §12.5.1, Image API 3.0 §5.1, 2.1 §5.
 */
export function chooseInfoType(request: Request, version: ApiVersion): string {
  if (!prefersLinked(request, version)) return "application/json";
  return version === 3 ? `application/ld+json;profile="${contextUris[3]}"` : "application/ld+json";
}

/** Says whether a request would rather have JSON than text; of two that it likes alike, the one that it names. */
export function prefersJson({ headers }: Request): boolean {
  const accepted = parseAccept(headers.get("Accept"));
  const best = (types: readonly string[]): Liking =>
    types.map((type) => weigh(accepted, type)).reduce((one, other) => (compare(other, one) > 0 ? other : one));
  const json = best(["application/problem+json", "application/json", "application/ld+json"]);
  const text = best(["text/plain", "text/html"]);
  return json.weight > text.weight || (json.weight === text.weight && json.precision === named && json.weight > 0);
}

/** Says whether a request names HTML among what it accepts, as browsers do that open a page. */
export function asksForPage({ headers }: Request): boolean {
  return /\btext\/html\b/i.test(headers.get("Accept") ?? "");
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
export function chooseDocumentType(request: Request, version: ApiVersion): string {
  return prefersLinked(request, version)
    ? `application/ld+json;profile="${presentationContexts[version]}"`
    : "application/json";
}

/**
 * Returns the content type of a document of the Change Discovery API for what a request accepts. Source: Change Discovery
 * API 1.0 §4.1.
 */
export function chooseFeedType(request: Request): string {
  return prefersLinked(request, 3)
    ? 'application/ld+json;profile="http://iiif.io/api/discovery/1/context.json"'
    : "application/json";
}

/** Returns the version that a request asks for by a profile in what it accepts, else the newest. */
export function chooseDocumentVersion({ headers }: Request): ApiVersion {
  return headers.get("Accept")?.includes(presentationContexts[2]) === true ? 2 : newestVersion;
}

/** Says whether a request would rather have JSON-LD than plain JSON; the versions differ where it likes both alike. */
function prefersLinked({ headers }: Request, version: ApiVersion): boolean {
  const accepted = parseAccept(headers.get("Accept"));
  const linked = weigh(accepted, "application/ld+json");
  return isPreferred(linked, weigh(accepted, "application/json")) ?? version === 3;
}

/** How much a request likes a media type. */
interface Liking {
  /** From 0, not at all, to 1. */
  readonly weight: number;
  /** Of the range that says so: 0 for none, 1 for any type, 2 for any subtype, 3 for the type itself. */
  readonly precision: number;
}

const named = 3;

/** Undefined where both are liked, or disliked, alike. What is named with no weight is liked least. */
function isPreferred(one: Liking, other: Liking): boolean | undefined {
  const isNeither = one.weight === 0 && other.weight === 0;
  const preference = isNeither ? other.precision - one.precision : compare(one, other);
  return preference === 0 ? undefined : preference > 0;
}

function compare(one: Liking, other: Liking): number {
  return one.weight - other.weight || one.precision - other.precision;
}

interface MediaRange {
  readonly range: string;
  readonly weight: number;
}

/** Reads the ranges of an Accept header, whose parameters may hold commas and semicolons in quotes. */
function parseAccept(header: string | null): readonly MediaRange[] {
  const ranges = (header ?? "").toLowerCase().match(/(?:[^,"]|"(?:\\.|[^"\\])*"?)+/g) ?? [];
  return ranges.map((text) => {
    const [range = "", ...parameters] = (text.match(/(?:[^;"]|"(?:\\.|[^"\\])*"?)+/g) ?? []).map((part) => part.trim());
    const weight = parameters.find((parameter) => /^q\s*=/.test(parameter));
    return { range, weight: weight === undefined ? 1 : weightOf(weight.replace(/^q\s*=\s*/, "")) };
  });
}

function weightOf(text: string): number {
  return /^\d+(?:\.\d*)?$|^\.\d+$/.test(text) ? Math.min(1, Number(text)) : 0;
}

/** The most precise range that covers a type decides; of several alike the first. */
function weigh(accepted: readonly MediaRange[], mediaType: string): Liking {
  const covering = ["", "*/*", `${mediaType.split("/")[0]}/*`, mediaType];
  for (let precision = named; precision > 0; precision--) {
    const found = accepted.find(({ range }) => range === covering[precision]);
    if (found !== undefined) return { weight: found.weight, precision };
  }
  return { weight: 0, precision: 0 };
}
