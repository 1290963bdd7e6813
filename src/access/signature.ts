import type { AccessSecret } from "../config/access-secrets.ts";
import { ImageError } from "../error.ts";
import { decodeBase64Url, encodeBase64Url, hmac, sameBytes } from "../hmac.ts";
import type { Identifier } from "../identity/identifier.ts";
import type { AskedImage } from "./asked-image.ts";

/** Tells these signatures from those of cookies and tokens, which the same secret makes. */
const context = "url/v1";

/** How much of a signature is kept, in bytes: nobody guesses 128 bits. Source: NIST SP 800-107 §5.3.3. */
const keptBytes = 16;

/** What is signed: an image, until when, and how much of it. */
export interface SignedImage {
  readonly identifier: Identifier;
  /** Seconds since 1970. */
  readonly expires: number;
  /** The longest side of the reduced image, in pixels; undefined for the image itself. */
  readonly longestSide?: number | undefined;
}

/** Returns an image as a path names it with a signature: whoever has the address sees the image until it expires. */
export async function signImage(image: SignedImage, { id, secret }: AccessSecret): Promise<string> {
  const { identifier, expires, longestSide } = image;
  const size = longestSide === undefined ? "" : `;max=${longestSide}`;
  const code = encodeBase64Url(await codeOf(image, secret));
  return `${identifier};exp=${expires}${size};sig=${id}.${code}`;
}

/**
 * Says whether an address is signed, for this image and this time; `now` is in milliseconds since 1970. Throws
 * `signature-invalid` for a signature that is none, is another image's, or has expired.
 */
export async function isSigned(
  { identifier, longestSide, signature }: AskedImage,
  secrets: readonly AccessSecret[],
  now: number,
): Promise<boolean> {
  if (signature === undefined) return false;
  const { expires, keyId, code } = signature;
  const secret = secrets.find(({ id }) => id === keyId);
  const given = decodeBase64Url(code);
  const isOwn =
    secret !== undefined &&
    given !== undefined &&
    sameBytes(await codeOf({ identifier, expires, longestSide }, secret.secret), given);
  if (!isOwn)
    throw new ImageError("signature-invalid", "The signature of this address was not made for it by this service.");
  if (now >= 1000 * expires)
    throw new ImageError("signature-invalid", "The signature of this address has expired. Ask for a new address.");
  return true;
}

async function codeOf({ identifier, expires, longestSide }: SignedImage, secret: string): Promise<Uint8Array> {
  // No part but the last may hold a line break.
  const stated = [context, expires, longestSide ?? "", identifier].join("\n");
  return (await hmac(secret, stated)).slice(0, keptBytes);
}
