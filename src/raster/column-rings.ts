import type { Kernel } from "./kernel.ts";
import { type Plane, planeSlackBytes } from "./raster.ts";

/** Columns of a ring, and bytes of its rows: `ringBits` and `ringStride` of `wasm/column-rings.ts`. */
const ringColumns = 64;
const ringStride = 72;

/** Samples that a plane is padded by on each side, and rows that a ring repeats behind its last. */
const edge = 2;
const repeatedRows = 3;

/** Columns of a plane that are held for as many rows as they are needed. */
export interface RingsRequest {
  /** Samples of the plane. */
  readonly width: number;
  readonly height: number;
  /** Returns how many rows are held of columns from `first` to before `end`, of which the first may be -2. */
  readonly rowsOf: (first: number, end: number) => number;
}

/** Returns what rings take of kernel memory, in bytes. */
export function ringsBytes(request: RingsRequest): number {
  const rows = ringRows(request);
  return rows.reduce((sum, held) => sum + (held + repeatedRows) * ringStride, 0) + tableBytes(rows.length);
}

/**
 * A plane that comes row by row, of which each column is held for as long as it is needed: a ring of 64 columns is as long
 * as the plane is high at most. All of it is padded by two samples, which repeat the outermost.
 */
export class ColumnRings {
  /** Where the kernel finds the rings: of each, where it begins and how many rows it holds. */
  readonly table: number;
  readonly #kernel: Kernel;
  readonly #request: RingsRequest;
  readonly #count: number;
  readonly #line: number;
  #added = 0;

  /** Takes its memory out of the kernel's arena. Throws `render-memory`. */
  constructor(kernel: Kernel, request: RingsRequest) {
    this.#kernel = kernel;
    this.#request = request;
    const rings = ringRows(request).map((rows) => [kernel.allocate((rows + repeatedRows) * ringStride), rows]);
    this.#count = rings.length;
    this.table = kernel.store(new Uint8Array(Uint32Array.from(rings.flat()).buffer));
    this.#line = kernel.allocate(this.#count * ringColumns + planeSlackBytes);
  }

  /** How many rows of the plane have been added. */
  get added(): number {
    return this.#added;
  }

  /** Adds the next rows of the plane. */
  add({ pointer, stride, height: rows }: Plane): void {
    if (this.#added === 0) this.#write({ pointer, stride: 0, rows: edge, first: 0 });
    this.#write({ pointer, stride, rows, first: this.#added + edge });
    this.#added += rows;
    const { height } = this.#request;
    if (this.#added < height) return;
    const last = pointer + (rows - 1) * stride;
    this.#write({ pointer: last, stride: 0, rows: edge, first: height + edge });
  }

  #write({ pointer, stride, rows, first }: { pointer: number; stride: number; rows: number; first: number }): void {
    const { width } = this.#request;
    this.#kernel.exports.addToRings(pointer, stride, width, rows, first, this.table, this.#count, this.#line);
  }
}

/** Returns the rows of each ring, left to right: windows that begin in the padding on the right lie in the last. */
function ringRows({ width, height, rowsOf }: RingsRequest): readonly number[] {
  return Array.from({ length: Math.floor(width / ringColumns) + 1 }, (_, ring) => {
    const first = ring * ringColumns - edge;
    return Math.min(height + 2 * edge, Math.ceil(rowsOf(first, first + ringColumns)));
  });
}

/** What is taken next to rings: the table, a row of the plane, and what each needs to begin where 16 bytes begin. */
function tableBytes(rings: number): number {
  return rings * (8 + ringColumns + 16) + 3 * planeSlackBytes;
}
