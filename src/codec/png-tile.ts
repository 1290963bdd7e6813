import { colorSamples } from "../pyramid/color-model.ts";
import type { TileEncoding } from "../pyramid/tile-encoding.ts";
import type { Kernel } from "../raster/kernel.ts";
import { applyPalette } from "../raster/palette.ts";
import { colorPlanes, type Plane } from "../raster/raster.ts";
import { fillPlane } from "../raster/samples.ts";
import { unpackSamples } from "../raster/unpack.ts";
import { type MissingRows, missingFrom } from "./missing-rows.ts";
import { decodePng } from "./png/decoder.ts";
import { malformedPng, readPngHeader } from "./png/reader.ts";
import type { PngRows } from "./png/rows.ts";
import { findPngTransparency, keyColor, lookUpAlpha, type PngTransparency } from "./png/transparency.ts";
import {
  type DecodedRows,
  decodedModels,
  rowsAtOnce,
  type StoredTile,
  type TileDecoder,
  type TileShape,
} from "./tile-decoder.ts";

/**
 * Returns the decoder of a PNG file, the only tile of its level. Alpha with the sample number `samplesPerPixel`, which
 * is not among the samples, comes from tRNS. Source: W3C PNG specification, third edition.
 */
export function pngTileDecoder({ level }: TileShape): TileDecoder {
  const { encoding, width, height } = level;
  const { alpha, samplesPerPixel } = encoding.layout;
  const model = decodedModels[encoding.model];
  const hasAlpha = alpha !== undefined;
  const most = rowsAtOnce(level) ?? height;
  const decodeRows = function* (kernel: Kernel, { parts: [bytes], window }: StoredTile): Generator<DecodedRows, void> {
    if (bytes === undefined) throw new RangeError("a file without bytes");
    const isMade = alpha?.sample === samplesPerPixel;
    const transparency = isMade ? findPngTransparency(bytes, readPngHeader(bytes)) : undefined;
    if (isMade && transparency === undefined) throw malformedPng("no tRNS although one is expected");
    const asked = window ?? { y: 0, height };
    const endRow = asked.y + asked.height;
    let read = 0;
    for (const rows of decodePng(kernel, { bytes, size: { width, height }, rowsAtOnce: most, endRow })) {
      const { first, count } = rows;
      read = first + count;
      const wanted = Math.min(most, endRow - first);
      const missing = count < wanted ? missingFrom(read, asked) : undefined;
      const writeInto = (planes: readonly Plane[]): MissingRows | undefined => {
        const there = planes.map((plane) => cutRows(plane, { first: 0, count }));
        if ((there[0]?.height ?? 0) > 0) settleRows(kernel, rows, { encoding, width, planes: there, transparency });
        for (const plane of planes) fillPlane(kernel, cutRows(plane, { first: count, count: wanted - count }), 0);
        return missing;
      };
      yield { first, count: wanted, isAlone: false, writeInto };
    }
    for (let first = Math.ceil(read / most) * most; first < endRow; first += most) {
      const count = Math.min(most, endRow - first);
      const writeInto = (planes: readonly Plane[]): MissingRows | undefined => {
        for (const plane of planes) fillPlane(kernel, cutRows(plane, { first: 0, count }), 0);
        return missingFrom(read, asked);
      };
      yield { first, count, isAlone: false, writeInto };
    }
  };
  return {
    model,
    planeCount: colorPlanes[model] + (hasAlpha ? 1 : 0),
    hasAlpha,
    subsampling: { x: 1, y: 1 },
    async decodeInto(kernel, tile, planes) {
      let missing: MissingRows | undefined;
      for (const rows of decodeRows(kernel, tile)) {
        const found = await rows.writeInto(planes.map((plane) => cutRows(plane, rows)));
        missing ??= found;
      }
      return missing;
    },
    decodeRows,
  };
}

/** Some rows of a plane, as far as it has them. */
function cutRows(plane: Plane, { first, count }: Pick<PngRows, "first" | "count">): Plane {
  const height = Math.max(0, Math.min(plane.height - first, count));
  return { ...plane, pointer: plane.pointer + first * plane.stride, height };
}

interface Target {
  readonly encoding: TileEncoding;
  readonly width: number;
  readonly planes: readonly Plane[];
  readonly transparency: PngTransparency | undefined;
}

function settleRows(kernel: Kernel, rows: PngRows, { encoding, width, planes, transparency }: Target): void {
  const { layout, model, palette } = encoding;
  const { samplesPerPixel, bits } = layout;
  const [first, second, third] = planes;
  const last = planes.at(-1);
  if (first === undefined || last === undefined) return;
  const packed = { ...layout, pointer: rows.pointer, rowBytes: rows.stride, width, height: rows.count };
  const colors = planes.slice(0, colorSamples[model]).map((plane, sample) => ({ plane, sample }));
  const stored = layout.alpha !== undefined && layout.alpha.sample < samplesPerPixel;
  const targets = stored ? [...colors, { plane: last, sample: samplesPerPixel - 1 }] : colors;
  unpackSamples(kernel, packed, targets, palette === undefined ? "full" : "index");
  if (transparency?.kind === "indexes") lookUpAlpha(kernel, first, { alphas: transparency.alphas, alpha: last });
  if (transparency?.kind === "color") keyColor(kernel, rows, { bits, samples: transparency.samples, alpha: last });
  if (palette !== undefined && second !== undefined && third !== undefined) {
    applyPalette(kernel, first, palette, [first, second, third]);
  }
}
