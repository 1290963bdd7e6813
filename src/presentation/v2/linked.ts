import type { Link } from "../../catalogue/link.ts";
import { given, type Json } from "../json.ts";
import { formatValueV2 } from "./text-value.ts";

/** Returns a resource elsewhere: 2.1 has a format and a profile for all of them. Source: Presentation API 2.1 §3.4. */
export function formatLinkV2({ uri, label, format, profile }: Link): Json {
  return { "@id": uri, label: formatValueV2(label), ...given("format", format), ...given("profile", profile) };
}
