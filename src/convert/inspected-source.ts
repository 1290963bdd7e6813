import { IngestError } from "../node/ingest-error.ts";
import type { SourceSummary } from "../settings/conversion.ts";

/** A summary with what decoding needs. */
export interface InspectedSource {
  readonly summary: SourceSummary;
  /** The page as libvips counts pages: directories of a TIFF, whatever their purpose. */
  readonly pageIndex: number;
  /** Whether it has an alpha channel, not a fourth colour; other extra samples are dropped. */
  readonly extraSamples: "none" | "alpha" | "other";
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
