import type { Entry, Work } from "../catalogue/work.ts";
import { type Addresses, pieceUri } from "./addresses.ts";
import type { Json } from "./json.ts";

/** The key of the range that holds the others, for versions that have one. No page has such a key: it starts with a tilde. */
export const topRange = "~top";

/**
 * Returns the ranges of a table of contents, those inside others inside them. Viewers show no canvases in it: an entry of
 * one page is a range of its own. Source: IIIF Presentation API 3.0 §5.4, Cookbook 0024.
 */
export function formatRanges(addresses: Addresses, { key, contents }: Pick<Work, "key" | "contents">): readonly Json[] {
  return contents.map((entry) => formatRange(addresses, key, entry));
}

/** Returns the range that holds the others, which 2.1 names; undefined of an object without contents. */
export function formatTopRange(addresses: Addresses, work: Pick<Work, "key" | "contents">): Json | undefined {
  if (work.contents.length === 0) return undefined;
  const id = pieceUri(addresses, "range", { object: work.key, key: topRange });
  return { id, type: "Range", label: { en: ["Contents"] }, items: formatRanges(addresses, work) };
}

/** Returns one entry of a table of contents with what is in it: its own pages first. */
export function formatRange(addresses: Addresses, object: string, { key, label, pages, entries }: Entry): Json {
  const canvases = pages.map((page) => ({ id: pieceUri(addresses, "canvas", { object, key: page }), type: "Canvas" }));
  const ranges = entries.map((entry) => formatRange(addresses, object, entry));
  return {
    id: pieceUri(addresses, "range", { object, key }),
    type: "Range",
    label,
    items: [...canvases, ...ranges],
  };
}

/** Finds an entry of a table of contents by its key. */
export function findEntry(entries: readonly Entry[], key: string): Entry | undefined {
  for (const entry of entries) {
    const found = entry.key === key ? entry : findEntry(entry.entries, key);
    if (found !== undefined) return found;
  }
  return undefined;
}
