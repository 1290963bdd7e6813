import { concatenate } from "../bytes.ts";
import { quantisationOf } from "../codec/jpeg/coder.ts";
import { createJpegEncoder } from "../codec/jpeg/encoder.ts";
import { formatJpegTables } from "../codec/jpeg/header-writer.ts";
import { RowDeflater, rowDeflaterBytes } from "../codec/row-deflater.ts";
import { encodeWebp } from "../codec/webp-encoder.ts";
import { interleaveRgba } from "../raster/color.ts";
import type { Kernel } from "../raster/kernel.ts";
import { colorPlanes, type Plane, rasterOf } from "../raster/raster.ts";
import { rasterForm, type TileForm } from "./tile-form.ts";
import type { TileTreatment } from "./treatment.ts";

/** Compresses tiles, some rows of many at a time. */
export interface TileEncoder {
  /** How many rows of a tile are taken at once. */
  readonly rows: number;
  begin(): TileUnderWay;
}

/** A tile that is being compressed. */
export interface TileUnderWay {
  /** Takes the next rows: colours, then alpha. They stay as they are until the last ones have been taken and `finish` called. */
  write(planes: readonly Plane[]): void;
  /** Returns the tile when all of its rows have come. What is not done at once has its own copy of the samples. */
  finish(): Uint8Array | Promise<Uint8Array>;
}

/** What tiles hold, and how they are stored. */
export interface StoredTiles {
  readonly form: TileForm;
  readonly treatment: TileTreatment;
}

/** Opens the encoder of tiles; what it takes for all of them comes out of the kernel's arena. Throws `render-memory`. */
export function openTileEncoder(kernel: Kernel, tiles: StoredTiles): TileEncoder {
  const { compression } = tiles.treatment;
  if (compression === "jpeg") return jpegEncoder(kernel, tiles);
  return wholeEncoder(tiles, compression === "webp" ? webpEncoder(kernel, tiles) : deflateEncoder(kernel, tiles));
}

/** Rows of two MCUs of a JPEG, or of one with halved chroma. */
const jpegRows = 16;

/** Returns how many rows of a tile its encoder takes at once. */
export function encodedRows({ treatment: { compression, tileSize } }: StoredTiles): number {
  return compression === "jpeg" ? jpegRows : tileSize;
}

type EncodeTile = (planes: readonly Plane[]) => Uint8Array | Promise<Uint8Array>;

/** Takes all rows of a tile at once, and encodes them when the tile is asked for: its copies are then those of one tile. */
function wholeEncoder(tiles: StoredTiles, encode: EncodeTile): TileEncoder {
  const begin = (): TileUnderWay => {
    let rows: readonly Plane[] = [];
    return {
      write(planes) {
        rows = planes;
      },
      finish: () => encode(rows),
    };
  };
  return { rows: encodedRows(tiles), begin };
}

/** Returns the JPEG tables that all tiles share; undefined for other compressions. */
export function sharedTables({ form, treatment }: StoredTiles): Uint8Array | undefined {
  const { compression, quality } = treatment;
  if (compression !== "jpeg") return undefined;
  return formatJpegTables({ model: form.model, quantisation: quantisationOf(quality) });
}

/** What the encoder of a JPEG takes, and copies of a tile while it is encoded as WebP, in bytes. */
const fixedBytes = 256 << 10;

/** Returns the most kernel memory that encoding tiles takes, in bytes. */
export function tileEncoderBytes({ treatment: { compression, tileSize } }: StoredTiles): number {
  const deflater = compression === "deflate" ? rowDeflaterBytes({ width: tileSize, samples: 4 }) : 0;
  return fixedBytes + deflater + (compression === "webp" ? 4 * tileSize ** 2 : 0);
}

/** Tiles that lie side by side are encoded in turns, so that few rows of them have to be held. */
function jpegEncoder(kernel: Kernel, tiles: StoredTiles): TileEncoder {
  const { quality, tileSize: side } = tiles.treatment;
  const { model, subsampling } = tiles.form;
  const options = { width: side, height: side, model, subsampling, quality, tables: "apart" } as const;
  const encoder = createJpegEncoder(kernel, options);
  const fresh = encoder.layAside();
  const begin = (): TileUnderWay => {
    const parts: Uint8Array[] = [];
    let picture = fresh;
    return {
      write(planes) {
        encoder.takeUp(picture);
        parts.push(...encoder.write({ planes, rows: jpegRows }));
        picture = encoder.layAside();
      },
      finish() {
        encoder.takeUp(picture);
        return concatenate([...parts, encoder.finish()]);
      },
    };
  };
  return { rows: encodedRows(tiles), begin };
}

function webpEncoder(kernel: Kernel, { form, treatment }: StoredTiles): EncodeTile {
  const { quality, tileSize } = treatment;
  const size = { width: tileSize, height: tileSize };
  const { webpEncoder: module } = kernel.codecs;
  if (module === undefined) throw new RangeError("kernels without the encoder of WebP tiles");
  return (planes) => {
    const raster = rasterOf(rasterForm(form, size), planes);
    if (raster.model !== "rgb") throw new RangeError(`a WebP of ${raster.model}`);
    return encodeWebp(interleaveRgba(kernel, raster), size, { module, quality });
  };
}

function deflateEncoder(kernel: Kernel, { form, treatment }: StoredTiles): EncodeTile {
  const { predictor, tileSize } = treatment;
  const { model, hasAlpha } = form;
  if (model === "ycbcr") throw new RangeError("Deflate of YCbCr");
  const deflater = new RowDeflater(kernel, { width: tileSize, model, hasAlpha, bitDepth: 8 }, predictor);
  return (planes) => {
    const parts: Uint8Array[] = [];
    const take = (length: number): void => {
      parts.push(kernel.bytes.slice(deflater.data, deflater.data + length));
    };
    const colors = planes.slice(0, colorPlanes[model]);
    const alpha = hasAlpha ? planes.at(-1) : undefined;
    for (const length of deflater.write({ planes: colors, alpha, rows: tileSize })) take(length);
    take(deflater.finish());
    deflater.restart();
    return concatenate(parts);
  };
}
