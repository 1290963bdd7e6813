/** Says whether a request wants a file to be saved under a useful name: its query has `download`. */
export function isDownload({ url }: Request): boolean {
  return url.includes("?") && new URL(url).searchParams.has("download");
}

/**
 * Returns the Content-Disposition of a file to be saved: its name in ASCII for clients that know no other, and in UTF-8
 * where that is another one. Source: RFC 6266 §4, appendix D; RFC 8187 §3.2.
 */
export function formatAttachment(name: string): string {
  const plain = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^\x20-\x7e]+|["\\%]/g, "_");
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"${plain === name ? "" : `; filename*=UTF-8''${encoded}`}`;
}
