import { isNoTurn } from "../raster/orientation.ts";
import type { DrawPlan } from "./plan.ts";
/** Says whether a drawing must be collected whole before it can be encoded. */
export function isWholeNeeded({ degrees, turn, format }: Pick<DrawPlan, "degrees" | "turn" | "format">): boolean {
  return degrees !== 0 || !isNoTurn(turn) || format === "webp";
}
