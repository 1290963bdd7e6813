import { IngestError } from "../node/ingest-error.ts";
import type { SourceSummary } from "../settings/conversion.ts";

/** Where an image is in its file: which directory of a TIFF's chain, and which SubIFD of that one, both from 0. */
export interface PagePlace {
  readonly index: number;
  readonly subIfd: number | undefined;
}

/** The place of an image that is alone in its file. */
export const firstPlace: PagePlace = { index: 0, subIfd: undefined };

/** Returns the options by which libvips opens one image of a file. */
export function pageOptions({ summary, place }: Pick<InspectedSource, "summary" | "place">) {
  if (summary.format !== "tiff") return {};
  return place.subIfd === undefined ? { page: place.index } : { page: place.index, subifd: place.subIfd };
}

/** A summary with what decoding needs. */
export interface InspectedSource {
  readonly summary: SourceSummary;
  /** Where libvips finds the page. */
  readonly place: PagePlace;
  /** Whether it has an alpha channel, not a fourth colour; other extra samples are dropped. */
  readonly extraSamples: "none" | "alpha" | "other";
  /** Whether colours are stored multiplied by their alpha. */
  readonly isAssociated: boolean;
  /** Dots per inch, if libvips reports them; those of a TIFF are copied unchanged. */
  readonly density: number | undefined;
  /** A TIFF in strips, where libvips reports every strip that it can't decode. */
  readonly isStripped: boolean;
  /** What libvips can't read of how it is stored, as a part of a sentence about the file. */
  readonly beyondLibvips?: string | undefined;
  /** Frames of an animation; 1 for a still picture. */
  readonly frames: number;
}

/** Returns the error for a page that a file does not have. */
export function noSuchPage(file: string, page: number, pages: number): IngestError {
  return new IngestError("setting-impossible", `${file} has no page ${page}: its pages are 0 to ${pages - 1}.`);
}
