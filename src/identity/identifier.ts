import { isLongerThan } from "../bytes.ts";
import { ImageError } from "../error.ts";
import { maxIdentifierBytes } from "../limits.ts";

declare const brand: unique symbol;

/** The name of an image, decoded. `parseIdentifier` and `identifierOf` make it, and nothing else does. */
export type Identifier = string & { readonly [brand]: "Identifier" };

/**
 * Decodes an identifier from the raw path, each part exactly once; plain slashes are taken as part of it.
 * Throws `identifier-malformed` for a bad escape, control characters, an empty identifier or one above
 * `maxIdentifierBytes`, and `not-found` for one with a hidden segment. Source: Image API 3.0 §3, §9.
 */
export function parseIdentifier(raw: string): Identifier {
  if (!raw.includes("%")) return identifierOf(raw);
  try {
    return identifierOf(decodeURIComponent(raw));
  } catch (cause) {
    if (!(cause instanceof URIError)) throw cause;
    throw new ImageError("identifier-malformed", "The identifier has an escape that is not %XX of UTF-8.", { cause });
  }
}

/** Returns a decoded text as an identifier. Throws what `parseIdentifier` throws for one that is not. */
export function identifierOf(identifier: string): Identifier {
  if (identifier === "") throw new ImageError("identifier-malformed", "The identifier is empty.");
  if (isLongerThan(identifier, maxIdentifierBytes)) {
    throw new ImageError("identifier-malformed", `The identifier is longer than ${maxIdentifierBytes} bytes.`);
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  if (/[\u0000-\u001f\u007f]/.test(identifier)) {
    throw new ImageError("identifier-malformed", "The identifier has a control character.");
  }
  if (hasHiddenSegment(identifier)) throw noSuchImage();
  return identifier as Identifier;
}

/**
 * Says whether a segment of an identifier starts with a dot. No image is served under such a name: `.` and `..` would lead out of a folder, and
 * programs hide files of their own that way.
 */
export function hasHiddenSegment(identifier: string): boolean {
  return identifier.startsWith(".") || identifier.includes("/.");
}

/** What is said of all identifiers that name no image. */
export const unknownImage = "There is no image with this identifier.";

/** Returns the `not-found` of an identifier that names no image, the same for all of them. */
export function noSuchImage(): ImageError {
  return new ImageError("not-found", unknownImage);
}

/**
 * Returns an identifier of the raw path as a URI holds it, in the spelling of who asked: only plain slashes are encoded.
 * Source: Image API 3.0 §5.2, `id` is the base URI of the request.
 */
export function spellIdentifier(raw: string): string {
  return raw.replaceAll("/", "%2F");
}

/** Characters that encodeURIComponent escapes though a path may hold them plainly. Source: RFC 3986 §3.3, pchar. */
const plainInPath = /%(?:3A|24|26|2B|2C|3B|3D)/g;

/** What every part of a URI may hold as it is, and the slashes between. Source: RFC 3986 §2.3. */
const unreserved = /^[A-Za-z0-9._~/-]*$/;

/**
 * Encodes an identifier for a URI: `/ ? # [ ] @ %`, characters that no URI may hold and all that is not ASCII; colon,
 * comma and their like stay. Source: Image API 3.0 §9.
 */
export function formatIdentifier(identifier: Identifier): string {
  return formatSegment(identifier);
}

/** Encodes any text as one segment of a path, as `formatIdentifier` does. */
export function formatSegment(text: string): string {
  // Most keys need nothing else, and a manifest names them some ten times a page.
  if (unreserved.test(text)) return text.includes("/") ? text.replaceAll("/", "%2F") : text;
  return encodeURIComponent(text).replace(plainInPath, decodeURIComponent);
}

/**
 * Encodes any text as one segment of a path, all but the unreserved characters: what is signed is encoded so. Source: RFC 3986
 * §2.3; AWS Signature Version 4.
 */
export function escapeSegment(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
