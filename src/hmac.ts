/** Returns the HMAC-SHA-256 of a text in UTF-8, 32 bytes. Source: RFC 2104. */
export async function hmac(secret: string, text: string): Promise<Uint8Array> {
  const bytes = new TextEncoder().encode(secret);
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text)));
}

/** Returns random bytes, as many as are wanted, in base64url. */
export function randomText(bytes: number): string {
  return encodeBase64Url(crypto.getRandomValues(new Uint8Array(bytes)));
}

/** Says whether two lists of bytes are the same, in a time that does not tell where they differ. */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  const difference = one.reduce((sum, byte, at) => sum | (byte ^ (other[at] ?? -1)), one.length ^ other.length);
  return difference === 0;
}

/** Returns bytes in base64url without padding. Source: RFC 4648 §5. */
export function encodeBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

/** Returns the bytes of a text in base64url without padding; undefined for a text that no bytes are written as. */
export function decodeBase64Url(text: string): Uint8Array | undefined {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  // The last letter may have bits that belong to no byte: one text for the same bytes, not several.
  return encodeBase64Url(bytes) === text ? bytes : undefined;
}
