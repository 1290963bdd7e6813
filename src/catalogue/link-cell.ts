import type { Link } from "./link.ts";

/** Media types by extension, for the files that people link to. Source: IANA, media types. */
const mediaTypes: Readonly<Record<string, string>> = {
  ...{ html: "text/html", htm: "text/html", txt: "text/plain", csv: "text/csv", xml: "application/xml" },
  ...{ json: "application/json", jsonld: "application/ld+json", rdf: "application/rdf+xml", ttl: "text/turtle" },
  ...{ pdf: "application/pdf", epub: "application/epub+zip", zip: "application/zip" },
  ...{
    jpg: "image/jpeg",
    jpeg: "image/jpeg",
    png: "image/png",
    tif: "image/tiff",
    mp3: "audio/mpeg",
    mp4: "video/mp4",
  },
};

/**
 * Reads a link from a cell: `Label <URI>`, or a URI alone, whose host is its label then. The format follows from the
 * extension; a page without one is HTML. Undefined for what is no http or https URI.
 */
export function readLink(text: string, language: string): Link | undefined {
  const [, label, framed] = /^(.*?)\s*<([^<>\s]+)>$/s.exec(text) ?? [];
  const uri = framed ?? text;
  const [, host] = /^https?:\/\/([^\s/?#]+)[^\s<>"]*$/.exec(uri) ?? [];
  if (host === undefined || !URL.canParse(uri)) return undefined;
  const words = label === undefined || label === "" ? { none: [host] } : { [language]: [label] };
  return { uri: asUri(uri), label: words, format: mediaTypes[extensionOf(uri)] ?? "text/html" };
}

/** What is not ASCII may stand in an IRI and in no URI. Source: RFC 3987 §3.1. */
function asUri(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant.
  return /^[\u0000-\u007f]*$/.test(text) ? text : new URL(text).href;
}

function extensionOf(uri: string): string {
  const path = uri.replace(/^https?:\/\/[^/]*/, "").replace(/[?#].*$/s, "");
  return /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? "";
}
