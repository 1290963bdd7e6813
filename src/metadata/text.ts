import { maxMetadataCharacters } from "../limits.ts";

/**
 * Decodes text in an unknown encoding: UTF-8 if the bytes are valid, otherwise windows-1252, which includes ISO 8859-1.
 */
export function decodeText(bytes: Uint8Array): string {
  return decodeUtf8(bytes) ?? new TextDecoder("windows-1252").decode(bytes);
}

/** Decodes UTF-8, without its byte order mark; undefined for bytes that are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Returns text that fits any format: the parts between NULs joined by semicolons, as Copyright has the photographer's
 * and the editor's; control characters and runs of spaces as one space; cut at `maxMetadataCharacters`. Undefined if
 * nothing is left. Source: Exif 3.0 §4.6.5, Copyright.
 */
export function cleanText(text: string): string | undefined {
  const wellFormed = text.slice(0, maxMetadataCharacters * 4).toWellFormed();
  const parts = wellFormed.split("\0").map((part) => part.replace(/[\s\p{Cc}\uFEFF\uFFFE\uFFFF]+/gu, " ").trim());
  const cleaned = parts.filter((part) => part !== "").join("; ");
  const cut = cleaned.length <= maxMetadataCharacters ? cleaned : cleaned.slice(0, maxMetadataCharacters);
  // A cut may split a surrogate pair.
  const whole = cut.isWellFormed() ? cut : cut.slice(0, -1);
  return whole === "" ? undefined : whole.trimEnd();
}
