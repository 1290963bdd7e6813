import { maxMetadataReadBytes } from "../limits.ts";
import { unlessMalformed } from "../pyramid/faults.ts";
import { parseIptc } from "./iptc.ts";
import type { Metadata } from "./metadata.ts";
import { cleanText, decodeUtf8 } from "./text.ts";
import { xmpNames } from "./xmp-names.ts";
import { parseXmp } from "./xmp-reader.ts";

/**
 * Returns the title of an image: that of its XMP in the default language, otherwise in the first, else that of its IPTC.
 * `metadata` is read by the policy `all`. Never throws. Source: ISO 16684-1 §8.3, dc:title; IPTC IIM 4.2 §6, Object Name.
 */
export function titleOf({ xmp, iptc }: Pick<Metadata, "xmp" | "iptc">): string | undefined {
  return (
    (xmp && titleOfXmp(xmp)) ?? (iptc && iptc.byteLength <= maxMetadataReadBytes ? parseIptc(iptc).title : undefined)
  );
}

function titleOfXmp(bytes: Uint8Array): string | undefined {
  const text = decodeUtf8(bytes);
  const packet = text === undefined ? undefined : unlessMalformed(() => parseXmp(text));
  const titles = packet?.properties.get(xmpNames.title) ?? [];
  const chosen = titles.find(({ language }) => language === "x-default") ?? titles[0];
  return chosen && cleanText(chosen.text);
}
