import * as v from "valibot";
import { type Policy, policySchema } from "../access/policy.ts";
import type { Size } from "../geometry.ts";
import { type LanguageMap, languageMapSchema } from "./language-map.ts";

/** An image of the service, as far as documents need it: they are written without asking for its master. */
export interface StoredImage extends Size {
  /** Decoded. */
  readonly identifier: string;
  /** The sizes that are stored as levels, in pixels as the image is seen, ascending; at most `mostSizes`. */
  readonly sizes: readonly Size[];
  /** What tells it from the other images of its page. */
  readonly label?: LanguageMap;
  /** Who may see it, as its own record states it: documents are written without asking for that either. */
  readonly policy?: Policy;
}

/** The sizes that are kept of an image: the smallest are what viewers ask for lists of pages. */
const mostSizes = 4;

/** The longer side that a thumbnail may have at most, in pixels. */
const mostThumbnailSide = 1024;

const pixels = v.pipe(v.number(), v.integer(), v.minValue(1));

/** A width and a height as they stand in a record. */
export const sizeEntries = { width: pixels, height: pixels };

export const storedImageSchema: v.GenericSchema<unknown, StoredImage> = v.object({
  identifier: v.pipe(v.string(), v.minLength(1)),
  ...sizeEntries,
  sizes: v.pipe(v.array(v.object(sizeEntries)), v.maxLength(mostSizes)),
  label: v.exactOptional(languageMapSchema),
  policy: v.exactOptional(policySchema),
});

/** Returns which of the stored sizes are kept for thumbnails: the largest up to 1,024 pixels a side, at most four, ascending. */
export function thumbnailSizes(stored: readonly Size[]): readonly Size[] {
  return stored
    .filter(({ width, height }) => Math.max(width, height) <= mostThumbnailSide)
    .toSorted((a, b) => a.width - b.width)
    .slice(-mostSizes)
    .map(({ width, height }) => ({ width, height }));
}
