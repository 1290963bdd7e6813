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

/** What a request comes to that says how large it is in words: its size, and the longest side of a reduced image. */
export interface PictureExtent extends Size {
  readonly reducedTo?: number | undefined;
}

/**
 * Formats what changes the bytes of a picture next to its request. What `max` means depends on limits that may be changed:
 * the size that it came to is part of it. What any request means depends on what the image was reduced to.
 */
export function formatSettings(settings: PictureSettings, { width, height, reducedTo }: PictureExtent): string {
  return withSize(formatStyle(settings, reducedTo), { width, height });
}

/** Formats the part of settings that all pictures of an image share; `reducedTo` is the longest side of a reduced one. */
export function formatStyle(settings: PictureSettings, reducedTo: number | undefined): string {
  const { jpegQuality, colorProfile, keepMetadata, marks } = settings;
  const marked = marks === undefined ? "" : `${marksPrefix}${marks} `;
  const reduced = reducedTo === undefined ? "" : ` max=${reducedTo}`;
  return `${marked}${jpegQuality} ${colorProfile} ${keepMetadata}${reduced}`;
}

/** Returns the settings of a picture: what `formatStyle` returned, and the size of the picture. */
export function withSize(style: string, { width, height }: Size): string {
  return `${style} ${width} ${height}`;
}

const marksPrefix = "marks=";

/** Returns the digest of marks that stands in the settings of a picture; undefined where none does. */
export function marksOfSettings(settings: string): string | undefined {
  const [first = ""] = settings.split(" ", 1);
  return first.startsWith(marksPrefix) ? first.slice(marksPrefix.length) : undefined;
}

/** Returns what stands in the settings of a picture about its extent; undefined where nothing does. */
export function extentOfSettings(settings: string): PictureExtent | undefined {
  const [, reducedTo, width, height] = /(?: max=(\d{1,7}))? (\d{1,7}) (\d{1,7})$/.exec(settings) ?? [];
  if (width === undefined) return undefined;
  const size = { width: Number(width), height: Number(height) };
  return reducedTo === undefined ? size : { ...size, reducedTo: Number(reducedTo) };
}
