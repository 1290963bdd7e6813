import type { ApiVersion } from "../iiif/version.ts";

/** Where a path to the text of pages, to a file, or to a search, leads. Keys are as in the path, still encoded. */
export type TextRoute =
  | { readonly kind: "text"; readonly version: ApiVersion; readonly object: string; readonly page: string }
  | { readonly kind: "file"; readonly object: string; readonly page: string }
  | { readonly kind: "attachment"; readonly object: string; readonly file: string }
  | { readonly kind: "object-search"; readonly version: SearchVersion; readonly object: string }
  | { readonly kind: "catalogue-search" };

/** Versions of the Content Search API. */
export type SearchVersion = 1 | 2;

/**
 * Finds the route of what follows `/presentation/` in a raw path, read from the right as that of a document is. Undefined
 * for a path that leads to neither text nor search.
 */
export function findTextRoute(rest: string): TextRoute | undefined {
  if (rest === "search") return { kind: "catalogue-search" };
  const [, object = "", noun = "", last = ""] = /^(.+)\/(text|file|attachment|search)\/([^/]+)$/.exec(rest) ?? [];
  if (noun === "file") return { kind: "file", object, page: last };
  if (noun === "attachment") return { kind: "attachment", object, file: last };
  if (noun === "search" && (last === "1" || last === "2")) {
    return { kind: "object-search", version: last === "1" ? 1 : 2, object };
  }
  const versioned = noun === "text" ? /^([23])\/(.+)$/.exec(object) : null;
  if (versioned === null) return undefined;
  return { kind: "text", version: Number(versioned[1]) as ApiVersion, object: versioned[2] ?? "", page: last };
}

/**
 * Says whether a route is spelt as documents spell it, slashes of keys encoded: then it leads to a page, though the page is
 * called `manifest` or `collection` and a document of an object with plain slashes would be called the same. The number of a
 * version is not the key of an object there.
 */
export function isSpeltOut(route: TextRoute): boolean {
  if (route.kind === "catalogue-search") return true;
  return !route.object.includes("/") && (route.kind === "text" || !/^[23]$/.test(route.object));
}
