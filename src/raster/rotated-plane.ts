import type { Size } from "../geometry.ts";
import { ColumnRings, type RingsRequest } from "./column-rings.ts";
import type { Kernel } from "./kernel.ts";
import { type CanvasMap, mapCanvas, mapFromRow, type Oblique } from "./oblique.ts";
import { type Plane, planeSlackBytes } from "./raster.ts";
import { planWeights } from "./weights.ts";

/** One plane of a picture. */
export interface PlanePlace {
  /** Pixels that a sample covers on both axes. */
  readonly pixels: 1 | 2;
  /** What it is where the picture is white. */
  readonly white: number;
}

/** What becomes of a picture that comes in strips, and goes out in such. */
export interface ObliqueStrips extends Oblique {
  /** Pixel rows that come at once, and that the canvas is made in. */
  readonly stripRows: number;
}

/** What a plane is rotated by. */
export interface RotatedPlaneRequest {
  readonly oblique: ObliqueStrips;
  readonly place: PlanePlace;
  /** Where the weights of all positions are in the kernel. */
  readonly phases: number;
}

/** Number of positions between two samples with their own weights: `phaseBits` of `wasm/rotate.ts`. */
const phaseCount = 1024;

/** What the weights of all positions take of kernel memory, in bytes. */
export const phasesBytes = phaseCount * 8 + planeSlackBytes;

/** Rows that rounding and the padding of the plane come to at most. */
const spareRows = 12;

/** Plans how long columns are held: until the canvas has passed them since it came to the last of its columns. */
export function ringsOf({ size, stripRows, ...oblique }: ObliqueStrips, { pixels }: PlanePlace): RingsRequest {
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

/** Rotates one plane of a picture as its rows come. */
export class RotatedPlane {
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

  /** Takes its memory out of the kernel's arena. Throws `render-memory`. */
  constructor(kernel: Kernel, { oblique, place, phases }: RotatedPlaneRequest) {
    const { size, canvas, stripRows } = oblique;
    const { pixels, white } = place;
    const rings = ringsOf(oblique, place);
    this.#kernel = kernel;
    this.#pixels = pixels;
    this.#white = white;
    this.#phases = phases;
    this.#extent = { width: size.width / pixels, height: size.height / pixels };
    this.#width = rings.width;
    this.#height = rings.height;
    this.#map = mapCanvas(oblique, pixels);
    this.#rings = new ColumnRings(kernel, rings);
    this.#made = kernel.allocatePlane(Math.ceil(canvas.width / pixels), stripRows / pixels);
  }

  /** Adds the next rows of the plane. */
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

/** Lays out the weights of four samples for every position from the second to the third of them. Throws `render-memory`. */
export function storePhases(kernel: Kernel): number {
  const weights = planWeights({
    sourceLength: 4,
    start: 1.5 - 0.5 / phaseCount,
    step: 1 / phaseCount,
    outputLength: phaseCount,
    filter: "cubic",
  });
  const phases = new Int16Array(phaseCount * 4);
  for (let phase = 0; phase < phaseCount; phase += 1) {
    const row = weights.rows.subarray(phase * weights.taps, phase * weights.taps + weights.counts[phase]!);
    phases.set(row, phase * 4 + weights.firsts[phase]!);
  }
  return kernel.store(new Uint8Array(phases.buffer));
}
