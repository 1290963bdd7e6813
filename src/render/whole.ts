import { isNoTurn } from "../raster/orientation.ts";
import type { DrawPlan } from "./plan.ts";

/** Says whether a format's encoder takes the whole picture at once, whatever is done to it. */
export function isEncodedWhole({ format }: Pick<DrawPlan, "format">): boolean {
  return format === "webp" || format === "gif";
}

/** Says whether a drawing must be collected whole before it can be encoded. */
export function isWholeNeeded(plan: Pick<DrawPlan, "degrees" | "turn" | "format">): boolean {
  return plan.degrees !== 0 || !isNoTurn(plan.turn) || isEncodedWhole(plan);
}
