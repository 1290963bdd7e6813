import type { Area, Size } from "../geometry.ts";
import { maxReadBytes } from "../limits.ts";
import { colorSamples, type StoredModel } from "../pyramid/color-model.ts";
import type { Level } from "../pyramid/level.ts";
import type { TileEncoding } from "../pyramid/tile-encoding.ts";
import type { TileRange } from "../pyramid/tile-index.ts";
import type { Kernel } from "../raster/kernel.ts";
import { isNoTurn, noTurn, type Turn, turnSize } from "../raster/orientation.ts";
import type { ColorModel, Plane, Subsampling } from "../raster/raster.ts";
import type { ByteSource } from "../source/byte-source.ts";
import type { JpegCheckpoints } from "./jpeg/checkpoints.ts";
import type { MissingRows } from "./missing-rows.ts";
import { isStreamed } from "./packed-stream.ts";

/** Decodes the tiles of one level, by their compression, to planes of 8-bit samples. */
export interface TileDecoder {
  /** What the planes mean. */
  readonly model: ColorModel;
  /** The planes of a tile: those of the model, then alpha if `hasAlpha`. */
  readonly planeCount: number;
  readonly hasAlpha: boolean;
  /** How the chroma of `ycbcr` is subsampled. */
  readonly subsampling: Subsampling;
  /**
   * Decodes one whole tile into planes that are slices of a larger picture. Returns which rows of the tile as it is
   * stored could not be read; undefined if all could. Throws `source-malformed` for a tile of which nothing can be
   * read, `source-unsupported`, `render-memory`.
   */
  decodeInto(kernel: Kernel, tile: StoredTile, planes: readonly Plane[]): Promise<MissingRows | undefined>;
  /**
   * Decodes one whole tile of RGB to luma and halved chroma at once, from a window of whole 2 x 2 pixels. Returns undefined,
   * and has written nothing, where the tile does not allow it; absent where none does. Throws the same.
   */
  decodeHalved?(
    kernel: Kernel,
    tile: StoredTile,
    planes: readonly Plane[],
  ): { readonly missing: MissingRows | undefined } | undefined;
  /**
   * Decodes a tile from the top down, as many rows at a time as `rowsAtOnce` says, up to the end of its window; absent
   * where that is undefined. Throws the same.
   */
  decodeRows?(kernel: Kernel, tile: StoredTile): Generator<DecodedRows, void>;
}

/** Some rows of a tile. */
export interface DecodedRows {
  /** Index of the first row in the tile as it is decoded, and the number of rows. */
  readonly first: number;
  readonly count: number;
  /** Whether what is missing is told of these rows alone, or of all that are asked for, as far as is known. */
  readonly isAlone: boolean;
  /** Writes them to planes that begin with the first of them, until the next are asked for; returns what is missing. */
  writeInto(planes: readonly Plane[]): MissingRows | undefined | Promise<MissingRows | undefined>;
}

/** A tile as it was read. */
export interface StoredTile {
  /** Its compressed bytes: one part, or one for each sample of a planar level. */
  readonly parts: readonly Uint8Array[];
  /** Instead of them the file itself, of a tile that `isReadByRows`, and where the tile is in it. */
  readonly source?: ByteSource | undefined;
  readonly range?: TileRange | undefined;
  /** Where decoding it has come to before, for such a tile. */
  readonly checkpoints?: JpegCheckpoints | undefined;
  /** Rows of pixels in it: the last strip only has the remaining rows of the image. */
  readonly rows: number;
  /** The pixels of the tile, as decoded, that are needed; undefined for all. The others may have any value. */
  readonly window?: Area | undefined;
}

/** What a decoder is made for. */
export interface TileShape {
  /** The level as it is stored. */
  readonly level: Level;
  /** How many times smaller than stored its tiles are decoded; above 1 only for JPEG. */
  readonly reduction: 1 | 2 | 4 | 8;
  /** How rows are turned that come some at a time, where the decoder can: those of JPEG. Not at all if it is left out. */
  readonly turn?: Turn;
}

/** About how many bytes of packed samples come at once. */
const batchBytes = 1 << 17;

/**
 * The most bytes of decoded samples of a JPEG that come at once, and of coefficients if it is progressive: each time the
 * file is gone through from its beginning, so that there should be few.
 */
const jpegBytes = { samples: 12 << 20, coefficients: 12 << 20 } as const;

/** Rows of a JPEG come in multiples of this many, and its sides are padded to them where it is turned: whole MCUs. */
export const jpegRows = 32;

/** The bytes of decoded samples of a JPEG that come at once where it is decoded as it is read: each is gone to once. */
const bytesOfRead = 1 << 20;

/** Strips of more bytes of samples are decoded as they are read: whole, they take several times as much. */
const largeStripBytes = 4 << 20;

/** About how many bytes of packed samples of such a strip come at once. */
const stripBatchBytes = 5 << 18;

/**
 * Returns whether the tiles of a level are decoded as they are read, from the top down: a file that is a JPEG of one scan
 * and longer than a read may be, and large strips. Where tiles are turned as they are decoded, rows are gone to in
 * another order.
 */
export function isReadByRows(level: Level, turn: Turn = noTurn): boolean {
  const { encoding, isStripped, byteCounts } = level;
  if (!isStripped || !isNoTurn(turn)) return false;
  if (encoding.compression !== "jpeg") return isLargeStrip(level);
  return encoding.isOneScan && isCarried(encoding) && (byteCounts[0] ?? 0) > maxReadBytes;
}

function isLargeStrip(level: Level): boolean {
  const { compression, layout } = level.encoding;
  const isOfPixels = !layout.isPlanar && !isInUnits(level.encoding);
  return isStreamed(compression) && isOfPixels && packedRowBytes(level) * level.tileLength > largeStripBytes;
}

function isInUnits({ subsampling }: TileEncoding): boolean {
  return subsampling.x > 1 || subsampling.y > 1;
}

/** Returns the size of a level's only tile as it is turned in rows: padded, so that chroma is where it is in whole MCUs. */
export function paddedForTurn({ width, height }: Size): Size {
  const padded = (side: number): number => jpegRows * Math.ceil(side / jpegRows);
  return { width: padded(width), height: padded(height) };
}

/**
 * Returns how many rows of a tile come at once, counted in the tile as it is after `turn`, where tiles are decoded row by
 * row: the only tile of a level that is a PNG, a strip of whole pixels or a large JPEG, and each of several large strips.
 * An even number but for several strips whose length is odd; those are a whole multiple of it. Undefined where tiles are
 * decoded whole.
 */
export function rowsAtOnce(
  level: Level,
  { reduction, turn = noTurn }: Omit<TileShape, "level"> = { reduction: 1 },
): number | undefined {
  const { encoding, columns, rows, isStripped } = level;
  const { compression, layout } = encoding;
  if (!isStripped) return undefined;
  if (columns * rows > 1)
    return compression !== "jpeg" && isReadByRows(level, turn) ? stripRowsAtOnce(level) : undefined;
  if (compression === "jpeg") {
    const turned = turnSize({ width: level.tileWidth, height: level.tileLength }, turn);
    return isReadByRows(level, turn)
      ? readRowsAtOnce(encoding, turned, reduction)
      : jpegRowsAtOnce(encoding, turned, reduction);
  }
  const isOfCodec = compression === "webp" || compression === "jpeg2000";
  if (isOfCodec || isInUnits(encoding) || layout.isPlanar) return undefined;
  return 2 * Math.max(1, Math.floor(batchBytes / packedRowBytes(level) / 2));
}

/** The greatest divisor of the length of a strip that is small enough, an even one if there is any. */
function stripRowsAtOnce(level: Level): number {
  const { tileLength } = level;
  const step = tileLength % 2 === 0 ? 2 : 1;
  const most = Math.floor(stripBatchBytes / packedRowBytes(level));
  for (let rows = most - (most % step); rows > step; rows -= step) if (tileLength % rows === 0) return rows;
  return step;
}

/** Returns whether the components of a JPEG are its planes: what has to be enlarged needs its neighbours. */
function isCarried({ model, layout, isUneven }: TileEncoding): boolean {
  return (model === "gray" || (model === "ycbcr" && !isUneven)) && layout.samplesPerPixel === colorSamples[model];
}

/** Returns how many samples there are for each pixel. */
function samplesAPixel({ model, subsampling }: TileEncoding): number {
  return model === "gray" ? 1 : 1 + 2 / (subsampling.x * subsampling.y);
}

function readRowsAtOnce(encoding: TileEncoding, { width, height }: Size, reduction: number): number {
  const rows = Math.min(bytesOfRead / (Math.ceil(width / reduction) * samplesAPixel(encoding)), height / reduction);
  return jpegRows * Math.max(1, Math.ceil(rows / jpegRows));
}

/** A small JPEG is decoded at once, and so is one whose components have to be enlarged. */
function jpegRowsAtOnce(encoding: TileEncoding, turned: Size, reduction: number): number | undefined {
  if (!isCarried(encoding)) return undefined;
  const { isProgressive } = encoding;
  const samples = samplesAPixel(encoding);
  const decoded = jpegBytes.samples / (Math.ceil(turned.width / reduction) * samples);
  const areHeld = isProgressive && reduction < 8;
  const held = areHeld ? jpegBytes.coefficients / (2 * turned.width * samples * reduction) : decoded;
  const rows = Math.min(decoded, held);
  return rows >= turned.height / reduction ? undefined : jpegRows * Math.max(1, Math.floor(rows / jpegRows));
}

/** Returns how many bytes a row of samples takes as it is packed. */
export function packedRowBytes({ encoding, tileWidth }: Level): number {
  const { layout } = encoding;
  return Math.ceil((tileWidth * (layout.isPlanar ? 1 : layout.samplesPerPixel) * layout.bits) / 8);
}

/** What each stored colour model is decoded to. */
export const decodedModels: Readonly<Record<StoredModel, ColorModel>> = {
  gray: "gray",
  rgb: "rgb",
  ycbcr: "ycbcr",
  palette: "rgb",
  cmyk: "cmyk",
  ycck: "cmyk",
  lab: "lab",
  "icc-lab": "lab",
};

/** The required colour space of a profile for each stored model; CIELab does not use one. */
export const profileSpaces: Readonly<Record<StoredModel, "gray" | "rgb" | "cmyk" | undefined>> = {
  gray: "gray",
  rgb: "rgb",
  ycbcr: "rgb",
  palette: "rgb",
  cmyk: "cmyk",
  ycck: "cmyk",
  lab: undefined,
  "icc-lab": undefined,
};
