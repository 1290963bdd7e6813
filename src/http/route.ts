import { ImageError } from "../error.ts";
import type { ImageParameters } from "../iiif/request.ts";
import { type ApiVersion, newestVersion } from "../iiif/version.ts";
import { maxPathCharacters } from "../limits.ts";

/** Where a URL leads. Identifiers and parameters are as in the path, still encoded. */
export type Route =
  | { readonly kind: "health" }
  | { readonly kind: "redirect"; readonly path: string; readonly status: 302 | 303 }
  | { readonly kind: "base"; readonly version: ApiVersion; readonly identifier: string }
  | { readonly kind: "info"; readonly version: ApiVersion; readonly identifier: string }
  | {
      readonly kind: "image";
      readonly version: ApiVersion;
      readonly identifier: string;
      readonly parameters: ImageParameters;
    };

/**
 * Finds the route of a raw path, which is read from the right, so that an identifier may hold plain slashes. `prefix` is
 * the path before the version. Throws `not-found` for a path that leads nowhere, `url-too-long`.
 * Source: Image API 3.0 §2, §3.
 */
export function findRoute(path: string, prefix: string): Route {
  if (path.length > maxPathCharacters) {
    throw new ImageError("url-too-long", `The path is longer than ${maxPathCharacters} characters.`);
  }
  if (path === "/health") return { kind: "health" };
  if (!path.startsWith(`${prefix}/`)) throw nowhere(prefix);
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

/** The last four segments, where they are an image request and not the end of an identifier with plain slashes. */
function findParameters(segments: readonly string[]): ImageParameters | undefined {
  if (segments.length < 5) return undefined;
  const [region = "", size = "", rotation = "", qualityAndFormat = ""] = segments.slice(-4);
  const isImage =
    segments.length === 5 ||
    /^(?:full|square|max|pct(?::|%3A)|\d+,)/i.test(region) ||
    /^(?:default|color|gray|bitonal|native|grey)\./.test(qualityAndFormat);
  return isImage && qualityAndFormat !== "" ? { region, size, rotation, qualityAndFormat } : undefined;
}

/** A path without a version goes on to the newest, the rest kept. */
function redirectToNewest(path: string, prefix: string): Route {
  const rest = path.slice(prefix.length + 1);
  if (rest === "" || /^[23]\/?$/.test(rest)) throw nowhere(prefix);
  return { kind: "redirect", path: `${prefix}/${newestVersion}/${rest}`, status: 302 };
}

function nowhere(prefix: string): ImageError {
  return new ImageError(
    "not-found",
    `Nothing is served here. Images are under ${prefix}/3/{identifier}/ and ${prefix}/2/{identifier}/.`,
  );
}
