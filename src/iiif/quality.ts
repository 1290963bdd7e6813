import { ImageError } from "../error.ts";

/** The qualities that are served. Source: Image API 3.0 §4.4. */
export const qualities = ["default", "color", "gray", "bitonal"] as const;

/** The quality parameter. */
export type Quality = (typeof qualities)[number];

/** Parses a quality. Throws `quality-unknown`. */
export function parseQuality(text: string): Quality {
  const quality = qualities.find((known) => known === text);
  if (quality === undefined) {
    throw new ImageError("quality-unknown", `The quality is not one of ${qualities.join(", ")}.`);
  }
  return quality;
}
