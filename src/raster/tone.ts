import type { Kernel } from "./kernel.ts";
import type { Plane } from "./raster.ts";

/** The level from which a bitonal picture is white: the middle of the range, rounded up. */
export const defaultThreshold = 128;

/** Makes samples at or above `threshold`, 0 to 255, white (255) and the others black (0), in place. */
export function thresholdPlane(kernel: Kernel, plane: Plane, threshold: number = defaultThreshold): void {
  kernel.exports.thresholdRows(plane.pointer, plane.stride, plane.width, plane.height, threshold);
}

/** Replaces every sample by 255 minus its value, in place, for pictures stored with white as zero. */
export function invertPlane(kernel: Kernel, plane: Plane): void {
  kernel.exports.invertRows(plane.pointer, plane.stride, plane.width, plane.height);
}

/** Adds 128 to signed numbers, in place, as for the a* and b* of CIELab in TIFF. */
export function flipSigns(kernel: Kernel, plane: Plane): void {
  kernel.exports.flipSignRows(plane.pointer, plane.stride, plane.width, plane.height);
}
