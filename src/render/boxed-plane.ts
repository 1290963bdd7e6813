import type { Area, Size } from "../geometry.ts";
import { type BoxGrid, BoxSums, boxSumBytes, countBoxes } from "../raster/boxes.ts";
import type { Kernel } from "../raster/kernel.ts";
import { type Plane, planeSlackBytes, strideAlignment } from "../raster/raster.ts";
import { cropPlane } from "../raster/samples.ts";
import { HeldRows } from "./held-rows.ts";

/** What a plane is shrunk for, in samples of the level's plane unless stated otherwise. */
export interface BoxedPlaneForm {
  /** What is covered by boxes, from its corner on. */
  readonly window: Area;
  readonly box: Size;
  /** The largest piece that is added at once. */
  readonly piece: Size;
  /** Whether a piece is as wide as the window: a row of boxes is then done with as soon as its last row was added. */
  readonly isOneColumn: boolean;
  /** Rows of boxes that may still be needed when further pieces are added. */
  readonly carryRows: number;
}

/**
 * The means of boxes over a plane of a level, a few rows of them: pieces of the plane are added from the top down. Rows
 * of boxes count from the first row of the window, as rows do that are not shrunk.
 */
export class BoxedPlane {
  readonly held: HeldRows;
  readonly #form: BoxedPlaneForm;
  readonly #boxRows: number;
  readonly #sums: BoxSums;
  readonly #sumRows: number;
  /** The row of boxes, counted from 0, that the first row of sums is for. */
  #first = 0;

  /** Takes its memory out of the kernel's arena. Throws `render-memory`. */
  constructor(kernel: Kernel, form: BoxedPlaneForm) {
    this.#form = form;
    const { window, piece } = form;
    const grid: BoxGrid = { area: window, box: form.box };
    const { columns, rows } = countBoxes(grid);
    this.#boxRows = rows;
    this.#sumRows = sumRowsOf(form);
    this.#sums = new BoxSums(kernel, grid, { rows: this.#sumRows, sourceWidth: piece.width });
    this.held = new HeldRows(kernel, { width: columns, height: heldRowsOf(form), first: window.y });
  }

  /** Adds samples whose first is sample `x`, `y` of the plane; those outside the window are ignored. */
  add(samples: Plane, { x, y }: { readonly x: number; readonly y: number }): void {
    const { window, box, isOneColumn } = this.#form;
    const left = Math.max(window.x, x);
    const width = Math.min(window.x + window.width, x + samples.width) - left;
    const bottom = Math.min(window.y + window.height, y + samples.height);
    if (width <= 0) return;
    for (let row = Math.max(window.y, y); row < bottom; ) {
      const boxRow = Math.floor((row - window.y) / box.height);
      const end = Math.min(bottom, this.#startOf(boxRow + 1));
      const part = cropPlane(samples, { x: left - x, y: row - y, width, height: end - row });
      this.#sums.add(part, { x: left - window.x, slot: boxRow - this.#first });
      if (isOneColumn) this.complete(end);
      row = end;
    }
  }

  /** Makes means of the boxes that end before or with row `end` of the plane: all their samples were added. */
  complete(end: number): void {
    let done = this.#first;
    for (; done < this.#boxRows && this.#startOf(done + 1) <= end; done += 1) {
      const rows = this.#startOf(done + 1) - this.#startOf(done);
      this.#sums.take(done - this.#first, rows, this.held.below(1).pointer);
      this.held.add(1);
    }
    const taken = done - this.#first;
    if (taken > 0 && taken < this.#sumRows) this.#sums.moveToFirst(taken);
    this.#first = done;
  }

  #startOf(boxRow: number): number {
    const { window, box } = this.#form;
    return window.y + Math.min(window.height, boxRow * box.height);
  }
}

/** Returns the kernel memory that a boxed plane takes, in bytes. */
export function boxedPlaneBytes(form: BoxedPlaneForm): number {
  const { columns } = countBoxes({ area: form.window, box: form.box });
  const held = (columns + strideAlignment) * heldRowsOf(form) + planeSlackBytes;
  return held + boxSumBytes(columns, sumRowsOf(form), form.piece.width);
}

/** Rows of boxes that a piece touches, wherever it lies. */
function touchedRows({ window, box, piece }: BoxedPlaneForm): number {
  const { rows } = countBoxes({ area: window, box });
  return Math.min(rows, Math.ceil(piece.height / box.height) + 1);
}

function sumRowsOf(form: BoxedPlaneForm): number {
  return form.isOneColumn ? 1 : touchedRows(form);
}

function heldRowsOf(form: BoxedPlaneForm): number {
  const { rows } = countBoxes({ area: form.window, box: form.box });
  return Math.min(rows, touchedRows(form) + form.carryRows);
}
