import type { SourceFormat } from "../remake/source-format.ts";
import { firstFullChroma } from "../remake/treatment.ts";

/** How the pixels of a master are written. */
export interface ConversionSettings {
  readonly compression: "jpeg" | "webp" | "deflate";
  /**
   * 1 to 100, for the lossy compressions; from 90 the chroma of JPEG tiles is kept full only if `subsampling` says so.
   */
  readonly quality: number;
  /** Side of a tile in pixels. */
  readonly tileSize: 256 | 512;
  /** How the chroma of JPEG tiles is stored: YCbCr at half size, or full. */
  readonly subsampling: "4:2:0" | "4:4:4";
  /**
   * Keeps the pixels in the colours of the source's profile, which is stored with them, instead of converting to sRGB.
   */
  readonly keepsProfile: boolean;
  /** Keeps 16 bits per sample, which needs the compression `deflate`. */
  readonly keepsDepth: boolean;
  /** The page to convert, from 0; 0 when left out. */
  readonly page?: number;
}

/** The stages of a conversion that are timed. */
export type ConversionStage = "read" | "decode" | "resize" | "encode" | "write" | "verify";

/** A written master. */
export interface ConvertedMaster {
  /** In pixels, after orientation. */
  readonly width: number;
  readonly height: number;
  /** Number of resolutions, including the full one. */
  readonly levels: number;
  /** Side of a tile in pixels. */
  readonly tileSize: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** SHA-256 of the file that was written, in hexadecimal. */
  readonly checksum: string;
  /** Seconds that each stage took; 0 for one that was skipped or is counted with another. */
  readonly seconds: Readonly<Record<ConversionStage, number>>;
  /** Sentences for a person: for example that a profile was missing, or that transparency was flattened on white. */
  readonly warnings: readonly string[];
  /** The tiles are the source's own, untouched. */
  readonly isRepacked: boolean;
}

/** What a source file says about itself, before any pixel is decoded. */
export interface SourceSummary {
  readonly format: SourceFormat;
  /** In pixels as stored, before orientation. */
  readonly width: number;
  readonly height: number;
  /** How many images it holds, not counting pyramid levels, thumbnails, masks or animation frames. */
  readonly pages: number;
  /** A tiled TIFF with reduced levels, which `repackMaster` accepts. */
  readonly isPyramid: boolean;
  readonly model: "bilevel" | "gray" | "rgb" | "cmyk" | "lab";
  /** Bits per sample; 16 for 10, 12 and 14 bits. */
  readonly depth: 1 | 2 | 4 | 8 | 16 | 32 | 64;
  readonly hasAlpha: boolean;
  readonly hasProfile: boolean;
  /** As in Exif and TIFF: 1 is upright. */
  readonly orientation: number;
  readonly bytes: number;
}

/** Work that can be stopped from outside. */
export interface Stoppable {
  readonly signal?: AbortSignal | undefined;
}

/** Lists what is wrong with settings regardless of the image, one sentence each; empty when all is well. */
export function settingFaults(settings: ConversionSettings): readonly string[] {
  const { compression, quality, subsampling, tileSize, keepsDepth } = settings;
  const faults: string[] = [];
  if (!Number.isInteger(quality) || quality < 1 || quality > 100) {
    faults.push(`The quality is ${quality}; it must be a whole number from 1 to 100.`);
  }
  if (tileSize !== 256 && tileSize !== 512) faults.push(`The tile size is ${tileSize}; it must be 256 or 512.`);
  if (compression === "jpeg" && subsampling === "4:4:4" && quality < firstFullChroma) {
    faults.push(
      `libvips halves the chroma of JPEG tiles below quality ${firstFullChroma}: choose 4:2:0, or a higher quality.`,
    );
  }
  if (compression === "jpeg" && subsampling === "4:2:0" && quality >= firstFullChroma) {
    faults.push(
      `libvips keeps the chroma of JPEG tiles at quality ${firstFullChroma} and above: choose 4:4:4, or a lower quality.`,
    );
  }
  if (keepsDepth && compression !== "deflate") {
    faults.push(`${compression} stores 8 bits per sample: use deflate to keep the depth.`);
  }
  return faults;
}
