/** How the pixels of a master are written. */
export interface ConversionSettings {
  readonly compression: "jpeg" | "webp" | "deflate";
  /** 1 to 100, of the lossy compressions; from 90 on the chroma of JPEG tiles is kept whole only if `subsampling` says so. */
  readonly quality: number;
  /** Side of a tile in pixels. */
  readonly tileSize: 256 | 512;
  /** What becomes of the chroma of JPEG tiles: YCbCr of half the size, or all of it. */
  readonly subsampling: "4:2:0" | "4:4:4";
  /** Keeps the pixels in the colours of the source's profile, which is stored beside them, instead of converting to sRGB. */
  readonly keepsProfile: boolean;
  /** Keeps 16 bits a sample, for which the compression must be `deflate`. */
  readonly keepsDepth: boolean;
  /** The page converted, from 0 on; 0 when left out. */
  readonly page?: number;
}

/** The stages of a conversion whose time is told apart. */
export type ConversionStage = "read" | "decode" | "resize" | "encode" | "write" | "verify";

/** A master as it was written. */
export interface ConvertedMaster {
  /** In pixels, as the image is seen. */
  readonly width: number;
  readonly height: number;
  /** How many resolutions it has, the full one included. */
  readonly levels: number;
  /** Side of a tile in pixels. */
  readonly tileSize: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** SHA-256 of the file written, in hexadecimal. */
  readonly checksum: string;
  /** Seconds a stage took; 0 for one that was not gone through or is counted with another. */
  readonly seconds: Readonly<Record<ConversionStage, number>>;
  /** Sentences on what a person should know: a profile that was missing, transparency that was laid on white. */
  readonly warnings: readonly string[];
  /** The tiles are the source's own, untouched. */
  readonly isRepacked: boolean;
}

/** The formats that are read. */
export type SourceFormat = "tiff" | "jpeg" | "png" | "webp" | "avif" | "gif" | "jp2";

/** What a source file says of itself, before a pixel is decoded. */
export interface SourceSummary {
  readonly format: SourceFormat;
  /** In pixels as stored, before orientation. */
  readonly width: number;
  readonly height: number;
  /** How many images it holds; levels of a pyramid, thumbnails and masks are none, nor are the frames of an animation. */
  readonly pages: number;
  /** A tiled TIFF with reduced levels, which `repackMaster` takes. */
  readonly isPyramid: boolean;
  readonly model: "bilevel" | "gray" | "rgb" | "cmyk" | "lab";
  /** Bits a sample; of 10, 12 and 14 it says 16. */
  readonly depth: 1 | 2 | 4 | 8 | 16 | 32 | 64;
  readonly hasAlpha: boolean;
  readonly hasProfile: boolean;
  /** As Exif and TIFF count it, 1 for upright. */
  readonly orientation: number;
  readonly bytes: number;
}

/** What can be stopped from outside. */
export interface Stoppable {
  readonly signal?: AbortSignal | undefined;
}

/** libvips halves the chroma of JPEG tiles below this quality and stores RGB from it on. Source: libvips, tiffsave. */
export const firstFullChroma = 90;

/** Lists what is wrong with settings whatever the image, a sentence each; none where all is well. */
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
      `libvips keeps the chroma of JPEG tiles from quality ${firstFullChroma} on: choose 4:4:4, or a lower quality.`,
    );
  }
  if (keepsDepth && compression !== "deflate") {
    faults.push(`${compression} holds 8 bits a sample: keeping the depth needs deflate.`);
  }
  return faults;
}
