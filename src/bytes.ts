/** Most bytes that UTF-8 takes for a character of a string, which is half of one that takes four. Source: RFC 3629 §3. */
const mostBytesOfCharacter = 3;

/** Says whether a text takes more than so many bytes in UTF-8. Short ones, as nearly all are, are not encoded for it. */
export function isLongerThan(text: string, bytes: number): boolean {
  return text.length * mostBytesOfCharacter > bytes && new TextEncoder().encode(text).byteLength > bytes;
}

/** Joins byte arrays into a new one. */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
