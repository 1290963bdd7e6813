import type { Level } from "../pyramid/level.ts";
import type { TileEncoding } from "../pyramid/tile-encoding.ts";
import type { Kernel } from "../raster/kernel.ts";
import { undoFloatPredictor, undoPredictor } from "../raster/predictor.ts";
import { colorPlanes, type Plane, planeSlackBytes } from "../raster/raster.ts";
import { unpackSamples } from "../raster/unpack.ts";
import { type ByteCompression, decompressInto } from "./decompress.ts";
import { joinMissing, type MissingRows } from "./missing-rows.ts";
import { packing, scaleOf, settleColors, targetsOf } from "./packed-planes.ts";
import { isStreamed } from "./packed-stream.ts";
import { decodeStripRows } from "./strip-rows.ts";
import {
  type DecodedRows,
  decodedModels,
  packedRowBytes,
  rowsAtOnce,
  type StoredTile,
  type TileDecoder,
  type TileShape,
} from "./tile-decoder.ts";
import { separateUnits, unitBytes } from "./ycbcr-units.ts";

/**
 * Returns the decoder of tiles and strips that hold plain samples, of any depth and colour model; also YCbCr in
 * subsampled units. Source: TIFF 6.0 §3 to §6, §8, §10, §11, §13, §14, §16, §21, §23.
 */
export function sampleTileDecoder(shape: TileShape, compression: ByteCompression): TileDecoder {
  const { level } = shape;
  const { encoding } = level;
  const { subsampling, layout } = encoding;
  const model = decodedModels[encoding.model];
  const hasAlpha = layout.alpha !== undefined;
  const isInUnits = subsampling.x > 1 || subsampling.y > 1;
  const rows = rowsAtOnce(level, shape);
  return {
    model,
    planeCount: colorPlanes[model] + (hasAlpha ? 1 : 0),
    hasAlpha,
    subsampling: model === "ycbcr" ? subsampling : { x: 1, y: 1 },
    async decodeInto(kernel, tile, planes) {
      const mark = kernel.mark();
      const decode = isInUnits ? decodeUnits : decodeSamples;
      const missing = decode(kernel, { level, compression, tile, planes });
      settleColors(kernel, encoding, planes);
      kernel.release(mark);
      return missing;
    },
    ...(rows !== undefined && {
      decodeRows: (kernel, tile) => {
        const { source, range } = tile;
        if (source !== undefined && range !== undefined && isStreamed(compression)) {
          return decodeStripRows(kernel, { level, compression, tile, source, range, rowsAtOnce: rows });
        }
        return decodeRows(kernel, { level, compression, tile, rowsAtOnce: rows });
      },
    }),
  };
}

interface Decoding {
  readonly level: Level;
  readonly compression: ByteCompression;
  readonly tile: StoredTile;
  readonly planes: readonly Plane[];
}

function decodeUnits(kernel: Kernel, { level, compression, tile, planes }: Decoding): MissingRows | undefined {
  const { encoding, tileWidth: width } = level;
  const { subsampling } = encoding;
  const { rows, window: asked } = tile;
  const byteLength = unitBytes({ width, height: rows, subsampling });
  const target = kernel.allocate(byteLength + planeSlackBytes);
  const [bytes] = tile.parts;
  if (bytes === undefined) throw new RangeError("a tile without bytes");
  const missing = decompressInto(kernel, { compression, bytes, target, byteLength, width, rows, encoding, asked });
  separateUnits(kernel, { pointer: target, planes: rowsOf(planes, { rows, subsampling }), subsampling });
  return missing;
}

/** The planes of a strip are only filled as far as it has rows. */
function rowsOf(
  [luma, ...chroma]: readonly Plane[],
  { rows, subsampling }: { readonly rows: number; readonly subsampling: TileEncoding["subsampling"] },
): Plane[] {
  const height = Math.ceil(rows / subsampling.y);
  const cut = chroma.map((plane) => ({ ...plane, height }));
  return luma === undefined ? cut : [{ ...luma, height: rows }, ...cut];
}

function decodeSamples(kernel: Kernel, { level, compression, tile, planes }: Decoding): MissingRows | undefined {
  const { encoding, tileWidth: width } = level;
  const { layout, predictor } = encoding;
  const targets = targetsOf(encoding, planes);
  const samplesPerPixel = layout.isPlanar ? 1 : layout.samplesPerPixel;
  const rowBytes = packedRowBytes(level);
  const byteLength = rowBytes * tile.rows;
  const pointer = kernel.allocate(byteLength + planeSlackBytes);
  const { rows, window: asked } = tile;
  let missing: MissingRows | undefined;
  for (const [part, bytes] of tile.parts.entries()) {
    const wanted = layout.isPlanar
      ? targets.filter(({ sample }) => sample === part).map(({ plane }) => ({ plane, sample: 0 }))
      : targets;
    if (wanted.length === 0) continue;
    const packedTile = { compression, bytes, target: pointer, byteLength, width, rows, encoding, asked };
    missing = joinMissing(missing, decompressInto(kernel, packedTile));
    const packed = { ...packing(layout), pointer, rowBytes, width, height: tile.rows, samplesPerPixel };
    if (predictor === "horizontal") undoPredictor(kernel, packed);
    else if (predictor === "float") undoFloatPredictor(kernel, packed);
    unpackSamples(kernel, packed, wanted, scaleOf(encoding));
  }
  return missing;
}

/** Unpacks a strip of whole pixels some rows at a time: it is held as it is packed, but not in planes. */
function* decodeRows(
  kernel: Kernel,
  { level, compression, tile, rowsAtOnce: most }: Omit<Decoding, "planes"> & { readonly rowsAtOnce: number },
): Generator<DecodedRows, void> {
  const { encoding, tileWidth: width } = level;
  const { layout, predictor } = encoding;
  const [bytes] = tile.parts;
  if (bytes === undefined) throw new RangeError("a tile without bytes");
  const { rows, window: asked } = tile;
  const rowBytes = packedRowBytes(level);
  const byteLength = rowBytes * rows;
  const mark = kernel.mark();
  const target = kernel.allocate(byteLength + planeSlackBytes);
  try {
    const missing = decompressInto(kernel, { compression, bytes, target, byteLength, width, rows, encoding, asked });
    const { samplesPerPixel } = layout;
    const packed = { ...packing(layout), pointer: target, rowBytes, width, height: rows, samplesPerPixel };
    if (predictor === "horizontal") undoPredictor(kernel, packed);
    else if (predictor === "float") undoFloatPredictor(kernel, packed);
    for (let first = 0; first < rows; first += most) {
      const height = Math.min(most, rows - first);
      const part = { ...packed, pointer: target + first * rowBytes, height };
      const writeInto = (planes: readonly Plane[]): MissingRows | undefined => {
        const cut = planes.map((plane) => ({ ...plane, height }));
        unpackSamples(kernel, part, targetsOf(encoding, cut), scaleOf(encoding));
        settleColors(kernel, encoding, cut);
        return missing;
      };
      yield { first, count: height, isAlone: false, writeInto };
    }
  } finally {
    kernel.release(mark);
  }
}
