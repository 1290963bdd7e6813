import type { Size } from "../geometry.ts";

/** What the bytes of all pictures of a service depend on, next to their requests. */
export interface PictureSettings {
  readonly jpegQuality: number;
  /** How colours are treated that are not sRGB. */
  readonly colorProfile: string;
  /** Which metadata pictures keep. */
  readonly keepMetadata: string;
  /** The digest of what is put over the pictures of one image; undefined for nothing. */
  readonly marks?: string | undefined;
}

/**
 * Formats what changes the bytes of a picture next to its request. What `max` means depends on limits that may be changed:
 * the size that it came to is part of it.
 */
export function formatSettings(settings: PictureSettings, { width, height }: Size): string {
  const { jpegQuality, colorProfile, keepMetadata, marks } = settings;
  const marked = marks === undefined ? [] : [`${marksPrefix}${marks}`];
  return [...marked, jpegQuality, colorProfile, keepMetadata, width, height].join(" ");
}

const marksPrefix = "marks=";

/** Returns the digest of marks that stands in the settings of a picture; undefined where none does. */
export function marksOfSettings(settings: string): string | undefined {
  const [first = ""] = settings.split(" ", 1);
  return first.startsWith(marksPrefix) ? first.slice(marksPrefix.length) : undefined;
}

/** Returns the size that stands in the settings of a picture; undefined where none does. */
export function sizeOfSettings(settings: string): Size | undefined {
  const [, width, height] = / (\d{1,7}) (\d{1,7})$/.exec(settings) ?? [];
  return width === undefined ? undefined : { width: Number(width), height: Number(height) };
}
