import type { Size } from "../geometry.ts";
import type { MetadataBlocks } from "../metadata/read.ts";
import type { TileEncoding } from "../pyramid/tile-encoding.ts";

/** What a file that is not TIFF holds, as each format's reader finds it. */
export interface ImageFile extends Size {
  readonly kind: FileFormat;
  /** How the file is decoded, as the one tile of one level. */
  readonly encoding: TileEncoding;
  /** A whole ICC profile of at most `maxProfileBytes`. */
  readonly profile: Uint8Array | undefined;
  /** Each at most `maxMetadataReadBytes`. */
  readonly blocks: MetadataBlocks;
  /** What the format itself says, if EXIF does not. */
  readonly dotsPerInch: number | undefined;
}

/** The formats that are masters other than TIFF. */
export type FileFormat = "jpeg" | "png" | "webp";

/** What differs between the encodings of files. */
export interface FileEncoding extends Pick<TileEncoding, "compression" | "model"> {
  readonly bits: 1 | 2 | 4 | 8 | 16;
  readonly samplesPerPixel: number;
  /** Which sample is opacity. */
  readonly alphaSample?: number | undefined;
  readonly isInverted?: boolean;
  readonly palette?: Uint8Array | undefined;
  readonly subsampling?: TileEncoding["subsampling"];
  readonly isProgressive?: boolean;
  readonly isUneven?: boolean;
  readonly isOneScan?: boolean;
}

/** Returns the encoding of a file's pixels; all that is particular to TIFF is as plain as can be. */
export function fileEncoding(stated: FileEncoding): TileEncoding {
  const { compression, model, bits, samplesPerPixel, alphaSample, isInverted = false, palette, subsampling } = stated;
  return {
    compression,
    model,
    isInverted,
    palette,
    layout: {
      samplesPerPixel,
      bits,
      format: "unsigned",
      isLittleEndian: false,
      isBitReversed: false,
      isPlanar: false,
      range: { least: 0, most: 2 ** bits - 1 },
      alpha: alphaSample === undefined ? undefined : { sample: alphaSample, isAssociated: false },
    },
    predictor: "none",
    subsampling: subsampling ?? { x: 1, y: 1 },
    ccitt: undefined,
    jpegTables: undefined,
    isProgressive: stated.isProgressive ?? false,
    isUneven: stated.isUneven ?? false,
    isOneScan: stated.isOneScan ?? false,
  };
}
