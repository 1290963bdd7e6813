import type { Described } from "../catalogue/described.ts";
import type { StoredImage } from "../catalogue/stored-image.ts";
import type { Addresses } from "./addresses.ts";
import { formatThumbnail } from "./image-resource.ts";
import { given, type Json } from "./json.ts";
import { formatDataLink, formatLink, formatProvider } from "./linked.ts";
import { formatPair, formatValue } from "./text-value.ts";

/** What is described, and the image that stands for it. */
export interface Pictured {
  readonly described: Described;
  readonly thumbnail: StoredImage | undefined;
}

/** Returns what a manifest and a collection tell of what they describe. Source: IIIF Presentation API 3.0 §3.1, §3.3. */
export function formatDescription(addresses: Addresses, { described, thumbnail }: Pictured): Json {
  const { label, summary, metadata, requiredStatement, rights, navDate, provider } = described;
  return {
    label,
    ...given("summary", summary && formatValue(summary)),
    ...given("metadata", metadata.map(formatPair)),
    ...given("requiredStatement", requiredStatement && formatPair(requiredStatement)),
    ...given("rights", rights),
    ...given("navDate", navDate),
    ...given(
      "provider",
      provider?.map((each) => formatProvider(addresses, each)),
    ),
    ...given("thumbnail", thumbnail && [formatThumbnail(addresses, thumbnail)]),
    ...given("homepage", described.homepage?.map(formatLink)),
    ...given("seeAlso", described.seeAlso?.map(formatDataLink)),
    ...given("rendering", described.rendering?.map(formatLink)),
  };
}
