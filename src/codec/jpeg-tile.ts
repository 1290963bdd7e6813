import { ImageError } from "../error.ts";
import type { Area } from "../geometry.ts";
import type { Level } from "../pyramid/level.ts";
import { ycbcrToRgb } from "../raster/color.ts";
import { enlargePlane } from "../raster/enlarge.ts";
import type { Kernel } from "../raster/kernel.ts";
import { colorPlanes, type Plane, type Subsampling, threePlanes } from "../raster/raster.ts";
import { invertPlane } from "../raster/tone.ts";
import { decodeJpegInto, loadJpegTables } from "./jpeg/decoder.ts";
import { type JpegHeader, readJpegHeader } from "./jpeg/header.ts";
import { decodedModels, type TileDecoder, type TileShape } from "./tile-decoder.ts";

/** What all tiles of a level have in common. */
interface JpegForm {
  readonly level: Level;
  readonly reduction: TileShape["reduction"];
  /** The required subsampling of the second and third component, in pixels per sample. */
  readonly subsampling: Subsampling;
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
  const subsampling = frame === undefined ? encoding.subsampling : subsamplingOf(frame, level);
  const tables = loadJpegTables(kernel, encoding.jpegTables);
  const form: JpegForm = { level, reduction, subsampling };
  return {
    model,
    planeCount: colorPlanes[model] + (alpha === undefined ? 0 : 1),
    hasAlpha: alpha !== undefined,
    subsampling: model === "ycbcr" ? subsampling : { x: 1, y: 1 },
    async decodeInto(_, { parts: [bytes], rows, window }, planes) {
      if (bytes === undefined) throw new RangeError("a tile without bytes");
      const mark = kernel.mark();
      const targets = targetsOf(kernel, form, planes);
      decodeJpegInto(kernel, {
        tables,
        bytes,
        planes: targets.map(({ decoded }) => decoded),
        width: level.tileWidth,
        height: level.tileLength,
        // Some writers pad the last strip, others do not.
        minimumHeight: level.isStripped ? rows : undefined,
        subsampling: targets.length < 3 ? undefined : subsampling,
        window: window && !isEnlarged(targets) ? scaleArea(window, reduction) : undefined,
        reduction,
      });
      for (const { decoded, plane } of targets) {
        if (plane !== undefined && plane !== decoded) enlargePlane(kernel, decoded, plane, subsampling);
      }
      if (encoding.model === "ycck") convertYcck(kernel, planes);
      if (encoding.isInverted) for (const plane of planes.slice(0, colorPlanes[model])) invertPlane(kernel, plane);
      kernel.release(mark);
    },
  };
}

interface Target {
  /** Where the component is decoded to: the plane itself, or separate memory. */
  readonly decoded: Plane;
  /** Undefined for a sample that is neither a colour nor alpha. */
  readonly plane: Plane | undefined;
}

/** Components are the colours, then the extra samples; the plane of alpha follows those of the colours. */
function targetsOf(kernel: Kernel, { level, reduction, subsampling }: JpegForm, planes: readonly Plane[]): Target[] {
  const { model, layout } = level.encoding;
  const colors = colorPlanes[decodedModels[model]];
  const width = Math.ceil(level.tileWidth / reduction);
  const height = Math.ceil(level.tileLength / reduction);
  const isSubsampled = subsampling.x > 1 || subsampling.y > 1;
  return Array.from({ length: layout.samplesPerPixel }, (_, sample): Target => {
    const isColor = sample < colors;
    const plane = isColor ? planes[sample] : sample === layout.alpha?.sample ? planes[colors] : undefined;
    if (plane === undefined) return { decoded: kernel.allocatePlane(width, height), plane };
    const isEnlarged = isSubsampled && model !== "ycbcr" && (sample === 1 || sample === 2);
    const decoded = isEnlarged
      ? kernel.allocatePlane(Math.ceil(width / subsampling.x), Math.ceil(height / subsampling.y))
      : plane;
    return { decoded, plane };
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

/** Only the second and third of three or more components may be subsampled, both the same way. */
function subsamplingOf({ components }: JpegHeader, { encoding }: Level): Subsampling {
  const [first, second, third] = components;
  const { samplesPerPixel } = encoding.layout;
  if (first === undefined || components.length !== samplesPerPixel) {
    throw disagreement(`${components.length} components instead of ${samplesPerPixel}`);
  }
  if (second === undefined || third === undefined) return { x: 1, y: 1 };
  return {
    x: factor(first.horizontal, second.horizontal),
    y: factor(first.vertical, second.vertical),
  };
}

function factor(first: number, second: number): 1 | 2 | 4 {
  const ratio = first / second;
  if (ratio === 1 || ratio === 2 || ratio === 4) return ratio;
  throw disagreement(`a chroma sampling factor of ${second} for ${first}`);
}

function disagreement(detail: string): ImageError {
  return new ImageError("source-malformed", "The stored image is damaged: a JPEG tile disagrees with its directory.", {
    detail,
  });
}
