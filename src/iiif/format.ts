import { ImageError } from "../error.ts";

/** The formats that are served, by file extension, with their media types. Source: Image API 3.0 §4.5. */
export const mediaTypes = {
  jpg: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
  tif: "image/tiff",
  gif: "image/gif",
  pdf: "application/pdf",
} as const;

/** The format parameter. */
export type Format = keyof typeof mediaTypes;

/** A format that pixels are encoded in. */
export type Encoding = Exclude<Format, "pdf">;

/** Returns what the pixels of a format are encoded in: a PDF is a page around a JPEG. */
export function encodingOf(format: Format): Encoding {
  return format === "pdf" ? "jpg" : format;
}

/** Parses a format. Throws `format-unknown`. */
export function parseFormat(text: string): Format {
  if (!Object.hasOwn(mediaTypes, text)) {
    throw new ImageError("format-unknown", `The format is not one of ${Object.keys(mediaTypes).join(", ")}.`);
  }
  return text as Format;
}
