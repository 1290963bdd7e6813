import { ImageError } from "../error.ts";
import { type Identifier, identifierOf } from "../identity/identifier.ts";

/** What stands behind an identifier in a path: how much of the image is asked for, and by what right. */
export interface AskedImage {
  /** The image itself. */
  readonly identifier: Identifier;
  /** The longest side, in pixels, of the reduced image that is asked for. */
  readonly longestSide?: number;
  readonly signature?: StatedSignature;
}

/** A signature as it stands in a path. */
export interface StatedSignature {
  /** Seconds since 1970. */
  readonly expires: number;
  /** Which secret it was made with. */
  readonly keyId: string;
  /** In base64url. */
  readonly code: string;
}

const endingPattern =
  /^(.+?)(?:;exp=([1-9]\d{0,10}))?(?:;max=([1-9]\d{0,6}))?(?:;sig=([a-z0-9]{1,16})\.([\w-]{22}))?$/s;

/** What an identifier that is none of the above has no part of. */
const reserved = /;(?:exp|max|sig)=/;

/** Says whether no image is called so: it would be taken for a part of an image, or for a signature. */
export function isReserved(identifier: string): boolean {
  return reserved.test(identifier);
}

/**
 * Divides what stands in a path for an image: `{identifier}`, `{identifier};max=N` for the reduced image, or
 * `{identifier};exp=E;max=N;sig=K.S` with a signature, where `max` may be missing. Each can be written in one way. Throws
 * `identifier-malformed` for what is nearly one of these, and `signature-invalid` if that was meant to be signed.
 */
export function divideAsked(asked: Identifier): AskedImage {
  if (!reserved.test(asked)) return { identifier: asked };
  const [, name = "", expires, side, keyId, code] = endingPattern.exec(asked) ?? [];
  const isSigned = expires !== undefined && keyId !== undefined && code !== undefined;
  const isPlain = expires === undefined && keyId === undefined && side !== undefined;
  if (reserved.test(name) || !(isSigned || isPlain)) {
    if (!/;(?:exp|sig)=/.test(asked))
      throw new ImageError(
        "identifier-malformed",
        "A reduced image is called {identifier};max=N, N a number of pixels.",
      );
    throw new ImageError("signature-invalid", "The signature of this address is not whole. Ask for a new address.");
  }
  const signature = isSigned ? { expires: Number(expires), keyId, code } : undefined;
  return {
    identifier: identifierOf(name),
    ...(side === undefined ? {} : { longestSide: Number(side) }),
    ...(signature === undefined ? {} : { signature }),
  };
}

/** Returns what `divideAsked` reads, for an image and a reduced one of it. */
export function formatReduced(identifier: string, longestSide: number): string {
  return `${identifier};max=${longestSide}`;
}

/** Returns what names an image, or a reduced one, to all who may see it. */
export function unsigned({ identifier, longestSide }: AskedImage): Identifier {
  // What stands in front of the size is an identifier.
  return (longestSide === undefined ? identifier : formatReduced(identifier, longestSide)) as Identifier;
}
