import { colorSamples } from "../pyramid/color-model.ts";
import type { TileEncoding } from "../pyramid/tile-encoding.ts";
import type { Kernel } from "../raster/kernel.ts";
import { applyPalette } from "../raster/palette.ts";
import { colorPlanes, type Plane } from "../raster/raster.ts";
import { unpackSamples } from "../raster/unpack.ts";
import { decodePng, type PngRows } from "./png/decoder.ts";
import { malformedPng, readPngHeader } from "./png/reader.ts";
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
  const rows = rowsAtOnce(level) ?? height;
  const open = async function* (kernel: Kernel, { parts: [bytes] }: StoredTile): AsyncGenerator<DecodedRows, void> {
    if (bytes === undefined) throw new RangeError("a file without bytes");
    const isMade = alpha?.sample === samplesPerPixel;
    const transparency = isMade ? findPngTransparency(bytes, readPngHeader(bytes)) : undefined;
    if (isMade && transparency === undefined) throw malformedPng("no tRNS although one is expected");
    for await (const decoded of decodePng(kernel, { bytes, size: { width, height }, rowsAtOnce: rows })) {
      const { first, count } = decoded;
      const writeInto = (planes: readonly Plane[]): void => {
        const cut = planes.map((plane) => ({ ...plane, height: Math.min(plane.height, count) }));
        if ((cut[0]?.height ?? 0) > 0) settleRows(kernel, decoded, { encoding, width, planes: cut, transparency });
      };
      yield { first, count, writeInto };
    }
  };
  return {
    model,
    planeCount: colorPlanes[model] + (hasAlpha ? 1 : 0),
    hasAlpha,
    subsampling: { x: 1, y: 1 },
    async decodeInto(kernel, tile, planes) {
      for await (const part of open(kernel, tile)) part.writeInto(planes.map((plane) => cutRows(plane, part)));
    },
    decodeRows: open,
  };
}

/** The rows of a plane that a batch fills. */
function cutRows(plane: Plane, { first, count }: DecodedRows): Plane {
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
