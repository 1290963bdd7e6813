import type { Kernel } from "../raster/kernel.ts";
import { isNoTurn, turnPlane, turnSize } from "../raster/orientation.ts";
import { type Plane, type Raster, type RasterOf, rasterOf } from "../raster/raster.ts";
import { rotateRaster } from "../raster/rotation.ts";
import { openSteps } from "./apply-steps.ts";
import type { DrawPlan } from "./plan.ts";

/**
 * Does what needs the whole picture: the turn, the rotation by any angle, and the steps after it, with a pause between
 * them. Returns what the encoder of the plan's format takes. Throws `render-memory` and what `pause` throws.
 */
export async function finishRaster(
  kernel: Kernel,
  plan: DrawPlan,
  { raster, pause }: { readonly raster: Raster; readonly pause: (() => Promise<void>) | undefined },
): Promise<Raster> {
  const turned = isNoTurn(plan.turn) ? raster : turnRaster(kernel, raster, plan);
  await pause?.();
  if (plan.degrees === 0) return turned;
  const rotated = rotateRaster(kernel, upright(turned), plan.degrees);
  await pause?.();
  const { width, height } = rotated;
  const finished = openSteps(kernel, plan.steps.whole, { width, height, table: undefined })(rotated, { x: 0, y: 0 });
  await pause?.();
  return finished;
}

function turnRaster(kernel: Kernel, { planes, alpha, ...form }: Raster, { turn }: DrawPlan): Raster {
  const turnOne = (plane: Plane): Plane => {
    const { width, height } = turnSize(plane, turn);
    const turned = kernel.allocatePlane(width, height);
    turnPlane(kernel, plane, turned, turn);
    return turned;
  };
  const all = alpha === undefined ? planes : [...planes, alpha];
  return rasterOf({ ...form, ...turnSize(form, turn) }, all.map(turnOne));
}

/** What is rotated has whole planes: the path of its colours says so. */
function upright(raster: Raster): RasterOf<"gray" | "rgb"> {
  if (raster.model !== "gray" && raster.model !== "rgb") throw new RangeError(`a rotation of ${raster.model}`);
  return raster;
}
