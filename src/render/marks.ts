import type { Area, Size } from "../geometry.ts";

/** What is put over every picture of an image: part of its name, so that no picture without its marks is taken for one with them. */
export interface Marks {
  /** What is never seen, in whole pixels of the full image as it is seen; what lies outside of it counts for nothing. */
  readonly redactions: readonly Area[];
  /** The size of that image. What is drawn of it may be a smaller one that is made of some of its levels. */
  readonly image: Size;
  readonly watermark?: Watermark | undefined;
}

/** A picture over an image. It lies at a fixed place of the image and turns with it, so that tiles join. */
export interface Watermark {
  readonly image: DecodedMark;
  /** Of the file that the mark was decoded from. */
  readonly etag: string;
  readonly position: WatermarkPosition;
  /** Its longer side as a share of the image's shorter one, above 0 and up to 1. */
  readonly scale: number;
  /** How much of its own opacity it keeps, 0 to 1. */
  readonly opacity: number;
  /**
   * Pixels on the longer side of the whole image, at the scale of a picture, from which on the picture shows it. A tile
   * counts as the whole that it belongs to.
   */
  readonly fromPixels: number;
}

/** A mark as it is put over pictures: red, green, blue and alpha of each pixel, not multiplied, row by row, in sRGB. */
export interface DecodedMark extends Size {
  readonly samples: Uint8Array;
}

/** Where a watermark may lie. `tile` repeats it over the image, one of them in its middle. */
export const watermarkPositions = [
  ...(["center", "top", "bottom", "left", "right"] as const),
  ...(["top-left", "top-right", "bottom-left", "bottom-right", "tile"] as const),
] as const;

/** A place of a watermark. */
export type WatermarkPosition = (typeof watermarkPositions)[number];

/** Formats marks for the digest that stands in the name of a picture: other pixels, other text. */
export function formatMarks({ redactions, watermark }: Marks): string {
  const areas = redactions.map(({ x, y, width, height }) => [x, y, width, height].join());
  if (watermark === undefined) return areas.join(" ");
  const { etag, position, scale, opacity, fromPixels } = watermark;
  return [...areas, JSON.stringify([etag, position, scale, opacity, fromPixels])].join(" ");
}

/** Says whether there is anything to put over a picture. */
export function hasMarks({ redactions, watermark }: Marks): boolean {
  return redactions.length > 0 || watermark !== undefined;
}
