import { parseRightsUri } from "../iiif/rights-uri.ts";
import type { MetadataTexts } from "./metadata.ts";
import { cleanText } from "./text.ts";
import { xmpNames } from "./xmp-names.ts";
import type { TextRange, XmpItem, XmpPacket } from "./xmp-reader.ts";

/** Properties that may hold the URI of a licence, the most specific first. */
const rightsProperties = [
  ...[xmpNames.license, xmpNames.oldLicense, xmpNames.termsLicense, xmpNames.webStatement],
  ...[xmpNames.termsRights, xmpNames.europeanaRights, xmpNames.rights, xmpNames.usageTerms],
];

/**
 * Returns creators joined by semicolons; notice, credit and terms of use in the default language, otherwise in the
 * first; and the URI of the licence. Source: ISO 16684-1 §8 (Dublin Core, rights management); Creative Commons, XMP;
 * IPTC Photo Metadata Standard.
 */
export function textsOfXmp({ properties }: XmpPacket): MetadataTexts {
  const items = (name: string): readonly XmpItem[] => properties.get(name) ?? [];
  const text = (name: string): string | undefined => {
    const chosen = items(name).find(({ language }) => language === "x-default") ?? items(name)[0];
    return chosen && cleanText(chosen.text);
  };
  const webStatement = text(xmpNames.webStatement);
  const uris = rightsProperties.flatMap(items).map((item) => parseRightsUri(item.text));
  const creators = items(xmpNames.creator).map((item) => item.text);
  return {
    artist: cleanText(creators.join("\0")) ?? text(xmpNames.artist),
    copyright: text(xmpNames.rights) ?? text(xmpNames.copyright),
    credit: text(xmpNames.credit),
    rights: text(xmpNames.usageTerms),
    webStatement: webStatement !== undefined && isWebStatement(webStatement) ? webStatement : undefined,
    rightsUri: uris.find((uri) => uri !== undefined),
  };
}

/** Returns whether a text is the address of a page. */
export function isWebStatement(text: string): boolean {
  return /^https?:\/\/[^\s]+$/i.test(text);
}

/**
 * Returns a packet for a derivative: tiff:Orientation is 1, because the picture is already upright, and the padding
 * that lets editors write in place is removed. Source: ISO 16684-1 §7.3, packet padding.
 */
export function settleXmp(text: string, orientations: readonly TextRange[]): string {
  let settled = "";
  let at = 0;
  for (const { start, end } of orientations.toSorted((a, b) => a.start - b.start)) {
    settled += `${text.slice(at, start)}1`;
    at = end;
  }
  settled += text.slice(at);
  const trailer = settled.lastIndexOf("<?xpacket end=");
  if (trailer < 0) return settled.trimEnd();
  return `${settled.slice(0, trailer).trimEnd()}\n${settled.slice(trailer).trimEnd()}`;
}
