import { ycbcrToRgb } from "../raster/color.ts";
import type { Kernel } from "../raster/kernel.ts";
import type { Plane } from "../raster/raster.ts";
import { thresholdPlane } from "../raster/tone.ts";
import type { DrawPlan } from "./plan.ts";
import type { Strip } from "./strips.ts";

/** Says whether the strips of a plan are written over before they are encoded. Never throws. */
export function isToned(plan: Pick<DrawPlan, "level" | "model" | "quality" | "degrees">): boolean {
  return isConverted(plan) || isThresholded(plan);
}

/** Brings a strip, in place, from the level's colour model and tone to the plan's. Never throws. */
export function toneStrip(kernel: Kernel, plan: DrawPlan, { planes }: Strip): void {
  const [first, second, third] = planes;
  if (isConverted(plan) && first !== undefined && second !== undefined && third !== undefined) {
    const all: [Plane, Plane, Plane] = [first, second, third];
    ycbcrToRgb(kernel, { source: all, destination: all });
  }
  if (isThresholded(plan) && first !== undefined) thresholdPlane(kernel, first);
}

function isConverted({ level, model }: Pick<DrawPlan, "level" | "model">): boolean {
  return level.encoding.model === "ycbcr" && model === "rgb";
}

/** A picture that is still to be rotated gets its threshold behind that, as the order of the parameters asks. */
function isThresholded({ quality, degrees }: Pick<DrawPlan, "quality" | "degrees">): boolean {
  return quality === "bitonal" && degrees === 0;
}
