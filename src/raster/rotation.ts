import { unpremultiply } from "./alpha.ts";
import { ringsBytes } from "./column-rings.ts";
import type { Kernel } from "./kernel.ts";
import {
  colorPlanes,
  type Plane,
  planeSlackBytes,
  type Raster,
  type RasterForm,
  rasterOf,
  strideAlignment,
  subsamplingOf,
} from "./raster.ts";
import {
  type ObliqueStrips,
  type PlanePlace,
  phasesBytes,
  RotatedPlane,
  ringsOf,
  storePhases,
} from "./rotated-plane.ts";
import { fillPlane } from "./samples.ts";

/** A picture that comes in strips, and what becomes of it. */
export interface RotationRequest extends ObliqueStrips {
  readonly model: "gray" | "rgb" | "ycbcr";
  /** Pixels that a sample of chroma covers on both axes. */
  readonly chromaPixels: 1 | 2;
  /** Whether the picture has alpha, which its colours are multiplied by. */
  readonly hasAlpha: boolean;
  /** What the canvas is beside the picture: white, or transparent, for which it is given alpha. */
  readonly ground: "white" | "transparent";
}

/** Some rows of the canvas. */
export interface CanvasStrip {
  /** The first of its rows. */
  readonly first: number;
  readonly raster: Raster;
}

/** Returns the kernel memory that a rotation takes, in bytes. */
export function rotationBytes(request: RotationRequest): number {
  const { width } = request.canvas;
  const rings = planesOf(request).reduce((sum, plane) => sum + ringsBytes(ringsOf(request, plane)), 0);
  const strips = madePlanes(request) * (request.stripRows * (width + strideAlignment) + planeSlackBytes);
  return rings + strips + phasesBytes;
}

/**
 * Rotates a picture as its rows come: not rescaled, sampled by cubic convolution. Each column is held until the
 * canvas has passed it: at small angles a triangle of the picture, at angles near 180 degrees all of it. Samples beside the
 * picture are white. Where the ground is white, pixels that the picture covers in part are blended with it; else alpha says how much
 * of each it covers, and colours are no longer multiplied by the alpha that the picture had.
 */
export class Rotation {
  readonly #kernel: Kernel;
  readonly #request: RotationRequest;
  readonly #planes: readonly RotatedPlane[];
  /** Alpha where the picture has none of its own. */
  readonly #cover: Plane | undefined;
  #done = 0;

  /** Takes its memory out of the kernel's arena. Throws `render-memory`. */
  constructor(kernel: Kernel, request: RotationRequest) {
    this.#kernel = kernel;
    this.#request = request;
    const { canvas, stripRows, ground, hasAlpha } = request;
    const phases = storePhases(kernel);
    this.#planes = planesOf(request).map((place) => new RotatedPlane(kernel, { oblique: request, place, phases }));
    const isCovered = ground === "transparent" && !hasAlpha;
    this.#cover = isCovered ? kernel.allocatePlane(canvas.width, stripRows) : undefined;
  }

  /** Adds the next strip of the picture. */
  add({ planes, alpha }: Raster): void {
    const strips = alpha === undefined ? planes : [...planes, alpha];
    for (const [index, plane] of this.#planes.entries()) {
      const strip = strips[index];
      if (strip === undefined) throw new RangeError(`a strip without plane ${index}`);
      plane.add(strip);
    }
  }

  /** Returns the next strip of the canvas, valid until the one after it; undefined as long as rows are missing, and at the end. */
  next(): CanvasStrip | undefined {
    const { canvas, stripRows, model, chromaPixels, ground } = this.#request;
    const first = this.#done;
    const height = Math.min(stripRows, canvas.height - first);
    if (height === 0 || !this.#planes.every((plane) => plane.reaches(first, height))) return undefined;
    this.#done += height;
    const made = this.#planes.map((plane) => plane.make(first, height));
    const form: RasterForm = {
      ...{ width: canvas.width, height, model },
      subsampling: { x: chromaPixels, y: chromaPixels },
    };
    if (ground === "white") {
      this.#planes.forEach((plane, index) => {
        plane.cover(made[index]!, first);
      });
      return { first, raster: rasterOf(form, made) };
    }
    const alpha = this.#alphaOf(made, height);
    this.#planes[0]!.cover(alpha, first, 0);
    return { first, raster: rasterOf(form, [...made.slice(0, colorPlanes[model]), alpha]) };
  }

  /** Returns the alpha that the picture has, 255 where it has none; its colours are divided by it. */
  #alphaOf(made: readonly Plane[], height: number): Plane {
    const own = made[colorPlanes[this.#request.model]];
    if (own !== undefined) {
      for (const plane of made) if (plane !== own) unpremultiply(this.#kernel, { plane, alpha: own });
      return own;
    }
    if (this.#cover === undefined) throw new RangeError("a canvas without alpha");
    const alpha = { ...this.#cover, height };
    fillPlane(this.#kernel, alpha, 255);
    return alpha;
  }
}

function planesOf({ model, chromaPixels, hasAlpha }: RotationRequest): readonly PlanePlace[] {
  const subsampling = { x: chromaPixels, y: chromaPixels };
  return Array.from({ length: colorPlanes[model] + (hasAlpha ? 1 : 0) }, (_, index) => {
    const isChroma = model === "ycbcr" && (index === 1 || index === 2);
    return { pixels: subsamplingOf({ model, subsampling }, index).x === 2 ? 2 : 1, white: isChroma ? 128 : 255 };
  });
}

/** Planes of the canvas that strips are made of. */
function madePlanes({ model, ground }: RotationRequest): number {
  return colorPlanes[model] + (ground === "transparent" ? 1 : 0);
}
