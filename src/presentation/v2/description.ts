import type { Addresses } from "../addresses.ts";
import type { Pictured } from "../description.ts";
import { given, type Json } from "../json.ts";
import { formatThumbnailV2 } from "./image-resource.ts";
import { formatLinkV2 } from "./linked.ts";
import { formatPairV2, formatValueV2 } from "./text-value.ts";

/**
 * Returns what a manifest and a collection tell in 2.1: there are no providers but their logo, and the label of a statement
 * is lost. Source: Presentation API 2.1 §3.
 */
export function formatDescriptionV2(addresses: Addresses, { described, thumbnail }: Pictured): Json {
  const { label, summary, metadata, requiredStatement, rights, navDate, provider } = described;
  const logo = provider?.find((each) => each.logo !== undefined)?.logo;
  return {
    label: formatValueV2(label),
    ...given("description", summary && formatValueV2(summary)),
    ...given("metadata", metadata.map(formatPairV2)),
    ...given("attribution", requiredStatement && formatValueV2(requiredStatement.value)),
    ...given("license", rights),
    ...given("logo", logo && formatThumbnailV2(addresses, logo)),
    ...given("navDate", navDate),
    ...given("thumbnail", thumbnail && formatThumbnailV2(addresses, thumbnail)),
    ...given("related", described.homepage?.map(formatLinkV2)),
    ...given("seeAlso", described.seeAlso?.map(formatLinkV2)),
    ...given("rendering", described.rendering?.map(formatLinkV2)),
  };
}
