import type { Kernel } from "../raster/kernel.ts";
import { turnPlane, turnSize } from "../raster/orientation.ts";
import { type Plane, type Raster, rasterOf } from "../raster/raster.ts";
import type { DrawPlan } from "./plan.ts";

/** Turns a picture that is held whole. Throws `render-memory`. */
export function turnRaster(
  kernel: Kernel,
  { planes, alpha, ...form }: Raster,
  { turn }: Pick<DrawPlan, "turn">,
): Raster {
  const turnOne = (plane: Plane): Plane => {
    const { width, height } = turnSize(plane, turn);
    const turned = kernel.allocatePlane(width, height);
    turnPlane(kernel, plane, turned, turn);
    return turned;
  };
  const all = alpha === undefined ? planes : [...planes, alpha];
  return rasterOf({ ...form, ...turnSize(form, turn) }, all.map(turnOne));
}
