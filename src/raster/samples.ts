import type { Area } from "../geometry.ts";
import type { Kernel } from "./kernel.ts";
import type { Plane } from "./raster.ts";

/** Returns the part of `plane` inside `area`; it shares the plane's memory. */
export function cropPlane(plane: Plane, area: Area): Plane {
  return {
    pointer: plane.pointer + area.y * plane.stride + area.x,
    stride: plane.stride,
    width: area.width,
    height: area.height,
  };
}

/** Copies one plane to another, aligned at the top left and only as far as both extend; they must not overlap. */
export function copyPlane(kernel: Kernel, source: Plane, destination: Plane): void {
  kernel.exports.copyRows(
    source.pointer,
    source.stride,
    destination.pointer,
    destination.stride,
    Math.min(source.width, destination.width),
    Math.min(source.height, destination.height),
  );
}

/** Sets every sample of `plane` to `value`, 0 to 255. */
export function fillPlane(kernel: Kernel, plane: Plane, value: number): void {
  kernel.exports.fillRows(plane.pointer, plane.stride, plane.width, plane.height, value);
}
