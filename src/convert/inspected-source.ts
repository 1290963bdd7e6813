import { IngestError } from "../node/ingest-error.ts";
import type { SourceSummary } from "../settings/conversion.ts";

/** A summary with what decoding takes beside it. */
export interface InspectedSource {
  readonly summary: SourceSummary;
  /** The page as libvips counts: directories of a TIFF, whatever they are for. */
  readonly pageIndex: number;
  /** Alpha that is no fourth colour; other extra samples are dropped. */
  readonly extraSamples: "none" | "alpha" | "other";
  /** Dots an inch, where libvips states them; those of a TIFF are carried as they are. */
  readonly density: number | undefined;
  /** A TIFF in strips, of which libvips reports every one that it can't decode. */
  readonly isStripped: boolean;
  /** Of an animation; 1 for a picture that stands still. */
  readonly frames: number;
}

/** Returns the error for a page that a file does not have. */
export function noSuchPage(file: string, page: number, pages: number): IngestError {
  return new IngestError("setting-impossible", `${file} has no page ${page}: its pages are 0 to ${pages - 1}.`);
}
