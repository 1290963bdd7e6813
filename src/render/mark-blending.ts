import type { Area } from "../geometry.ts";
import type { Kernel } from "../raster/kernel.ts";
import type { Plane } from "../raster/raster.ts";

/** Rows of a mark, and the samples they are put over. */
export interface MarkOver {
  /** The plane that is changed, and where in it. */
  readonly target: Plane;
  readonly place: Area;
  /** Samples of the mark's rows that are left out at their beginning. */
  readonly skipped: number;
  /** The mark's alpha, and the alpha that is under it, if any, of the size of the target. */
  readonly alpha: Plane;
  readonly under: Plane | undefined;
}

/**
 * Puts samples of a mark, which are multiplied by its alpha, over those of a plane, which are not multiplied. Source:
 * Porter and Duff, Compositing Digital Images, over.
 */
export function layOver(kernel: Kernel, { color, ...over }: MarkOver & { readonly color: Plane }): void {
  const { bytes } = kernel;
  eachRow(over, ({ target, mark, under, width }, row) => {
    const colors = color.pointer + row * color.stride + over.skipped;
    for (let column = 0; column < width; column += 1) {
      const alpha = bytes[mark + column] ?? 0;
      if (alpha === 0) continue;
      const below = bytes[target + column] ?? 0;
      const share = ((255 - alpha) * (under === undefined ? 255 : (bytes[under + column] ?? 0))) / 255;
      const sum = (bytes[colors + column] ?? 0) + (below * share) / 255;
      // Rounding may leave colours above their alpha.
      bytes[target + column] = Math.min(255, (sum * 255) / (alpha + share) + 0.5);
    }
  });
}

/** Puts the alpha of a mark over the alpha under it, once the colours are done. */
export function layAlphaOver(kernel: Kernel, over: MarkOver): void {
  const { bytes } = kernel;
  eachRow(over, ({ target, mark, width }) => {
    for (let column = 0; column < width; column += 1) {
      const alpha = bytes[mark + column] ?? 0;
      bytes[target + column] = alpha + ((255 - alpha) * (bytes[target + column] ?? 0)) / 255 + 0.5;
    }
  });
}

/** Where a row begins, in bytes of the kernel, and how many samples it has. */
interface RowOver {
  readonly target: number;
  readonly mark: number;
  readonly under: number | undefined;
  readonly width: number;
}

function eachRow({ target, place, skipped, alpha, under }: MarkOver, put: (row: RowOver, index: number) => void): void {
  const begin = (plane: Plane, row: number): number => plane.pointer + (place.y + row) * plane.stride + place.x;
  for (let row = 0; row < place.height; row += 1) {
    const at = {
      target: begin(target, row),
      mark: alpha.pointer + row * alpha.stride + skipped,
      under: under && begin(under, row),
      width: place.width,
    };
    put(at, row);
  }
}
