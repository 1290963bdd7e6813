import { ImageError } from "../error.ts";
import type { ImageParameters } from "../iiif/request.ts";
import { type ApiVersion, newestVersion } from "../iiif/version.ts";
import { maxPathCharacters } from "../limits.ts";

/** Where the path of an image leads. Identifiers and parameters are as in the path, still encoded. */
export type Route =
  | { readonly kind: "redirect"; readonly path: string; readonly identifier: string }
  | { readonly kind: "base"; readonly version: ApiVersion; readonly identifier: string }
  | InfoRoute
  | ImageRoute;

/** The path of an info.json. */
export interface InfoRoute {
  readonly kind: "info";
  readonly version: ApiVersion;
  readonly identifier: string;
}

/** The path of a picture. */
export interface ImageRoute {
  readonly kind: "image";
  readonly version: ApiVersion;
  readonly identifier: string;
  readonly parameters: ImageParameters;
}

/** Returns the path of a URL as it came, still encoded: the URL class would decode and resolve parts of it. */
export function rawPath(url: string): string {
  return /^[a-z]+:\/\/[^/?#]*([^?#]*)/.exec(url)?.[1] ?? "/";
}

/** Returns the query of a URL as it came, still encoded and without its question mark; empty if it has none. */
export function queryOf(url: string): string {
  return /^[^?#]*\?([^#]*)/.exec(url)?.[1] ?? "";
}

/** Returns the query as `queryOf` does with its question mark, to be put behind another path; empty if it has none. */
export function searchOf(url: string): string {
  const query = queryOf(url);
  return query === "" ? "" : `?${query}`;
}

/** Returns a path for the log, where nobody may read a signature that he could use, however it is spelt. */
export function withoutSignature(path: string): string {
  if (!/%|sig/.test(path)) return path;
  const decoded = decodedOf(path);
  return decoded.includes(";sig=") ? decoded.replace(/;sig=[^/]*/g, ";sig=…") : path;
}

function decodedOf(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Throws `url-too-long` for a path above the limit, of whatever it is, or for a query that says what a path does elsewhere. */
export function checkPathLength(text: string, part: "path" | "query" = "path"): void {
  if (text.length <= maxPathCharacters) return;
  throw new ImageError("url-too-long", `The ${part} is longer than ${maxPathCharacters} characters.`);
}

/** Says whether a raw path is one of documents of the Presentation API. */
export function isDocumentPath(path: string): boolean {
  return path.startsWith(documentPrefix);
}

/** What the paths of documents of the Presentation API start with. */
export const documentPrefix = "/presentation/";

/** Says whether a raw path is one of images. */
export function isImagePath(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}

/**
 * Finds the route of the raw path of an image, which is read from the right, so that an identifier may hold plain slashes.
 * `prefix` is the path before the version. Throws `not-found` for a path that leads nowhere, `path-malformed` for one that
 * is nearly a request.
 * Source: Image API 3.0 §2, §3.
 */
export function findRoute(path: string, prefix: string): Route {
  const start = prefix.length + "/3/".length;
  const version = versionAt(path, prefix.length);
  if (version === undefined || path.length === start) return redirectToNewest(path, prefix);
  const lastSlash = path.lastIndexOf("/");
  if (lastSlash >= start && path.endsWith("/info.json")) {
    return { kind: "info", version, identifier: path.slice(start, lastSlash) };
  }
  const found = findParameters(path, start);
  if (found !== undefined) {
    return { kind: "image", version, identifier: found.identifier, parameters: found.parameters };
  }
  const segments = path.slice(start).split("/");
  const isEnded = segments.at(-1) === "";
  const named = isEnded ? segments.slice(0, -1) : segments;
  refuseMistyped(named, isEnded ? "slash" : "plain");
  return { kind: "base", version, identifier: named.join("/") };
}

function versionAt(path: string, at: number): ApiVersion | undefined {
  if (path.startsWith("/3/", at)) return 3;
  return path.startsWith("/2/", at) ? 2 : undefined;
}

/**
 * The last four segments behind `start`, and the identifier in front of them, if they are an image request and not the end of
 * an identifier with plain slashes.
 */
function findParameters(path: string, start: number): Pick<ImageRoute, "identifier" | "parameters"> | undefined {
  const fourth = path.lastIndexOf("/");
  const third = path.lastIndexOf("/", fourth - 1);
  const second = path.lastIndexOf("/", third - 1);
  const first = path.lastIndexOf("/", second - 1);
  if (first < start || fourth === path.length - 1) return undefined;
  const region = path.slice(first + 1, second);
  const qualityAndFormat = path.slice(fourth + 1);
  const isImage =
    path.lastIndexOf("/", first - 1) < start ||
    /^(?:full|square|max|pct(?::|%3A)|\d+,)/i.test(region) ||
    /^(?:default|color|gray|bitonal|native|grey)\./.test(qualityAndFormat);
  if (!isImage) return undefined;
  const size = path.slice(second + 1, third);
  const rotation = path.slice(third + 1, fourth);
  return { identifier: path.slice(start, first), parameters: { region, size, rotation, qualityAndFormat } };
}

/** What parameters look like, each of them at its place; the first one also when it is not the whole image. */
const shapes = [
  /^(?:full|square|pct(?::|%3A).*|\d+(?:,|%2C)\d*(?:,|%2C).*)$/i,
  /^(?:\^|%5E)?(?:full|max|pct(?::|%3A).*|(?:!|%21)?\d*(?:,|%2C)\d*)$/i,
  /^(?:!|%21)?\d+(?:\.\d*)?$/,
] as const;

const parameterNames = ["region", "size", "rotation"] as const;

/** Ends each of these sentences: what was refused may have been meant as an identifier after all. */
const wholeRequest =
  "A picture is at {identifier}/{region}/{size}/{rotation}/{quality}.{format}; slashes of an identifier are written as %2F.";

/**
 * Refuses what looks like a request for a picture or for info.json and is none: sent on as an identifier, it would be an
 * image of another name. Throws `path-malformed`, which says what is missing or too much.
 */
function refuseMistyped(segments: readonly string[], ending: "slash" | "plain"): void {
  const last = segments.at(-1) ?? "";
  const isAlone = segments.length === 1;
  if (ending === "slash") {
    if (last === "") throw mistyped("The path ends in more than one slash.");
    if (last === "info.json" && !isAlone) throw mistyped("There is a slash after info.json.");
    if (findParameters(`/${segments.join("/")}`, 1) !== undefined)
      throw mistyped("There is a slash after quality and format.");
  }
  if (segments.slice(1, -1).includes("info.json")) throw mistyped("There is more after info.json.");
  if (/^info(?:\.\w*)?$/i.test(last) && !isAlone)
    throw mistyped("What is told of an image is at {identifier}/info.json.");
  const isParameter = (name: number, place: number): boolean => shapes[name]?.test(segments[place] ?? "") === true;
  const beforeLast = segments.length - 2;
  if (
    /^(?:default|color|gray|bitonal|native|grey)\.\w*$/.test(last) &&
    [0, 1, 2].some((name) => isParameter(name, beforeLast))
  ) {
    const isWhole = [0, 1, 2].every((name) => isParameter(name, segments.length - 4 + name));
    throw mistyped(isWhole ? "The identifier is missing." : "A region, a size or a rotation is missing.");
  }
  for (let count = Math.min(3, segments.length - 1); count > 0; count--) {
    const from = segments.length - count;
    const isStart = segments.slice(from).every((_, name) => isParameter(name, from + name));
    if (isStart) throw mistyped(`The path ends after the ${parameterNames[count - 1]}.`);
  }
}

function mistyped(sentence: string): ImageError {
  return new ImageError("path-malformed", `${sentence} ${wholeRequest}`);
}

/** An identifier without a version, or its info.json, goes on to the newest. Nothing else does. */
function redirectToNewest(path: string, prefix: string): Route {
  const rest = path.slice(prefix.length + 1);
  const roots = `Images are under ${prefix}/3/{identifier}/ and ${prefix}/2/{identifier}/.`;
  const version = /^(\d(?:\.\d+)*)\/./.exec(rest)?.[1];
  if (version !== undefined) throw nowhere(`${roots} Version ${version} of the Image API is not served.`);
  const identifier = /^([^/]+)(?:\/(?:info\.json)?)?$/.exec(rest)?.[1];
  if (identifier === undefined || /^[23]$/.test(identifier)) throw nowhere(roots);
  return { kind: "redirect", path: `${prefix}/${newestVersion}/${rest}`, identifier };
}

/** Returns the `not-found` of a path that leads nowhere. */
export function nowhere(instead: string): ImageError {
  return new ImageError("not-found", `Nothing is served at this address. ${instead}`);
}
