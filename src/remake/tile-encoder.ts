import { concatenate } from "../bytes.ts";
import { createJpegEncoder, quantisationOf } from "../codec/jpeg/encoder.ts";
import { formatJpegTables } from "../codec/jpeg/header-writer.ts";
import { RowDeflater, rowDeflaterBytes } from "../codec/row-deflater.ts";
import { encodeWebp } from "../codec/webp-encoder.ts";
import { interleaveRgba } from "../raster/color.ts";
import type { Kernel } from "../raster/kernel.ts";
import { colorPlanes, type Plane, rasterOf } from "../raster/raster.ts";
import { rasterForm, type TileForm } from "./tile-form.ts";
import type { TileTreatment } from "./treatment.ts";

/** Compresses tiles: their planes, colours then alpha. What is not done at once has taken its copy of the samples. */
export type EncodeTile = (planes: readonly Plane[]) => Uint8Array | Promise<Uint8Array>;

/** What tiles hold, and how they are stored. */
export interface StoredTiles {
  readonly form: TileForm;
  readonly treatment: TileTreatment;
}

/** Opens the encoder of tiles; what it takes for all of them comes out of the kernel's arena. Throws `render-memory`. */
export function openTileEncoder(kernel: Kernel, tiles: StoredTiles): EncodeTile {
  const { compression } = tiles.treatment;
  if (compression === "jpeg") return jpegEncoder(kernel, tiles);
  return compression === "webp" ? webpEncoder(kernel, tiles) : deflateEncoder(kernel, tiles);
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

function jpegEncoder(kernel: Kernel, { form, treatment }: StoredTiles): EncodeTile {
  const { quality, tileSize: side } = treatment;
  const { model, subsampling } = form;
  return (planes) => {
    const mark = kernel.mark();
    const options = { width: side, height: side, model, subsampling, quality, tables: "apart" } as const;
    const encoder = createJpegEncoder(kernel, options);
    const parts = [...encoder.write({ planes, rows: side }), encoder.finish()];
    kernel.release(mark);
    return concatenate(parts);
  };
}

function webpEncoder(kernel: Kernel, { form, treatment }: StoredTiles): EncodeTile {
  const { quality, tileSize } = treatment;
  const size = { width: tileSize, height: tileSize };
  const { webpEncoder: module } = kernel.codecs;
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
