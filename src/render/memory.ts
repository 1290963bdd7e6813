import { partedBytes } from "../codec/interleaved-tile.ts";
import { jpegRecoderBytes } from "../codec/jpeg/recoder.ts";
import { rowReaderBytes } from "../codec/jpeg/row-reader.ts";
import { jpeg2000DecoderBytes } from "../codec/jpeg2000.ts";
import { rowDeflaterBytes } from "../codec/row-deflater.ts";
import { stripRowsBytes } from "../codec/strip-rows.ts";
import { isReadByRows, packedRowBytes, rowsAtOnce } from "../codec/tile-decoder.ts";
import { alphaKeptBytes } from "../codec/webp/alpha-encoder.ts";
import { vp8KeptBytes } from "../codec/webp/encoder.ts";
import { webpDecoderBytes } from "../codec/webp-decoder.ts";
import type { Size } from "../geometry.ts";
import type { Encoding } from "../iiif/format.ts";
import { maxPeakBytes } from "../limits.ts";
import { isNoTurn, noTurn } from "../raster/orientation.ts";
import { colorPlanes, planeSlackBytes, strideAlignment } from "../raster/raster.ts";
import { rotationBytes } from "../raster/rotation.ts";
import { bandBytes } from "./band.ts";
import { boxedPlaneBytes } from "./boxed-plane.ts";
import { isSampledHalved } from "./color-path.ts";
import { filterStepOf } from "./level.ts";
import type { DrawPlan } from "./plan.ts";
import { recodedTiles } from "./recoding.ts";
import { reductionsOf } from "./reduction.ts";
import { rotationOf } from "./rotated-output.ts";
import { isShrunk } from "./shrink.ts";
import { carryRowsAt, stripRows } from "./strips.ts";
import { drawnMarkBytes } from "./watermark-drawing.ts";
import { isEncodedWhole, isEncodedWithAlpha, isWholeNeeded } from "./whole.ts";

/** A drawing before it is said what it may take. */
type Drawing = Omit<DrawPlan, "cost" | "keptBytes">;

/** Lobes of Lanczos3 on both sides of its centre. */
const filterReach = 6;

/** Kernel memory a drawing takes next to its pixels: code, tables, the encoder's strip. */
const fixedBytes = 2 << 20;

/** Bytes a sample of what is encoded, at most in practice; of GIF, of the copies that it starts from. */
const encodedBytes: Readonly<Record<Exclude<Encoding, "webp">, number>> = { jpg: 0.4, png: 1.1, tif: 1.1, gif: 4 };

/**
 * Returns the pixel rows of a level that may have to be kept above a tile row: those of the next strip, which the rows
 * loaded so far did not suffice for, with the reach of the filter on luma and on chroma.
 */
export function carryRowsOf(plan: Pick<DrawPlan, "y">): number {
  const step = Math.max(filterStepOf(plan.y), 1);
  const chroma = 4;
  return Math.ceil(stripRows * step + filterReach * step * 2 + filterReach * chroma) + 8;
}

/**
 * Returns the memory that a row of tiles takes while it is decoded, in bytes, however it is used: the same for each
 * part of a picture in strips or of a file that is one tile.
 */
export function tileRowBytesOf(plan: Drawing): number {
  const { grid, window, shrink } = plan;
  const first = Math.floor(window.x / grid.tileWidth);
  const columns = Math.floor((window.x + window.width - 1) / grid.tileWidth) - first + 1;
  const decoding = decodingBytes(plan);
  if (isShrunk(shrink)) return tileBytes(plan) + boxesBytes(plan, columns) + decoding;
  const band = bandBytes({ grid, columns, carryRows: carryRowsOf(plan) }, samplesDecoded(plan));
  // Whether it is recoded indeed its tiles tell, and a tile may have to be decoded.
  return (plan.isRecoded ? Math.max(band, recodedBytes(plan)) : band) + decoding;
}

/** Returns what a row of tiles takes that is recoded, and the planes of one that is decoded, with chroma halved. */
function recodedBytes(plan: Drawing): number {
  const halved = plan.colors.model === "gray" ? 1 : 0.5;
  return jpegRecoderBytes(recodedTiles(plan)) + tileBytes(plan) * halved;
}

/** Returns what the planes of one tile take that is decoded to be shrunk. */
function tileBytes(plan: Drawing): number {
  const { tileWidth, tileLength } = plan.grid;
  return ((tileWidth + strideAlignment) * (tileLength + 1) + planeSlackBytes) * samplesDecoded(plan);
}

/** How many times as much as luma the boxes of chroma take at most, which has boxes of its own. */
const chromaBoxes = { halved: 1.5, whole: 3 } as const;

/** Returns what the boxes take that a level is shrunk by. */
function boxesBytes({ grid, window, shrink, y, colors }: Drawing, columns: number): number {
  const plane = boxedPlaneBytes({
    ...{ window, box: { width: shrink.x, height: shrink.y }, isOneColumn: columns === 1 },
    piece: { width: grid.tileWidth, height: grid.tileLength },
    carryRows: carryRowsAt(filterStepOf(y) / shrink.y),
  });
  const alpha = colors.hasAlpha ? 1 : 0;
  const chroma = chromaBoxes[isSampledHalved(colors) ? "halved" : "whole"];
  const planes = colors.sampled === "ycbcr" ? 1 + 2 * chroma : colorPlanes[colors.sampled];
  return plane * (planes + alpha);
}

/** What a drawing takes in any case, in bytes. */
export interface LeastBytes {
  /** What no smaller size would take less of: to read all tiles of the region and to decode them one by one. */
  readonly tiles: number;
  /** What no smaller region would take less of: to do that with a single tile, as it is decoded for this size. */
  readonly sized: number;
  /** What neither would take less of. */
  readonly tile: number;
}

/** Returns what a drawing takes in any case, which tells whether a smaller size or region would help. */
export function leastBytesOf(plan: Drawing): LeastBytes {
  const { stored, batches } = plan;
  const compressed = mostCompressedBytes(batches);
  const smallest = decodingOneTile(plan, reductionsOf(stored)[0] ?? plan.reduction);
  return {
    tiles: smallest + gatheredBytes(batches),
    sized: decodingOneTile(plan, plan.reduction) + compressed,
    tile: smallest + compressed,
  };
}

function decodingOneTile(plan: Drawing, reduction: DrawPlan["reduction"]): number {
  const { stored, grid, window, steps } = plan;
  const tileWidth = Math.ceil(stored.tileWidth / reduction);
  const tileLength = rowsAtOnce(stored, { reduction }) ?? Math.ceil(stored.tileLength / reduction);
  const alone = {
    ...{ ...plan, reduction, tileTurn: noTurn, steps: { ...steps, halvesTiles: false } },
    grid: { ...grid, tileWidth, tileLength },
    window: { ...window, width: 1, height: 1 },
  };
  return fixedBytes + tileBytes(alone) + decodingBytes(alone);
}

/** Returns the most compressed bytes that are held at once: one batch is drawn while the next is read. */
function gatheredBytes(batches: DrawPlan["batches"]): number {
  const readBytes = batches.map((batch) => batch.reads.reduce((sum, { length }) => sum + length, 0));
  return readBytes.reduce((most, bytes, index) => Math.max(most, bytes + (readBytes[index + 1] ?? 0)), 0);
}

/** Returns the bytes of the largest part of a tile that is gathered. */
function mostCompressedBytes(batches: DrawPlan["batches"]): number {
  const tiles = batches.flatMap(({ tileRows }) => tileRows.flatMap((row) => row.tiles));
  const gathered = tiles.filter((tile) => !tile.isReadByRows);
  return gathered.reduce((most, { ranges = [] }) => Math.max(most, ...ranges.map(({ length }) => length)), 0);
}

/** Returns the most memory a drawing holds at once, in bytes: gathered tiles, kernel, encoded output. */
export function peakBytesOf(plan: Omit<DrawPlan, "cost">): number {
  const encoded = plan.kind === "stream" ? 0 : encodedBytesOf(plan);
  return Math.ceil(bytesBeside(plan) + encoded);
}

/** Returns the most that the encoder of a WebP keeps of the picture until it is complete, in bytes; 0 where none does. */
export function keptBytesOf(plan: Drawing): number {
  if (plan.format !== "webp") return 0;
  return vp8KeptBytes(plan.canvas, maxPeakBytes - bytesBeside(plan) - alphaBytesOf(plan));
}

/** Returns what a drawing takes next to what is encoded. */
function bytesBeside(plan: Drawing): number {
  const { batches, canvas, format, kind } = plan;
  const gathered = gatheredBytes(batches);
  // It is turned strip by strip.
  const whole = isWholeNeeded(plan) ? (pixelsOf(canvas) + stripRows * canvas.width) * samplesCollected(plan) : 0;
  const rotation = rotationOf(plan);
  const rotated = rotation === undefined ? 0 : rotationBytes(rotation);
  const isDeflated = format === "png" || format === "tif";
  const deflater = isDeflated ? rowDeflaterBytes({ width: canvas.width, samples: 4 }) : 0;
  // TIFF goes out as it is laid out when it is streamed: a strip of it in the kernel, and its copy.
  const laidOut = format === "tif" && kind === "stream" ? 2 * stripRows * canvas.width * 4 : 0;
  const fixed = fixedBytes + deflater + laidOut + weightBytes(plan) + watermarkBytes(plan);
  return fixed + tileRowBytesOf(plan) + gathered + whole + rotated;
}

/** Returns what the encoded picture takes while it is made, and what its encoder holds of it. */
function encodedBytesOf(plan: Omit<DrawPlan, "cost">): number {
  const { format, canvas, keptBytes } = plan;
  if (format === "webp") return keptBytes + alphaBytesOf(plan);
  return pixelsOf(canvas) * encodedBytes[format] * samplesOut(plan);
}

/** Returns what the alpha of a WebP takes next to what is kept of its colours, with the strips that are made of these. */
function alphaBytesOf(plan: Drawing): number {
  const { canvas, colors } = plan;
  if (!isEncodedWithAlpha(plan)) return 0;
  return alphaKeptBytes({ ...canvas, isOwn: colors.keepsAlpha }) + 4 * stripRows * canvas.width;
}

/** Returns what a watermark takes: its pixels, and in the kernel the part of it that shows. */
function watermarkBytes({ steps }: Drawing): number {
  const step = steps.strips.find(({ kind }) => kind === "watermark");
  return step?.kind === "watermark" ? drawnMarkBytes(step) : 0;
}

/** Weights are padded to whole vectors of these; each output sample also has a place and a count of 4 bytes each. */
const weightPadding = 8;

/** Returns what the weights of the resampled planes take: of a long picture made short as many as it is long. */
function weightBytes(plan: Drawing): number {
  const { x, y, window, size, shrink } = plan;
  const axisBytes = (step: number, length: number, output: number): number => {
    const taps = Math.min(length, Math.ceil(filterReach * Math.max(step, 1)) + 3) + weightPadding;
    return step === 1 ? 0 : output * (2 * taps + 8) * samplesDecoded(plan);
  };
  return (
    axisBytes(filterStepOf(x) / shrink.x, window.width, size.width) +
    axisBytes(filterStepOf(y) / shrink.y, window.height, size.height)
  );
}

/** Samples a pixel that a band holds. Tag 530 counts for strips alone, which are large: that of tiles may be wrong. */
function samplesDecoded({ stored, colors }: Pick<DrawPlan, "stored" | "colors">): number {
  const { x, y } = stored.encoding.subsampling;
  const alpha = colors.hasAlpha ? 1 : 0;
  if (colors.source === "ycbcr" && stored.isStripped) return 1 + 2 / (x * y) + alpha;
  return colorPlanes[colors.source] + alpha;
}

/** Of tiles up to this size, fixedBytes has room for the coefficients: 512 x 512. */
const usualTilePixels = 1 << 18;

/** Returns what the decoding of one tile takes next to the band: its compressed and its packed samples. */
function decodingBytes(plan: Drawing): number {
  const { stored, grid, batches, colors, steps, tileTurn } = plan;
  const { compression, isProgressive, isUneven } = stored.encoding;
  const compressed = mostCompressedBytes(batches);
  const pixels = grid.tileWidth * grid.tileLength;
  // RGB is held as such before its chroma is halved; inks of a JPEG may be enlarged.
  const isEnlarged = colors.source === "cmyk" && compression === "jpeg";
  const turned = isNoTurn(tileTurn) ? 0 : pixels * samplesDecoded(plan);
  // What is enlarged has half the samples of its plane at most.
  const uneven = isUneven ? (pixels * colorPlanes.ycbcr) / 2 : 0;
  const converted = (steps.halvesTiles || isEnlarged ? pixels * colorPlanes[colors.source] : 0) + uneven + turned;
  if (isReadByRows(stored, tileTurn)) {
    return compression === "jpeg" ? rowReaderBytes : stripRowsBytes(stored, grid.tileLength) + converted;
  }
  if (compression === "jpeg") {
    // Whether tiles are progressive is not known before they are read: what those of usual size would take is part of
    // the fixed bytes.
    const framePixels = stored.tileWidth * stored.tileLength;
    const mayBeHeld = isProgressive || (!stored.isStripped && framePixels > usualTilePixels);
    const held = mayBeHeld ? heldBytes(plan, framePixels) * samplesDecoded(plan) : 0;
    return 2 * compressed + converted + held;
  }
  const tile: Size = { width: stored.tileWidth, height: stored.tileLength };
  // Interleaved samples are copied to the kernel to be parted, a row of them or some.
  const parted = Math.max(partedBytes, 4 * tile.width);
  if (compression === "webp") return webpDecoderBytes(tile, compressed) + parted + turned;
  if (compression === "jpeg2000") return jpeg2000DecoderBytes(tile, compressed) + parted + turned;
  const packed = packedRowBytes(stored) * tile.height;
  // PNG is unpacked some rows at a time unless it is interlaced, and not copied to the kernel.
  if (compression === "png") {
    const rows = ((rowsAtOnce(stored) ?? 0) + 1) * (packedRowBytes(stored) + 1);
    return rows + converted + (isProgressive ? packed : 0);
  }
  return compressed + packed + converted;
}

/** Blocks over the edges of a window are kept whole: of a component that is 4 times coarser, 32 pixels on each side. */
const edgePixels = 64;

/**
 * Returns what is kept of a progressive frame until its last scan, in bytes for each sample a pixel: two bytes a
 * coefficient of the blocks that are needed at once, and a bit for each of the whole frame; of each block the first
 * alone if that is all it becomes.
 */
function heldBytes({ grid, window, reduction }: Drawing, framePixels: number): number {
  if (reduction === 8) return (2 * framePixels) / 64;
  const width = reduction * Math.min(grid.tileWidth, window.width) + edgePixels;
  const height = reduction * Math.min(grid.tileLength, window.height) + edgePixels;
  return 2 * width * height + framePixels / 8;
}

/** Samples a pixel of a picture that is collected whole. */
function samplesCollected(plan: Pick<DrawPlan, "format" | "colors" | "degrees">): number {
  const { model } = plan.colors;
  return (model === "gray" ? 1 : model === "ycbcr" ? 1.5 : 3) + (isEncodedWithAlpha(plan) ? 1 : 0);
}

/** Samples a pixel that are encoded: GIF starts from red, green, blue and alpha. */
function samplesOut(plan: Pick<DrawPlan, "format" | "colors" | "degrees">): number {
  return isEncodedWhole(plan) ? 3 : samplesCollected(plan);
}

function pixelsOf({ width, height }: Size): number {
  return width * height;
}
