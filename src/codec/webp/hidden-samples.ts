import type { Kernel } from "../../raster/kernel.ts";
import type { Plane } from "../../raster/raster.ts";

/** Pixels of a side of the blocks that are looked at. */
const blockSide = 8;

/**
 * Gives hidden samples the mean of those that are seen in the same block, of 8 by 8 pixels, and blocks of which nothing is
 * seen that of the one before: what nobody sees takes bits, and an edge of it shows beside itself. `planes` are of whole rows
 * of blocks, with `alpha`, and those that are half as large are chroma.
 */
export function smoothHidden(kernel: Kernel, planes: readonly Plane[], alpha: Plane): void {
  const { bytes } = kernel;
  const isHidden = (x: number, y: number): boolean => bytes[alpha.pointer + y * alpha.stride + x] === 0;
  const steps = planes.map(({ width, height }) => (width < alpha.width || height < alpha.height ? 2 : 1));
  for (let top = 0; top < alpha.height; top += blockSide) {
    const bottom = Math.min(top + blockSide, alpha.height);
    const means: number[] = steps.map((step) => (step === 1 ? 255 : 128));
    for (let left = 0; left < alpha.width; left += blockSide) {
      const right = Math.min(left + blockSide, alpha.width);
      const pixels = { left, top, right, bottom };
      const seen = seenOf(bytes, alpha, pixels);
      if (seen === "all") continue;
      for (const [index, plane] of planes.entries()) {
        const step = steps[index]!;
        const isSampleHidden = (column: number, row: number): boolean => {
          const [first, upper] = [step * column, step * row];
          const [last, lowest] = [Math.min(first + step, right) - 1, Math.min(upper + step, bottom) - 1];
          return isHidden(first, upper) && isHidden(last, upper) && isHidden(first, lowest) && isHidden(last, lowest);
        };
        const part = sidesOf(pixels, step);
        if (seen === "none") fillBlock(bytes, plane, part, means[index]!);
        else means[index] = smoothBlock(bytes, plane, { ...part, isHidden: isSampleHidden });
      }
    }
  }
}

/** Says how much is seen of a block. */
function seenOf(
  bytes: Uint8Array,
  { pointer, stride }: Plane,
  { left, top, right, bottom }: Sides,
): "all" | "some" | "none" {
  const isFirstHidden = bytes[pointer + top * stride + left] === 0;
  for (let y = top; y < bottom; y += 1) {
    const row = pointer + y * stride;
    for (let at = row + left; at < row + right; at += 1) if ((bytes[at] === 0) !== isFirstHidden) return "some";
  }
  return isFirstHidden ? "none" : "all";
}

/** A part of a plane, in samples. */
interface Sides {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Returns the samples that a block of pixels has in a plane with one for `step` of them. */
function sidesOf({ left, top, right, bottom }: Sides, step: number): Sides {
  return { left: left / step, top: top / step, right: Math.ceil(right / step), bottom: Math.ceil(bottom / step) };
}

function fillBlock(
  bytes: Uint8Array,
  { pointer, stride }: Plane,
  { left, top, right, bottom }: Sides,
  value: number,
): void {
  for (let y = top; y < bottom; y += 1) bytes.fill(value, pointer + y * stride + left, pointer + y * stride + right);
}

/** Such a part, and which of its samples nobody sees. */
interface Block extends Sides {
  readonly isHidden: (x: number, y: number) => boolean;
}

/** Gives the hidden samples of a block the mean of the others, and returns it. */
function smoothBlock(
  bytes: Uint8Array,
  { pointer, stride }: Plane,
  { left, top, right, bottom, isHidden }: Block,
): number {
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
  const mean = Math.round(sum / count);
  for (const at of hidden) bytes[at] = mean;
  return mean;
}
