import type { Kernel } from "../../raster/kernel.ts";
import type { Plane } from "../../raster/raster.ts";

/** Pixels of a side of the blocks that are looked at. */
const blockSide = 8;

/**
 * Gives hidden samples of a rotated picture the mean of those that are seen in the same block, of 8 by 8 pixels: an edge that
 * nobody sees takes bits, and shows beside itself. `planes` are of whole rows of blocks, with `alpha`, and those that are half
 * as large are chroma. A block counts as seen or as hidden whose corners all are: the picture has no hole and no notch.
 */
export function smoothHidden(kernel: Kernel, planes: readonly Plane[], alpha: Plane): void {
  const { bytes } = kernel;
  const isHidden = (x: number, y: number): boolean => bytes[alpha.pointer + y * alpha.stride + x] === 0;
  for (let y = 0; y < alpha.height; y += blockSide) {
    const bottom = Math.min(y + blockSide, alpha.height);
    for (let x = 0; x < alpha.width; x += blockSide) {
      const right = Math.min(x + blockSide, alpha.width);
      const isCornerHidden = isHidden(x, y);
      const isAlike =
        isHidden(right - 1, y) === isCornerHidden &&
        isHidden(x, bottom - 1) === isCornerHidden &&
        isHidden(right - 1, bottom - 1) === isCornerHidden;
      if (isAlike) continue;
      for (const plane of planes) {
        const step = plane.width < alpha.width ? 2 : 1;
        const isSampleHidden = (column: number, row: number): boolean => {
          const [last, lowest] = [Math.min(step * column + step, right) - 1, Math.min(step * row + step, bottom) - 1];
          const [first, upper] = [step * column, step * row];
          return isHidden(first, upper) && isHidden(last, upper) && isHidden(first, lowest) && isHidden(last, lowest);
        };
        smoothBlock(bytes, plane, {
          ...{ left: x / step, top: y / step, right: Math.ceil(right / step), bottom: Math.ceil(bottom / step) },
          isHidden: isSampleHidden,
        });
      }
    }
  }
}

/** A part of a plane, in samples, and which of them nobody sees. */
interface Block {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly isHidden: (x: number, y: number) => boolean;
}

function smoothBlock(
  bytes: Uint8Array,
  { pointer, stride }: Plane,
  { left, top, right, bottom, isHidden }: Block,
): void {
  const hidden: number[] = [];
  let sum = 0;
  let count = 0;
  for (let y = top; y < bottom; y += 1) {
    for (let x = left; x < right; x += 1) {
      const at = pointer + y * stride + x;
      if (isHidden(x, y)) hidden.push(at);
      else {
        sum += bytes[at]!;
        count += 1;
      }
    }
  }
  const mean = Math.round(sum / Math.max(count, 1));
  for (const at of hidden) bytes[at] = mean;
}
