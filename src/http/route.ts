import { ImageError } from "../error.ts";
import type { ImageParameters } from "../iiif/request.ts";
import { type ApiVersion, newestVersion } from "../iiif/version.ts";
import { maxPathCharacters } from "../limits.ts";

/** Where the path of an image leads. Identifiers and parameters are as in the path, still encoded. */
export type Route =
  | { readonly kind: "redirect"; readonly path: string; readonly status: 302 }
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

/** Throws `url-too-long` for a path above the limit, of whatever it is. */
export function checkPathLength(path: string): void {
  if (path.length <= maxPathCharacters) return;
  throw new ImageError("url-too-long", `The path is longer than ${maxPathCharacters} characters.`);
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
 * `prefix` is the path before the version. Throws `not-found` for a path that leads nowhere.
 * Source: Image API 3.0 §2, §3.
 */
export function findRoute(path: string, prefix: string): Route {
  const versioned = /^\/([23])\/(.+)$/.exec(path.slice(prefix.length));
  if (versioned === null) return redirectToNewest(path, prefix);
  const version = Number(versioned[1]) as ApiVersion;
  const segments = (versioned[2] ?? "").split("/");
  const last = segments.at(-1) ?? "";
  if (last === "info.json" && segments.length > 1) {
    return { kind: "info", version, identifier: segments.slice(0, -1).join("/") };
  }
  const parameters = findParameters(segments);
  if (parameters !== undefined) {
    return { kind: "image", version, identifier: segments.slice(0, -4).join("/"), parameters };
  }
  return { kind: "base", version, identifier: (last === "" ? segments.slice(0, -1) : segments).join("/") };
}

/** The last four segments, if they are an image request and not the end of an identifier with plain slashes. */
function findParameters(segments: readonly string[]): ImageParameters | undefined {
  if (segments.length < 5) return undefined;
  const [region = "", size = "", rotation = "", qualityAndFormat = ""] = segments.slice(-4);
  const isImage =
    segments.length === 5 ||
    /^(?:full|square|max|pct(?::|%3A)|\d+,)/i.test(region) ||
    /^(?:default|color|gray|bitonal|native|grey)\./.test(qualityAndFormat);
  return isImage && qualityAndFormat !== "" ? { region, size, rotation, qualityAndFormat } : undefined;
}

/** An identifier without a version, or its info.json, goes on to the newest. Nothing else does. */
function redirectToNewest(path: string, prefix: string): Route {
  const rest = path.slice(prefix.length + 1);
  const isIdentifier = /^[^/]+(?:\/(?:info\.json)?)?$/.test(rest) && !/^[23]\/?$/.test(rest);
  if (!isIdentifier) throw nowhere(`Images are under ${prefix}/3/{identifier}/ and ${prefix}/2/{identifier}/.`);
  return { kind: "redirect", path: `${prefix}/${newestVersion}/${rest}`, status: 302 };
}

/** Returns the `not-found` of a path that leads nowhere. */
export function nowhere(instead: string): ImageError {
  return new ImageError("not-found", `Nothing is served at this address. ${instead}`);
}
