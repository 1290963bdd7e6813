import type { Size } from "../geometry.ts";
import { unpremultiply } from "./alpha.ts";
import { ColumnRings, type RingsRequest, ringsBytes } from "./column-rings.ts";
import type { Kernel } from "./kernel.ts";
import { type CanvasMap, canvasOf, mapCanvas, mapFromRow, type Oblique } from "./oblique.ts";
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
import { fillPlane } from "./samples.ts";
import { planWeights } from "./weights.ts";

/** Number of positions between two samples with their own weights: `phaseBits` of `wasm/rotate.ts`. */
const phaseCount = 1024;

/** A picture that comes in strips, and what becomes of it. */
export interface RotationRequest extends Oblique {
  readonly model: "gray" | "rgb" | "ycbcr";
  /** Pixels that a sample of chroma covers on both axes. */
  readonly chromaPixels: 1 | 2;
  /** Whether the picture has alpha, which its colours are multiplied by. */
  readonly hasAlpha: boolean;
  /** What the canvas is beside the picture: white, or transparent, for which it is given alpha. */
  readonly ground: "white" | "transparent";
  /** Pixel rows that come at once, and that the canvas is made in. */
  readonly stripRows: number;
}

/** Some rows of the canvas. */
export interface CanvasStrip {
  /** The first of its rows. */
  readonly first: number;
  readonly raster: Raster;
}

/** Returns the kernel memory that a rotation takes, in bytes. */
export function rotationBytes(request: RotationRequest): number {
  const { width } = canvasOf(request);
  const rings = planesOf(request).reduce((sum, plane) => sum + ringsBytes(ringsOf(request, plane)), 0);
  const strips = madePlanes(request) * (request.stripRows * (width + strideAlignment) + planeSlackBytes);
  return rings + strips + phaseCount * 8 + planeSlackBytes;
}

/**
 * Rotates a picture as its rows come: not rescaled, sampled with the Catmull-Rom filter. Each column is held until the
 * canvas has passed it: at small angles a triangle of the picture, at angles near 180 degrees all of it. Samples beside the
 * picture are white. Where the ground is white, pixels that the picture covers in part are blended with it; else alpha says how much
 * of each it covers, and colours are no longer multiplied by the alpha that the picture had.
 */
export class Rotation {
  readonly #kernel: Kernel;
  readonly #request: RotationRequest;
  readonly #canvas: Size;
  readonly #planes: readonly RotatedPlane[];
  /** Alpha where the picture has none of its own. */
  readonly #cover: Plane | undefined;
  #done = 0;

  /** Takes its memory out of the kernel's arena. Throws `render-memory`. */
  constructor(kernel: Kernel, request: RotationRequest) {
    this.#kernel = kernel;
    this.#request = request;
    this.#canvas = canvasOf(request);
    const phases = storePhases(kernel);
    this.#planes = planesOf(request).map((plane) => new RotatedPlane(kernel, { request, plane, phases }));
    const isCovered = request.ground === "transparent" && !request.hasAlpha;
    this.#cover = isCovered ? kernel.allocatePlane(this.#canvas.width, request.stripRows) : undefined;
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
    const first = this.#done;
    const height = Math.min(this.#request.stripRows, this.#canvas.height - first);
    if (height === 0 || !this.#planes.every((plane) => plane.reaches(first, height))) return undefined;
    this.#done += height;
    const made = this.#planes.map((plane) => plane.make(first, height));
    const { model, chromaPixels, ground } = this.#request;
    const form: RasterForm = {
      ...{ width: this.#canvas.width, height, model },
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

/** One plane of a picture. */
interface PlanePlace {
  /** Pixels that a sample covers on both axes. */
  readonly pixels: 1 | 2;
  /** What it is where the picture is white. */
  readonly white: number;
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

/** Rows that rounding and the padding of the plane come to at most. */
const spareRows = 12;

/** Plans how long columns are held: until the canvas has passed them since it came to the last of its columns. */
function ringsOf({ size, stripRows, ...oblique }: RotationRequest, { pixels }: PlanePlace): RingsRequest {
  const width = Math.ceil(size.width / pixels);
  const height = Math.ceil(size.height / pixels);
  const map = mapCanvas({ size, ...oblique }, pixels);
  const { acrossColumn, downColumn, acrossRow, downRow } = map;
  // How far down a row of the canvas runs for each column of the plane, and how far the next row is below it.
  const slope = downColumn / acrossColumn;
  const advance = downRow - slope * acrossRow;
  const rows = stripRows / pixels;
  const rowsOf = (first: number, end: number): number => {
    const lag = Math.abs(slope) * (slope > 0 ? width + 2 - first : end + 2);
    return advance < 0 ? height + 2 * spareRows : lag + rows * advance + rows + spareRows;
  };
  return { width, height, rowsOf };
}

/** Rotates one plane of a picture. */
class RotatedPlane {
  readonly #kernel: Kernel;
  readonly #pixels: number;
  readonly #white: number;
  readonly #phases: number;
  /** Of the plane, in samples: of a picture with an odd side its last sample of chroma lies there by half. */
  readonly #extent: Size;
  readonly #height: number;
  readonly #width: number;
  readonly #map: CanvasMap;
  readonly #rings: ColumnRings;
  readonly #made: Plane;

  constructor(
    kernel: Kernel,
    {
      request,
      plane,
      phases,
    }: { readonly request: RotationRequest; readonly plane: PlanePlace; readonly phases: number },
  ) {
    const { size, stripRows } = request;
    const { pixels, white } = plane;
    const rings = ringsOf(request, plane);
    this.#kernel = kernel;
    this.#pixels = pixels;
    this.#white = white;
    this.#phases = phases;
    this.#extent = { width: size.width / pixels, height: size.height / pixels };
    this.#width = rings.width;
    this.#height = rings.height;
    this.#map = mapCanvas(request, pixels);
    this.#rings = new ColumnRings(kernel, rings);
    this.#made = kernel.allocatePlane(Math.ceil(canvasOf(request).width / pixels), stripRows / pixels);
  }

  add(strip: Plane): void {
    this.#rings.add(strip);
  }

  /** Says whether all rows are there that some pixel rows of the canvas are made of. */
  reaches(first: number, count: number): boolean {
    const { added } = this.#rings;
    return added === this.#height || this.#lowestRow(first / this.#pixels, this.#rowsOf(count)) < added;
  }

  /** Makes some pixel rows of the canvas. */
  make(first: number, count: number): Plane {
    const { across, down, acrossColumn, downColumn, acrossRow, downRow } = this.#mapFrom(first);
    const target = { ...this.#made, height: this.#rowsOf(count) };
    // The plane is padded by two samples, the window of a sample begins before it, and samples are centred in their squares.
    const toWindow = 2 - 1 - 0.5;
    this.#kernel.exports.rotateRows(
      this.#rings.table,
      this.#width + 1,
      this.#height + 1,
      target.pointer,
      target.stride,
      target.width,
      target.height,
      across + toWindow,
      down + toWindow,
      acrossColumn,
      downColumn,
      acrossRow,
      downRow,
      this.#phases,
      this.#white,
    );
    return target;
  }

  /** Blends the edges of the picture with the ground, in a plane of some pixel rows of the canvas. */
  cover({ pointer, stride, width, height }: Plane, first: number, ground = this.#white): void {
    const { across, down, acrossColumn, downColumn, acrossRow, downRow } = this.#mapFrom(first);
    this.#kernel.exports.coverRotated(
      pointer,
      stride,
      width,
      height,
      this.#extent.width,
      this.#extent.height,
      across,
      down,
      acrossColumn,
      downColumn,
      acrossRow,
      downRow,
      ground,
    );
  }

  #mapFrom(first: number): CanvasMap {
    return mapFromRow(this.#map, first / this.#pixels);
  }

  #rowsOf(pixelRows: number): number {
    return Math.ceil(pixelRows / this.#pixels);
  }

  /** Returns the lowest row of the plane that rows of the canvas are made of, or one below it. */
  #lowestRow(first: number, count: number): number {
    const { acrossColumn, downColumn } = this.#map;
    const lowest = [first, first + count - 1].map((row) => {
      const from = mapFromRow(this.#map, row);
      const [left, right] = [-2, this.#width + 2].map((column) => (column - from.across) / acrossColumn);
      const columns = [Math.min(left!, right!), Math.max(left!, right!)] as const;
      const within = (column: number): number => Math.min(Math.max(column, 0), this.#made.width - 1);
      return Math.max(...columns.map((column) => from.down + within(column) * downColumn));
    });
    return Math.floor(Math.max(...lowest) + 2.5);
  }
}

/** Lays out the weights of four samples for every position from the second to the third of them. */
function storePhases(kernel: Kernel): number {
  const weights = planWeights({
    sourceLength: 4,
    start: 1.5 - 0.5 / phaseCount,
    step: 1 / phaseCount,
    outputLength: phaseCount,
    filter: "catmull-rom",
  });
  const phases = new Int16Array(phaseCount * 4);
  for (let phase = 0; phase < phaseCount; phase += 1) {
    const row = weights.rows.subarray(phase * weights.taps, phase * weights.taps + weights.counts[phase]!);
    phases.set(row, phase * 4 + weights.firsts[phase]!);
  }
  return kernel.store(new Uint8Array(phases.buffer));
}
