import { composeOnWhite, rgbToYcbcr, type ThreePlanes } from "../raster/color.ts";
import type { Kernel } from "../raster/kernel.ts";
import { isNoTurn, turnPlane, turnSize } from "../raster/orientation.ts";
import type { Plane, Raster } from "../raster/raster.ts";
import { createResampler } from "../raster/resampler.ts";
import { rotateRaster } from "../raster/rotation.ts";
import { thresholdPlane } from "../raster/tone.ts";
import { planWeights } from "../raster/weights.ts";
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
  const planes = raster.planes.map((plane) => {
    const { width, height } = turnSize(plane, turn);
    const turned = kernel.allocatePlane(width, height);
    turnPlane(kernel, plane, turned, turn);
    return turned;
  });
  return { ...raster, ...turnSize(raster, turn), planes };
}

function onWhite(kernel: Kernel, { alpha, ...raster }: Raster): Raster {
  if (alpha === undefined) return raster;
  for (const plane of raster.planes) composeOnWhite(kernel, { plane, alpha });
  return raster;
}

function withHalvedChroma(kernel: Kernel, raster: Raster): Raster {
  const planes = raster.planes as unknown as ThreePlanes;
  rgbToYcbcr(kernel, { source: planes, destination: planes });
  const [luma, blue, red] = planes;
  return {
    model: "ycbcr",
    width: raster.width,
    height: raster.height,
    subsampling: { x: 2, y: 2 },
    planes: [luma, halve(kernel, blue), halve(kernel, red)],
  };
}

function halve(kernel: Kernel, plane: Plane): Plane {
  const axis = (sourceLength: number) =>
    planWeights({ sourceLength, start: 0, step: 2, outputLength: Math.ceil(sourceLength / 2), filter: "lanczos3" });
  const horizontal = axis(plane.width);
  const vertical = axis(plane.height);
  const halved = kernel.allocatePlane(horizontal.outputLength, vertical.outputLength);
  createResampler(kernel, { horizontal, vertical }).resample({
    source: plane,
    sourceFirstRow: 0,
    outputFirst: 0,
    outputCount: halved.height,
    destination: halved,
  });
  return halved;
}
