/** Returns the SHA-256 of bytes, or of a text in UTF-8, as 64 hexadecimal digits. */
export async function sha256(content: string | Uint8Array): Promise<string> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return formatDigest(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
}

/** Returns the first 32 hexadecimal digits of the SHA-256 of a text or of bytes. */
export async function digest(content: string | Uint8Array): Promise<string> {
  return (await sha256(content)).slice(0, 32);
}

/** Formats a hash as hexadecimal digits. */
export function formatDigest(hash: ArrayBuffer): string {
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
