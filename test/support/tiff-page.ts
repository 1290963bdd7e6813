import { partJpeg } from "./jpeg-tables.ts";
import { drawPicture, type Picture, type PixelFunction, patternPixel, reducePicture } from "./picture.ts";
import { type Chunk, cutChunk, encodeChunk, type JpegEncoder, pickChannel } from "./tiff-chunk.ts";
import type { Field, FieldType } from "./tiff-directory.ts";

/** How one picture of a file is stored. The comments name the default. */
export interface PageForm {
  /** Tiles of one width and height, or of two. Without it the page is stored in strips. */
  readonly tile?: number | { readonly tileWidth: number; readonly tileLength: number };
  /** All rows in one strip. */
  readonly rowsPerStrip?: number;
  /** `none`. */
  readonly compression?: "none" | "deflate" | "lzw" | "packbits" | "jpeg";
  /** 1. */
  readonly predictor?: 1 | 2;
  /** `RGB`, or `MinIsBlack` for one or two samples a pixel. */
  readonly photometric?: keyof typeof photometrics;
  /** 3, or 1 for gray. What exceeds the photometric's own samples is alpha. */
  readonly samplesPerPixel?: number;
  /** Meaning of the first extra sample: 2, unassociated alpha. */
  readonly extraSamples?: 0 | 1 | 2;
  /** 1, interleaved. */
  readonly planarConfiguration?: 1 | 2;
  /** 8. */
  readonly bitsPerSample?: 8 | 16;
  readonly orientation?: number;
  /** Padding of edge tiles: `edge` for JPEG, `loud` for the rest. */
  readonly padding?: "edge" | "loud";
  /** Makes JPEG tiles; needed for compression `jpeg` unless `tileBytes` is there. */
  readonly encodeTile?: JpegEncoder;
  /** Gives ready-made chunks; no pixel is drawn then, so that a small file may stand for a huge image. */
  readonly tileBytes?: (tile: TilePlace) => Uint8Array;
  /** Bytes of JPEGTables; `shared` moves the tables of all tiles there. Without it every tile has its own. */
  readonly jpegTables?: Uint8Array | "shared";
  readonly ycbcrSubsampling?: readonly [number, number];
  /** LONG, or LONG8 in BigTIFF. */
  readonly offsetType?: "SHORT" | "LONG" | "LONG8";
  /** LONG, or LONG8 in BigTIFF. */
  readonly byteCountType?: "SHORT" | "LONG" | "LONG8";
  readonly iccProfile?: Uint8Array;
  readonly xmp?: string;
  /** `patternPixel`. */
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

const photometrics = { MinIsWhite: 0, MinIsBlack: 1, RGB: 2, Mask: 4, YCbCr: 6 };
const compressions = { none: 1, lzw: 5, jpeg: 7, deflate: 8, packbits: 32773 };

/** Draws the full picture that a form describes, as a reader should show it. Never throws. */
export function drawPage(form: PageForm, size: { readonly width: number; readonly height: number }): Picture {
  const { samplesPerPixel, bitsPerSample } = complete(form);
  const pixel = form.pixel ?? patternPixel(samplesPerPixel, bitsPerSample);
  return drawPicture({ ...size, samplesPerPixel, bitsPerSample, pixel });
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
        if (form.tileBytes) chunks.push(form.tileBytes({ level: size.level, column, row, plane }));
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
  const fields = (offsets: readonly number[]) =>
    pageFields({ form, settled, size, grid, file, tables, offsets, byteCounts: stored.map((chunk) => chunk.length) });
  return { chunks: stored, fields };
}

function complete(form: PageForm) {
  const gray = form.photometric?.startsWith("M") ?? (form.samplesPerPixel !== undefined && form.samplesPerPixel < 3);
  const compression = form.compression ?? "none";
  return {
    ...form,
    compression,
    photometric: form.photometric ?? (gray ? "MinIsBlack" : "RGB"),
    colorSamples: gray ? 1 : 3,
    samplesPerPixel: form.samplesPerPixel ?? (gray ? 1 : 3),
    bitsPerSample: form.bitsPerSample ?? 8,
    predictor: form.predictor ?? 1,
    planarConfiguration: form.planarConfiguration ?? 1,
    padding: form.padding ?? (compression === "jpeg" ? "edge" : "loud"),
  } as const;
}

type SettledForm = ReturnType<typeof complete>;

/** Turns the samples that a reader shows into the ones that the photometric interpretation stores. */
function storedSamples(picture: Picture, form: SettledForm): Picture {
  const { samples, samplesPerPixel } = picture;
  if (form.photometric === "MinIsWhite") {
    const white = 2 ** form.bitsPerSample - 1;
    const stored = samples.map((value, index) => (index % samplesPerPixel === 0 ? white - value : value));
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

interface ChunkGrid {
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly rows: number;
}

function chunkGrid(form: PageForm, size: PageSize): ChunkGrid {
  const tile = typeof form.tile === "number" ? { tileWidth: form.tile, tileLength: form.tile } : form.tile;
  const width = tile?.tileWidth ?? size.width;
  const height = tile?.tileLength ?? Math.min(form.rowsPerStrip ?? size.height, size.height);
  return { width, height, columns: Math.ceil(size.width / width), rows: Math.ceil(size.height / height) };
}

async function compressChunk(chunk: Chunk, form: SettledForm, byteOrder: "big" | "little"): Promise<Uint8Array> {
  const { compression, predictor, encodeTile } = form;
  if (compression !== "jpeg") return encodeChunk(chunk, { compression, predictor, byteOrder });
  if (encodeTile) return encodeTile(chunk);
  throw new Error("Compression jpeg needs encodeTile or tileBytes.");
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

function pageFields(page: {
  readonly form: PageForm;
  readonly settled: SettledForm;
  readonly size: PageSize;
  readonly grid: ChunkGrid;
  readonly file: { readonly bigTiff: boolean; readonly newSubfileType: number };
  readonly tables: Uint8Array | undefined;
  readonly offsets: readonly number[];
  readonly byteCounts: readonly number[];
}): readonly Field[] {
  const { form, settled, size, grid, file, tables } = page;
  const fields: Field[] = [];
  const add = (tag: number, type: FieldType, ...values: number[]) => fields.push({ tag, type, values });
  const wide = file.bigTiff ? "LONG8" : "LONG";
  const [offsetsTag, countsTag] = form.tile === undefined ? [273, 279] : [324, 325];
  add(254, "LONG", file.newSubfileType);
  add(256, "LONG", size.width);
  add(257, "LONG", size.height);
  add(258, "SHORT", ...Array<number>(settled.samplesPerPixel).fill(settled.bitsPerSample));
  add(259, "SHORT", compressions[settled.compression]);
  add(262, "SHORT", photometrics[settled.photometric]);
  if (form.orientation !== undefined) add(274, "SHORT", form.orientation);
  add(277, "SHORT", settled.samplesPerPixel);
  if (form.tile === undefined) add(278, "LONG", grid.height);
  else {
    add(322, "LONG", grid.width);
    add(323, "LONG", grid.height);
  }
  add(offsetsTag!, form.offsetType ?? wide, ...page.offsets);
  add(countsTag!, form.byteCountType ?? wide, ...page.byteCounts);
  add(284, "SHORT", settled.planarConfiguration);
  if (settled.predictor !== 1) add(317, "SHORT", settled.predictor);
  const extra = settled.samplesPerPixel - settled.colorSamples;
  if (extra > 0) add(338, "SHORT", form.extraSamples ?? 2, ...Array<number>(extra - 1).fill(0));
  if (tables) add(347, "UNDEFINED", ...tables);
  if (form.ycbcrSubsampling) add(530, "SHORT", ...form.ycbcrSubsampling);
  if (form.xmp !== undefined) add(700, "BYTE", ...new TextEncoder().encode(form.xmp));
  if (form.iccProfile) add(34675, "UNDEFINED", ...form.iccProfile);
  return fields;
}
