import { ImageError } from "../error.ts";
import { formatDecimal, parseNumber } from "./decimal.ts";

/** The rotation parameter: mirrored first (left-right), then turned clockwise by `degrees`, 0 <= degrees < 360. */
export interface Rotation {
  readonly isMirrored: boolean;
  readonly degrees: number;
}

/** Parses `n` or `!n`; 360 is 0. Throws `rotation-malformed`. Source: Image API 3.0 §4.3, 2.1 §4.3. */
export function parseRotation(text: string): Rotation {
  const isMirrored = text.startsWith("!");
  const degrees = parseNumber(isMirrored ? text.slice(1) : text, "decimal");
  if (degrees === undefined || degrees > 360) {
    throw new ImageError(
      "rotation-malformed",
      "The rotation is not a number of degrees from 0 to 360, with an optional ! before it.",
    );
  }
  // Rounded as in the canonical form, so that one canonical URI is one picture.
  return { isMirrored, degrees: Number(formatDecimal(degrees)) % 360 };
}

/** Formats a rotation without trailing zeros. Source: Image API 3.0 §4.8. */
export function formatRotation({ isMirrored, degrees }: Rotation): string {
  return (isMirrored ? "!" : "") + formatDecimal(degrees);
}
