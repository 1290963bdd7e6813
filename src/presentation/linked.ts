import type { Link, Provider } from "../catalogue/link.ts";
import type { Addresses } from "./addresses.ts";
import { formatThumbnail } from "./image-resource.ts";
import { given, type Json } from "./json.ts";

/** Types of resources by the first half of their media type. Source: IIIF Presentation API 3.0 §3.2, type. */
const types: Readonly<Record<string, string>> = { image: "Image", audio: "Sound", video: "Video", model: "Model" };

/** Returns a resource for people: a homepage, or another rendering. */
export function formatLink({ uri, label, format, profile, language }: Link): Json {
  const type = types[format?.split("/")[0] ?? ""] ?? "Text";
  const about = { ...given("format", format), ...given("profile", profile), ...given("language", language) };
  return { id: uri, type, label, ...about };
}

/** Returns a resource for machines. */
export function formatDataLink(link: Link): Json {
  return { ...formatLink(link), type: "Dataset" };
}

/** Returns an institution. Source: IIIF Presentation API 3.0 §3.1, provider. */
export function formatProvider(addresses: Addresses, { uri, label, homepage, logo, seeAlso }: Provider): Json {
  return {
    id: uri,
    type: "Agent",
    label,
    ...given("homepage", homepage?.map(formatLink)),
    ...given("logo", logo === undefined ? undefined : [formatThumbnail(addresses, logo)]),
    ...given("seeAlso", seeAlso?.map(formatDataLink)),
  };
}
