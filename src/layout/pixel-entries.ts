import type { Size } from "../geometry.ts";
import type { Subsampling } from "../raster/raster.ts";
import { tags } from "../tiff/tags.ts";
import { bytesEntry, fieldTypes, numbersEntry, type PlannedEntry, type PlannedValue } from "./planned-entry.ts";

/** What the directory of a TIFF says of its pixels. */
export interface TiffPicture extends Size {
  readonly model: "gray" | "rgb" | "ycbcr";
  /** Straight, not multiplied into the colours. */
  readonly hasAlpha: boolean;
  readonly bitDepth: 1 | 8;
  readonly compression: "none" | "deflate" | "jpeg" | "webp";
  readonly predictor: "none" | "horizontal";
  /** Of strips all rows, or the sides of tiles. */
  readonly parts: { readonly rowsPerStrip: number } | { readonly tile: Size };
  readonly subsampling: Subsampling;
  readonly jpegTables?: Uint8Array | undefined;
}

const compressionCodes = { none: 1, jpeg: 7, deflate: 8, webp: 50001 } as const;
const photometricCodes = { gray: 1, rgb: 2, ycbcr: 6 } as const;
const colorCounts = { gray: 1, rgb: 3, ycbcr: 3 } as const;

/** Value of ExtraSamples. Source: TIFF 6.0 §18. */
const straightAlpha = 2;

/** Returns the entries that say how a picture's pixels are stored, upright. Source: TIFF 6.0 §3 to §8, §14, §15, §18, §21. */
export function pixelEntries(picture: TiffPicture, isLittleEndian: boolean): readonly PlannedEntry[] {
  const short = (tag: number, ...values: number[]): PlannedValue =>
    numbersEntry({ tag, type: fieldTypes.short, isLittleEndian }, values);
  const long = (tag: number, value: number): PlannedValue =>
    numbersEntry({ tag, type: fieldTypes.long, isLittleEndian }, [value]);
  const { width, height, model, hasAlpha, bitDepth, compression, predictor, parts, subsampling, jpegTables } = picture;
  const samples = colorCounts[model] + (hasAlpha ? 1 : 0);
  const entries: readonly (PlannedEntry | false | undefined)[] = [
    long(tags.imageWidth, width),
    long(tags.imageLength, height),
    short(tags.bitsPerSample, ...new Array<number>(samples).fill(bitDepth)),
    short(tags.compression, compressionCodes[compression]),
    short(tags.photometricInterpretation, photometricCodes[model]),
    short(tags.orientation, 1),
    short(tags.samplesPerPixel, samples),
    short(tags.planarConfiguration, 1),
    "tile" in parts ? long(tags.tileWidth, parts.tile.width) : long(tags.rowsPerStrip, parts.rowsPerStrip),
    "tile" in parts && long(tags.tileLength, parts.tile.height),
    predictor === "horizontal" && short(tags.predictor, 2),
    hasAlpha && short(tags.extraSamples, straightAlpha),
    model === "ycbcr" && short(tags.ycbcrSubsampling, subsampling.x, subsampling.y),
    jpegTables && bytesEntry(tags.jpegTables, fieldTypes.undefined, jpegTables),
  ];
  return entries.filter((entry) => entry !== undefined && entry !== false);
}
