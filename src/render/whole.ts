import { isNoTurn } from "../raster/orientation.ts";
import type { DrawPlan } from "./plan.ts";

/** Says whether a format's encoder takes the whole picture at once, whatever is done to it. */
export function isEncodedWhole({ format }: Pick<DrawPlan, "format">): boolean {
  return format === "webp" || format === "gif";
}

/** Says whether a picture is turned once all of it is there. One that is rotated is turned on the way. */
export function isTurnedWhole({ turn, degrees }: Pick<DrawPlan, "degrees" | "turn">): boolean {
  return degrees === 0 && !isNoTurn(turn);
}

/** Says whether a drawing must be collected whole before it can be encoded. */
export function isWholeNeeded(plan: Pick<DrawPlan, "degrees" | "turn" | "format">): boolean {
  return isTurnedWhole(plan) || isEncodedWhole(plan);
}

/** Says whether what is encoded has alpha: its own, or that of a canvas beside a rotated picture. */
export function isEncodedWithAlpha({
  format,
  degrees,
  colors,
}: Pick<DrawPlan, "format" | "degrees" | "colors">): boolean {
  return colors.keepsAlpha || (degrees !== 0 && format !== "jpg");
}
