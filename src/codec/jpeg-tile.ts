import { ImageError } from "../error.ts";
import type { Area } from "../geometry.ts";
import type { Level } from "../pyramid/level.ts";
import { ycbcrToRgb } from "../raster/color.ts";
import { enlargePlane } from "../raster/enlarge.ts";
import type { Kernel } from "../raster/kernel.ts";
import { colorPlanes, type Plane, type Subsampling, threePlanes } from "../raster/raster.ts";
import { invertPlane } from "../raster/tone.ts";
import { decodeJpegInto, loadJpegTables } from "./jpeg/decoder.ts";
import { carriedSubsampling, type JpegHeader, type JpegSampling, readJpegHeader, samplingsOf } from "./jpeg/header.ts";
import { decodedModels, type TileDecoder, type TileShape } from "./tile-decoder.ts";

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
  return {
    model,
    planeCount: colorPlanes[model] + (alpha === undefined ? 0 : 1),
    hasAlpha: alpha !== undefined,
    subsampling: carried ?? { x: 1, y: 1 },
    async decodeInto(_, { parts: [bytes], rows, window }, planes) {
      if (bytes === undefined) throw new RangeError("a tile without bytes");
      const mark = kernel.mark();
      const targets = targetsOf(kernel, form, planes);
      const asked = window && scaleArea(window, reduction);
      const missing = decodeJpegInto(kernel, {
        tables,
        bytes,
        planes: targets.map(({ decoded }) => decoded),
        width: level.tileWidth,
        height: level.tileLength,
        // Some writers pad the last strip, others do not.
        minimumHeight: level.isStripped ? rows : undefined,
        samplings,
        window: isEnlarged(targets) ? undefined : asked,
        asked,
        reduction,
      });
      for (const [index, { decoded, plane }] of targets.entries()) {
        const sampling = samplings[index];
        if (plane !== undefined && plane !== decoded && sampling !== undefined) {
          enlargePlane(kernel, decoded, plane, sampling);
        }
      }
      if (encoding.model === "ycck") convertYcck(kernel, planes);
      if (encoding.isInverted) for (const plane of planes.slice(0, colorPlanes[model])) invertPlane(kernel, plane);
      kernel.release(mark);
      return missing;
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
  throw new ImageError("source-unsupported", "The stored image has a JPEG chroma sampling that is not supported.");
}

/** What tag 530 says, of the second and third component. */
function statedSamplings({ encoding: { layout, subsampling } }: Level): readonly JpegSampling[] {
  const isChroma = (sample: number): boolean => layout.samplesPerPixel > 2 && (sample === 1 || sample === 2);
  return Array.from({ length: layout.samplesPerPixel }, (_, sample) =>
    isChroma(sample) ? subsampling : { x: 1, y: 1 },
  );
}

function disagreement(detail: string): ImageError {
  return new ImageError("source-malformed", "The stored image is damaged: a JPEG tile disagrees with its directory.", {
    detail,
  });
}
