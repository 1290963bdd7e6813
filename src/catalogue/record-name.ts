/** Longest key of an object of R2, in bytes of UTF-8. Source: Cloudflare R2, limits. */
const mostKeyBytes = 1024;

/** What the key of a record has besides that of its object or collection: `collections/` and `.json`. */
const recordBytes = "collections/.json".length;

/**
 * Says what is wrong with the key of an object or a collection, in a sentence without a full stop; undefined if nothing is.
 */
export function keyFault(key: string): string | undefined {
  const segments = key.split("/");
  if (segments.some((segment) => segment === "")) return "a part of it is empty";
  if (segments.some((segment) => segment.startsWith(".")))
    return "a part of it starts with a dot, which no address may";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (/[\u0000-\u001f\u007f]/.test(key)) return "it has a control character";
  const bytes = new TextEncoder().encode(key).byteLength + recordBytes;
  return bytes > mostKeyBytes ? `it is longer than ${mostKeyBytes - recordBytes} bytes` : undefined;
}
