import type { Entry, Work } from "../../catalogue/work.ts";
import { type Addresses, pieceUri } from "../addresses.ts";
import { topRange } from "../contents.ts";
import { given, type Json } from "../json.ts";
import { formatValueV2 } from "./text-value.ts";

/**
 * Returns the ranges of a table of contents as a flat list, with one at the top that names the first. Source: Presentation
 * API 2.1 §5.6.
 */
export function formatRangesV2(addresses: Addresses, { key: object, contents }: Work): readonly Json[] {
  if (contents.length === 0) return [];
  const top = {
    "@id": pieceUri(addresses, "range", { object, key: topRange }),
    "@type": "sc:Range",
    label: "Contents",
    viewingHint: "top",
    ranges: contents.map(({ key }) => pieceUri(addresses, "range", { object, key })),
  };
  return [top, ...contents.flatMap((entry) => formatRangeV2(addresses, object, entry))];
}

/** Returns an entry and, behind it, those in it. */
function formatRangeV2(addresses: Addresses, object: string, { key, label, pages, entries }: Entry): readonly Json[] {
  const range = {
    "@id": pieceUri(addresses, "range", { object, key }),
    "@type": "sc:Range",
    label: formatValueV2(label),
    ...given(
      "canvases",
      pages.map((page) => pieceUri(addresses, "canvas", { object, key: page })),
    ),
    ...given(
      "ranges",
      entries.map((entry) => pieceUri(addresses, "range", { object, key: entry.key })),
    ),
  };
  return [range, ...entries.flatMap((entry) => formatRangeV2(addresses, object, entry))];
}
