import { ImageError } from "../error.ts";
import type { Area } from "../geometry.ts";
import type { Level } from "../pyramid/level.ts";
import { ycbcrToRgb } from "../raster/color.ts";
import { enlargePlane } from "../raster/enlarge.ts";
import type { Kernel } from "../raster/kernel.ts";
import { isNoTurn, noTurn, type Turn, turnPlane, turnSize, unturnArea } from "../raster/orientation.ts";
import { colorPlanes, type Plane, type Subsampling, threePlanes } from "../raster/raster.ts";
import { invertPlane } from "../raster/tone.ts";
import { decodeJpegInto, decodeRgbHalved, type JpegTables, loadJpegTables } from "./jpeg/decoder.ts";
import { carriedSubsampling, type JpegHeader, type JpegSampling, readJpegHeader, samplingsOf } from "./jpeg/header.ts";
import { decodeFileRows } from "./jpeg-file-rows.ts";
import type { MissingRows } from "./missing-rows.ts";
import {
  type DecodedRows,
  decodedModels,
  paddedForTurn,
  rowsAtOnce,
  type StoredTile,
  type TileDecoder,
  type TileShape,
} from "./tile-decoder.ts";
import { turnSubsampling } from "./turned-tile.ts";

/** What all tiles of a level have in common. */
interface JpegForm {
  readonly level: Level;
  readonly reduction: TileShape["reduction"];
  /** How each component must be sampled. */
  readonly samplings: readonly JpegSampling[];
  /** How the chroma of YCbCr is subsampled in its planes; components sampled otherwise are enlarged. */
  readonly carried: Subsampling | undefined;
}

/**
 * Returns the decoder of JPEG tiles and strips; `sample` is one of them, and its frame header states the sampling that
 * all must have: tag 530 is often wrong, and only counts if no tile was written. Throws `source-malformed`,
 * `source-unsupported`, `render-memory`. Source: TIFF Technical Note 2; ITU-T T.81.
 */
export function jpegTileDecoder(kernel: Kernel, shape: TileShape, sample: Uint8Array | undefined): TileDecoder {
  const { level, reduction } = shape;
  const { encoding } = level;
  const { alpha } = encoding.layout;
  const model = decodedModels[encoding.model];
  const frame = sample === undefined ? undefined : readJpegHeader(sample);
  const samplings = frame === undefined ? statedSamplings(level) : readSamplings(frame, level);
  const carried = model === "ycbcr" ? carriedSubsampling(samplings) : undefined;
  const tables = loadJpegTables(kernel, encoding.jpegTables);
  const form: JpegForm = { level, reduction, samplings, carried };
  const rows = rowsAtOnce(level, shape);
  const turn = rows === undefined ? noTurn : (shape.turn ?? noTurn);
  if (rows !== undefined && model === "ycbcr" && carried === undefined) throw unsupportedSampling();
  return {
    model,
    planeCount: colorPlanes[model] + (alpha === undefined ? 0 : 1),
    hasAlpha: alpha !== undefined,
    subsampling: turnSubsampling(carried ?? { x: 1, y: 1 }, turn),
    async decodeInto(_, tile, planes) {
      const { window } = tile;
      return decodeWindow(kernel, { form, tables, tile, window: window && scaleArea(window, reduction) }, planes);
    },
    ...(areColorsConverted(form) && {
      decodeHalved: (_, tile, planes) => {
        const { window } = tile;
        return decodeRgbHalved(kernel, { ...frameOf({ form, tables, tile, window }), planes, window, asked: window });
      },
    }),
    ...(rows !== undefined && {
      decodeRows: (_, tile) => {
        const { source, window, checkpoints } = tile;
        const file = { level, reduction, samplings, rows, window, checkpoints };
        if (source !== undefined) return decodeFileRows(kernel, { ...file, source });
        return decodeRows(kernel, { form, tables, tile, rows, turn });
      },
    }),
  };
}

/** A tile, and the part of it that is needed, in pixels as it is stored; undefined for all. */
interface Decoding {
  readonly form: JpegForm;
  readonly tables: JpegTables | undefined;
  readonly tile: StoredTile;
  readonly window: Area | undefined;
}

/** Returns whether the kernel converts colours as it decodes them. */
function areColorsConverted({ level: { encoding }, reduction, samplings }: JpegForm): boolean {
  const isRgbAlone = encoding.model === "rgb" && encoding.layout.samplesPerPixel === 3 && !encoding.isInverted;
  return isRgbAlone && reduction === 1 && samplings.every(({ x, y }) => x === 1 && y === 1);
}

/** Returns what the stream of a tile must be. */
function frameOf({ form: { level, samplings }, tables, tile }: Decoding) {
  const [bytes] = tile.parts;
  if (bytes === undefined) throw new RangeError("a tile without bytes");
  // Some writers pad the last strip, others do not.
  const minimumHeight = level.isStripped ? tile.rows : undefined;
  return { tables, bytes, width: level.tileWidth, height: level.tileLength, minimumHeight, samplings };
}

/** Decodes a window of a tile; the planes begin where the tile does. */
function decodeWindow(kernel: Kernel, decoding: Decoding, planes: readonly Plane[]): MissingRows | undefined {
  const { form, window } = decoding;
  const { level, reduction, samplings } = form;
  const { encoding } = level;
  const mark = kernel.mark();
  const targets = targetsOf(kernel, form, planes);
  const missing = decodeJpegInto(kernel, {
    ...frameOf(decoding),
    planes: targets.map(({ decoded }) => decoded),
    window: isEnlarged(targets) ? undefined : window,
    asked: window,
    reduction,
  });
  for (const [index, { decoded, plane }] of targets.entries()) {
    const sampling = samplings[index];
    if (plane !== undefined && plane !== decoded && sampling !== undefined) {
      enlargePlane(kernel, decoded, plane, sampling);
    }
  }
  if (encoding.model === "ycck") convertYcck(kernel, planes);
  if (encoding.isInverted) {
    for (const plane of planes.slice(0, colorPlanes[decodedModels[encoding.model]])) invertPlane(kernel, plane);
  }
  kernel.release(mark);
  return missing;
}

/** Decodes a large JPEG some rows at a time, as it is turned, going through what comes before them each time. */
function* decodeRows(
  kernel: Kernel,
  { rows: most, turn, ...decoding }: Omit<Decoding, "window"> & { readonly rows: number; readonly turn: Turn },
): Generator<DecodedRows, void> {
  const { level, reduction } = decoding.form;
  const stored = { width: Math.ceil(level.tileWidth / reduction), height: Math.ceil(level.tileLength / reduction) };
  const size = isNoTurn(turn) ? stored : turnSize(paddedForTurn(stored), turn);
  const asked = decoding.tile.window ?? { x: 0, y: 0, ...size };
  const end = asked.y + asked.height;
  for (let first = Math.floor(asked.y / most) * most; first < end; first += most) {
    const count = Math.min(most, size.height - first);
    const y = Math.max(first, asked.y);
    const part = unturnArea({ ...asked, y, height: Math.min(first + count, end) - y }, size, turn);
    const area = unturnArea({ x: 0, y: first, width: size.width, height: count }, size, turn);
    const writeInto = (planes: readonly Plane[]): MissingRows | undefined =>
      decodeArea(kernel, { ...decoding, window: scaleArea(part, reduction), area, turn }, planes);
    yield { first, count, isAlone: true, writeInto };
  }
}

/** Decodes a window of a tile to planes that show `area` of it, turned. */
function decodeArea(
  kernel: Kernel,
  { area, turn, ...decoding }: Decoding & { readonly area: Area; readonly turn: Turn },
  planes: readonly Plane[],
): MissingRows | undefined {
  const { carried = { x: 1, y: 1 } } = decoding.form;
  const mark = kernel.mark();
  const parts = planes.map((plane, index) => {
    const { x, y } = isChroma(index) ? carried : { x: 1, y: 1 };
    const [width, height] = [Math.ceil(area.width / x), Math.ceil(area.height / y)];
    const upright = isNoTurn(turn) ? { ...plane, width, height } : kernel.allocatePlane(width, height);
    return { plane, upright, left: area.x / x, top: area.y / y };
  });
  // Planes begin where the tile does, and only what is needed of them is written.
  const whole = parts.map(({ upright, left, top }) => ({
    pointer: upright.pointer - top * upright.stride - left,
    stride: upright.stride,
    width: left + upright.width,
    height: top + upright.height,
  }));
  const missing = decodeWindow(kernel, decoding, whole);
  for (const { upright, plane } of isNoTurn(turn) ? [] : parts) {
    // The last rows are fewer than the plane has room for.
    turnPlane(kernel, upright, { ...plane, ...turnSize(upright, turn) }, turn);
  }
  kernel.release(mark);
  return missing;
}

function isChroma(plane: number): boolean {
  return plane === 1 || plane === 2;
}

interface Target {
  /** Where the component is decoded to: the plane itself, or separate memory. */
  readonly decoded: Plane;
  /** Undefined for a sample that is neither a colour nor alpha. */
  readonly plane: Plane | undefined;
}

/** Components are the colours, then the extra samples; the plane of alpha follows those of the colours. */
function targetsOf(
  kernel: Kernel,
  { level, reduction, samplings, carried }: JpegForm,
  planes: readonly Plane[],
): Target[] {
  const { model, layout } = level.encoding;
  const colors = colorPlanes[decodedModels[model]];
  const width = Math.ceil(level.tileWidth / reduction);
  const height = Math.ceil(level.tileLength / reduction);
  return Array.from({ length: layout.samplesPerPixel }, (_, sample): Target => {
    const isColor = sample < colors;
    const plane = isColor ? planes[sample] : sample === layout.alpha?.sample ? planes[colors] : undefined;
    const { x, y } = samplings[sample] ?? { x: 1, y: 1 };
    const isCarried = (x === 1 && y === 1) || (carried !== undefined && sample < colors);
    if (plane !== undefined && isCarried) return { decoded: plane, plane };
    return { decoded: kernel.allocatePlane(Math.ceil(width / x), Math.ceil(height / y)), plane };
  });
}

/** Enlarging interpolates between samples that a window would leave out. */
function isEnlarged(targets: readonly Target[]): boolean {
  return targets.some(({ decoded, plane }) => plane !== undefined && plane !== decoded);
}

function scaleArea({ x, y, width, height }: Area, factor: number): Area {
  return { x: x * factor, y: y * factor, width: width * factor, height: height * factor };
}

/** The ink of YCCK is the inverse of the RGB in its first three components. Source: Adobe Technical Note 5116, §18. */
function convertYcck(kernel: Kernel, planes: readonly Plane[]): void {
  const colors = threePlanes(planes);
  ycbcrToRgb(kernel, { source: colors, destination: colors });
  for (const plane of colors) invertPlane(kernel, plane);
}

function readSamplings(frame: JpegHeader, { encoding }: Level): readonly JpegSampling[] {
  const { samplesPerPixel } = encoding.layout;
  if (frame.components.length !== samplesPerPixel) {
    throw disagreement(`${frame.components.length} components instead of ${samplesPerPixel}`);
  }
  const samplings = samplingsOf(frame);
  if (samplings !== undefined) return samplings;
  throw unsupportedSampling();
}

function unsupportedSampling(): ImageError {
  return new ImageError("source-unsupported", "The stored image has a JPEG chroma sampling that is not supported.");
}

/** What tag 530 says, of the second and third component. */
function statedSamplings({ encoding: { layout, subsampling } }: Level): readonly JpegSampling[] {
  return Array.from({ length: layout.samplesPerPixel }, (_, sample) =>
    layout.samplesPerPixel > 2 && isChroma(sample) ? subsampling : { x: 1, y: 1 },
  );
}

function disagreement(detail: string): ImageError {
  return new ImageError("source-malformed", "The stored image is damaged: a JPEG tile disagrees with its directory.", {
    detail,
  });
}
