import { rotatedSize } from "../../src/geometry.ts";
import type { Kernel } from "../../src/raster/kernel.ts";
import { noTurn, type Turn, turnSize } from "../../src/raster/orientation.ts";
import { colorPlanes, type Raster, rasterOf } from "../../src/raster/raster.ts";
import { Rotation, type RotationRequest } from "../../src/raster/rotation.ts";
import { cropPlane } from "../../src/raster/samples.ts";
import { readPlane, type Samples, storePlane } from "./planes.ts";

/** Planes of a picture, and what becomes of them. */
export interface RotatedPlanes {
  /** Of its model, then alpha; of three planes of which two are smaller, these are chroma. */
  readonly planes: readonly Samples[];
  readonly model?: RotationRequest["model"];
  readonly turn?: Turn;
  readonly degrees: number;
  readonly ground?: RotationRequest["ground"];
  readonly stripRows?: number;
}

/** What came out, and how many strips of the picture had gone in before the first strip of the canvas. */
export interface RotatedSamples {
  /** Of the model, then alpha. */
  readonly planes: readonly Samples[];
  readonly stripsBefore: number;
}

/** Returns the request that planes are rotated by. */
export function rotationRequestOf(given: RotatedPlanes): RotationRequest {
  const { planes, model = planes.length < 3 ? "gray" : "rgb", turn = noTurn, degrees } = given;
  const { width, height } = planes[0]!;
  const canvas = rotatedSize(turnSize({ width, height }, turn), degrees);
  return {
    ...{ size: { width, height }, turn, degrees, canvas, model, chromaPixels: model === "ycbcr" ? 2 : 1 },
    ...{ hasAlpha: planes.length > colorPlanes[model], ground: given.ground ?? "transparent" },
    stripRows: given.stripRows ?? 16,
  };
}

/** Rotates planes in strips, as a drawing does, and joins what comes out. */
export function rotatePlanes(kernel: Kernel, given: RotatedPlanes): RotatedSamples {
  const request = rotationRequestOf(given);
  const { size, model, chromaPixels, stripRows } = request;
  const stored = given.planes.map((samples) => storePlane(kernel, samples));
  const rotation = new Rotation(kernel, request);
  const strips: Raster[] = [];
  const made: Samples[][] = [];
  let stripsBefore = 0;
  for (let first = 0; first < size.height; first += stripRows) {
    const rows = Math.min(stripRows, size.height - first);
    const planes = stored.map((plane) => {
      const pixels = plane.height < size.height ? chromaPixels : 1;
      const y = first / pixels;
      return cropPlane(plane, { x: 0, y, width: plane.width, height: Math.ceil(rows / pixels) });
    });
    rotation.add(rasterOf({ ...size, height: rows, model, subsampling: { x: chromaPixels, y: chromaPixels } }, planes));
    for (let strip = rotation.next(); strip !== undefined; strip = rotation.next()) {
      const { raster } = strip;
      const all = raster.alpha === undefined ? raster.planes : [...raster.planes, raster.alpha];
      made.push(all.map((plane) => readPlane(kernel, plane)));
      strips.push(raster);
    }
    if (strips.length === 0) stripsBefore += 1;
  }
  const rows = strips.reduce((sum, { height }) => sum + height, 0);
  if (rows !== request.canvas.height) throw new Error(`${rows} rows of a canvas`);
  return { planes: made[0]!.map((_, index) => join(made.map((planes) => planes[index]!))), stripsBefore };
}

/** Returns what an opaque grey picture becomes on a white ground. */
export function onWhite(samples: Samples, alpha: Samples): Samples {
  const values = samples.values.map((value, at) => Math.round(255 + ((value - 255) * alpha.values[at]!) / 255));
  return { ...samples, values };
}

function join(strips: readonly Samples[]): Samples {
  const values = new Uint8Array(strips.reduce((sum, strip) => sum + strip.values.length, 0));
  let at = 0;
  for (const strip of strips) {
    values.set(strip.values, at);
    at += strip.values.length;
  }
  return { width: strips[0]!.width, height: values.length / strips[0]!.width, values };
}
