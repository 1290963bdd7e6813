import { composeOnWhite, rgbToYcbcrHalved, type ThreePlanes } from "../raster/color.ts";
import type { Kernel } from "../raster/kernel.ts";
import { isNoTurn, turnPlane, turnSize } from "../raster/orientation.ts";
import type { Plane, Raster } from "../raster/raster.ts";
import { rotateRaster } from "../raster/rotation.ts";
import { thresholdPlane } from "../raster/tone.ts";
import type { DrawPlan } from "./plan.ts";

/**
 * Does what needs the whole picture: the turn, the rotation by any angle, then for JPEG the white behind it and the
 * halving of its chroma. Returns what the encoder of the plan's format takes. Throws `render-memory`.
 */
export function finishRaster(kernel: Kernel, plan: DrawPlan, raster: Raster): Raster {
  const turned = isNoTurn(plan.turn) ? raster : turnRaster(kernel, raster, plan);
  if (plan.degrees === 0) return turned;
  const rotated = rotateRaster(kernel, turned, plan.degrees);
  const composed = plan.format === "jpg" ? onWhite(kernel, rotated) : rotated;
  const [first] = composed.planes;
  if (plan.quality === "bitonal" && first !== undefined) thresholdPlane(kernel, first);
  return plan.format === "jpg" && composed.model === "rgb" ? withHalvedChroma(kernel, composed) : composed;
}

function turnRaster(kernel: Kernel, raster: Raster, { turn }: DrawPlan): Raster {
  const turnOne = (plane: Plane): Plane => {
    const { width, height } = turnSize(plane, turn);
    const turned = kernel.allocatePlane(width, height);
    turnPlane(kernel, plane, turned, turn);
    return turned;
  };
  const { alpha, ...rest } = raster;
  const turned = { ...rest, ...turnSize(raster, turn), planes: raster.planes.map(turnOne) };
  return alpha === undefined ? turned : { ...turned, alpha: turnOne(alpha) };
}

function onWhite(kernel: Kernel, { alpha, ...raster }: Raster): Raster {
  if (alpha === undefined) return raster;
  for (const plane of raster.planes) composeOnWhite(kernel, { plane, alpha });
  return raster;
}

/** Luma takes the place of the first plane. */
function withHalvedChroma(kernel: Kernel, raster: Raster): Raster {
  const { width, height } = raster;
  const source = raster.planes as unknown as ThreePlanes;
  const halved = () => kernel.allocatePlane(Math.ceil(width / 2), Math.ceil(height / 2));
  const destination: ThreePlanes = [source[0], halved(), halved()];
  rgbToYcbcrHalved(kernel, { source, destination });
  return { model: "ycbcr", width, height, subsampling: { x: 2, y: 2 }, planes: destination };
}
