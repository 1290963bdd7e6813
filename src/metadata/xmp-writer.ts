import type { MetadataTexts } from "./metadata.ts";
import { namespaces } from "./xmp-names.ts";

/**
 * Formats a packet that says what `texts` says and nothing else; undefined if they are empty. Names separated by
 * semicolons become one creator each. Source: ISO 16684-1 §7.
 */
export function formatXmp(texts: MetadataTexts): Uint8Array | undefined {
  const { artist, copyright, credit, rights, rightsUri } = texts;
  const webStatement = texts.webStatement ?? rightsUri;
  const license = rightsUri?.startsWith(creativeCommons) ? rightsUri : undefined;
  const properties = [
    artist && `<dc:creator>${list("Seq", artist.split("; "))}</dc:creator>`,
    copyright && `<dc:rights>${defaultOf(copyright)}</dc:rights>`,
    credit && `<photoshop:Credit>${escapeText(credit)}</photoshop:Credit>`,
    rights && `<xmpRights:UsageTerms>${defaultOf(rights)}</xmpRights:UsageTerms>`,
    webStatement && `<xmpRights:WebStatement>${escapeText(webStatement)}</xmpRights:WebStatement>`,
    license && `<cc:license rdf:resource="${escapeText(license)}"/>`,
  ].filter((property) => property !== undefined);
  if (properties.length === 0) return undefined;
  const body = properties.join("");
  const used = (["dc", "photoshop", "xmpRights", "cc"] as const).filter((prefix) => body.includes(`<${prefix}:`));
  const declarations = used.map((prefix) => ` xmlns:${prefix}="${namespaces[prefix]}"`).join("");
  return new TextEncoder().encode(
    `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">` +
      `<rdf:RDF xmlns:rdf="${namespaces.rdf}"><rdf:Description rdf:about=""${declarations}>${body}` +
      `</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>`,
  );
}

const creativeCommons = "http://creativecommons.org/";

function list(kind: "Alt" | "Seq", items: readonly string[]): string {
  return `<rdf:${kind}>${items.map((item) => `<rdf:li>${escapeText(item)}</rdf:li>`).join("")}</rdf:${kind}>`;
}

function defaultOf(text: string): string {
  return `<rdf:Alt><rdf:li xml:lang="x-default">${escapeText(text)}</rdf:li></rdf:Alt>`;
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
