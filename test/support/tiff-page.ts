import { partJpeg } from "./jpeg-tables.ts";
import {
  drawPicture,
  type Picture,
  type PixelFunction,
  patternPixel,
  reducePicture,
  type SampleDepth,
} from "./picture.ts";
import {
  type ByteCompression,
  type Chunk,
  type ChunkEncoder,
  type Compressor,
  cutChunk,
  encodeChunk,
  pickChannel,
} from "./tiff-chunk.ts";
import type { Field } from "./tiff-directory.ts";
import { type ChunkGrid, formatPageFields, type photometrics } from "./tiff-page-fields.ts";

/** How one picture of a file is stored. The comments name the default. */
export interface PageForm {
  /** Tiles of one width and height, or of two. Without it the page is stored in strips. */
  readonly tile?: number | { readonly tileWidth: number; readonly tileLength: number };
  /** All rows in one strip. */
  readonly rowsPerStrip?: number;
  /** `none`. */
  readonly compression?: ByteCompression | "jpeg" | "webp" | "jpeg2000";
  /** 1. */
  readonly predictor?: 1 | 2 | 3;
  /** `RGB`, or `MinIsBlack` for one or two samples a pixel. */
  readonly photometric?: keyof typeof photometrics;
  /** As many as the photometric needs. Any more are alpha. */
  readonly samplesPerPixel?: number;
  /** Meaning of the first extra sample, or of each: 2, unassociated alpha; the others 0. */
  readonly extraSamples?: 0 | 1 | 2 | readonly (0 | 1 | 2)[];
  /** 1, interleaved. */
  readonly planarConfiguration?: 1 | 2;
  /** 8. */
  readonly bitsPerSample?: SampleDepth["bitsPerSample"];
  /** `unsigned`. */
  readonly sampleFormat?: SampleDepth["sampleFormat"];
  /** SMinSampleValue and SMaxSampleValue; not written. */
  readonly sampleRange?: readonly [number, number];
  /** All reds by index, then all greens, then all blues, of 16 bits each. */
  readonly colorMap?: readonly number[];
  /** 1, the first bit of a byte is its highest. */
  readonly fillOrder?: 1 | 2;
  /** T4Options, whose lowest bit asks for two-dimensional coding. */
  readonly t4Options?: number;
  readonly orientation?: number;
  /** Padding of edge tiles: `edge` for JPEG, `loud` for the rest. */
  readonly padding?: "edge" | "loud";
  /** Makes JPEG, WebP or JPEG 2000 tiles; needed for these compressions unless `tileBytes` is there. */
  readonly encodeTile?: ChunkEncoder;
  /** Compresses for `zstd`. */
  readonly compress?: Compressor;
  /** Gives ready-made chunks; no pixel is drawn then, so that a small file may stand for a huge image. */
  readonly tileBytes?: (tile: TilePlace) => Uint8Array;
  /** Returns which chunks were never written: their offset and byte count are 0. */
  readonly isMissing?: (tile: TilePlace) => boolean;
  /** Bytes of JPEGTables; `shared` moves the tables of all tiles there. Without it every tile has its own. */
  readonly jpegTables?: Uint8Array | "shared";
  readonly ycbcrSubsampling?: readonly [number, number];
  /** LONG, or LONG8 in BigTIFF. */
  readonly offsetType?: "SHORT" | "LONG" | "LONG8";
  /** LONG, or LONG8 in BigTIFF. */
  readonly byteCountType?: "SHORT" | "LONG" | "LONG8";
  readonly iccProfile?: Uint8Array;
  readonly xmp?: string;
  /** Other fields, of the full picture alone. */
  readonly fields?: readonly Field[];
  /** `patternPixel`. Palette indexes, inks and CIELab are given as they are stored. */
  readonly pixel?: PixelFunction;
}

/** Which tile or strip of a page. `plane` is 0 unless the page is planar. */
export interface TilePlace {
  readonly level: number;
  readonly column: number;
  readonly row: number;
  readonly plane: number;
}

/** The size of a page and, for a level, how many pixels of the full picture one of its pixels covers. */
export interface PageSize {
  readonly width: number;
  readonly height: number;
  readonly level: number;
  readonly scaleX: number;
  readonly scaleY: number;
}

/** A page ready to be placed: its chunks, and its fields once their offsets are known. */
export interface EncodedPage {
  readonly chunks: readonly Uint8Array[];
  readonly fields: (chunkOffsets: readonly number[]) => readonly Field[];
}

/** A form with its defaults. */
export type SettledForm = ReturnType<typeof complete>;

/** Draws the full picture that a form describes, as a reader should show it. */
export function drawPage(form: PageForm, size: { readonly width: number; readonly height: number }): Picture {
  const settled = complete(form);
  const pixel = form.pixel ?? patternPixel(settled.samplesPerPixel, settled);
  return drawPicture({ ...settled, ...size, pixel });
}

/** Encodes one page out of the full picture of its pyramid. Throws when options contradict one another. */
export async function encodePage(
  form: PageForm,
  size: PageSize,
  full: Picture | undefined,
  file: { readonly byteOrder: "big" | "little"; readonly bigTiff: boolean; readonly newSubfileType: number },
): Promise<EncodedPage> {
  const settled = complete(form);
  const reduced = full && (size.level === 0 ? full : reducePicture(full, size));
  const picture = reduced && storedSamples(reduced, settled);
  const grid = chunkGrid(form, size);
  const planes = settled.planarConfiguration === 2 ? settled.samplesPerPixel : 1;
  const chunks: Uint8Array[] = [];
  for (let plane = 0; plane < planes; plane += 1) {
    for (let row = 0; row < grid.rows; row += 1) {
      for (let column = 0; column < grid.columns; column += 1) {
        const place = { level: size.level, column, row, plane };
        if (form.isMissing?.(place)) chunks.push(new Uint8Array(0));
        else if (form.tileBytes) chunks.push(form.tileBytes(place));
        else {
          const top = row * grid.height;
          const height = form.tile === undefined ? Math.min(grid.height, size.height - top) : grid.height;
          const window = { left: column * grid.width, top, width: grid.width, height };
          const whole = cutChunk(picture!, window, settled.padding);
          const chunk = planes === 1 ? whole : pickChannel(whole, plane);
          chunks.push(await compressChunk(chunk, settled, file.byteOrder));
        }
      }
    }
  }
  const { tables, stored } = shareTables(form, chunks);
  const byteCounts = stored.map((chunk) => chunk.length);
  const fields = (offsets: readonly number[]) =>
    formatPageFields({ form, settled, size, grid, file, tables, offsets, byteCounts });
  return { chunks: stored, fields };
}

function complete(form: PageForm) {
  const isGrayByCount = form.samplesPerPixel !== undefined && form.samplesPerPixel < 3;
  const photometric = form.photometric ?? (isGrayByCount ? "MinIsBlack" : "RGB");
  const colorSamples = photometric.startsWith("M") || photometric === "Palette" ? 1 : photometric === "CMYK" ? 4 : 3;
  const compression = form.compression ?? "none";
  return {
    ...form,
    compression,
    photometric,
    colorSamples,
    samplesPerPixel: form.samplesPerPixel ?? colorSamples,
    bitsPerSample: form.bitsPerSample ?? 8,
    sampleFormat: form.sampleFormat ?? "unsigned",
    predictor: form.predictor ?? 1,
    fillOrder: form.fillOrder ?? 1,
    planarConfiguration: form.planarConfiguration ?? 1,
    padding: form.padding ?? (compression === "jpeg" ? "edge" : "loud"),
  } as const;
}

/** Turns the samples that a reader shows into the ones that the photometric interpretation stores. */
function storedSamples(picture: Picture, form: SettledForm): Picture {
  const { samples, samplesPerPixel } = picture;
  if (form.photometric === "MinIsWhite") {
    const white = 2 ** form.bitsPerSample - 1;
    const stored = samples.slice();
    for (let at = 0; at < stored.length; at += samplesPerPixel) stored[at] = white - samples[at]!;
    return { ...picture, samples: stored };
  }
  if (form.photometric !== "YCbCr" || form.compression === "jpeg") return picture;
  if (form.bitsPerSample !== 8 || form.ycbcrSubsampling?.some((factor) => factor !== 1) !== false) {
    throw new Error("The builder stores YCbCr outside of JPEG with 8 bits and ycbcrSubsampling [1, 1] only.");
  }
  const stored = samples.slice();
  for (let at = 0; at < samples.length; at += samplesPerPixel) {
    const [red, green, blue] = [samples[at]!, samples[at + 1]!, samples[at + 2]!];
    stored[at] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
    stored[at + 1] = Math.min(255, Math.round(128 - 0.168736 * red - 0.331264 * green + 0.5 * blue));
    stored[at + 2] = Math.min(255, Math.round(128 + 0.5 * red - 0.418688 * green - 0.081312 * blue));
  }
  return { ...picture, samples: stored };
}

function chunkGrid(form: PageForm, size: PageSize): ChunkGrid {
  const tile = typeof form.tile === "number" ? { tileWidth: form.tile, tileLength: form.tile } : form.tile;
  const width = tile?.tileWidth ?? size.width;
  const height = tile?.tileLength ?? Math.min(form.rowsPerStrip ?? size.height, size.height);
  return { width, height, columns: Math.ceil(size.width / width), rows: Math.ceil(size.height / height) };
}

async function compressChunk(chunk: Chunk, form: SettledForm, byteOrder: "big" | "little"): Promise<Uint8Array> {
  const { compression, encodeTile } = form;
  if (compression !== "jpeg" && compression !== "webp" && compression !== "jpeg2000") {
    const isTwoDimensional = ((form.t4Options ?? 0) & 1) !== 0;
    return encodeChunk(chunk, { ...form, compression, byteOrder, isTwoDimensional, compress: form.compress });
  }
  if (encodeTile) return encodeTile(chunk);
  throw new Error(`Compression ${compression} needs encodeTile or tileBytes.`);
}

function shareTables(
  form: PageForm,
  chunks: readonly Uint8Array[],
): { readonly tables: Uint8Array | undefined; readonly stored: readonly Uint8Array[] } {
  if (form.jpegTables !== "shared") return { tables: form.jpegTables, stored: chunks };
  const parted = new Map(chunks.map((chunk) => [chunk, partJpeg(chunk)]));
  const tables = parted.get(chunks[0]!)!.tables;
  for (const part of parted.values()) {
    if (part.tables.join() !== tables.join()) throw new Error("Tiles with different tables cannot share them.");
  }
  return { tables, stored: chunks.map((chunk) => parted.get(chunk)!.abbreviated) };
}
