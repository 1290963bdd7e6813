import { isNoTurn } from "../raster/orientation.ts";
import type { ColorPath } from "./color-path.ts";
import type { DrawPlan } from "./plan.ts";

/** What says how a picture is encoded. */
type EncodedPlan = Pick<DrawPlan, "format" | "degrees"> & { readonly colors: Pick<ColorPath, "keepsAlpha"> };

/** Says whether a picture's encoder takes all of it at once, whatever is done to it. */
export function isEncodedWhole({ format }: Pick<DrawPlan, "format">): boolean {
  return format === "gif";
}

/** Says whether nothing of a picture can be sent before all of it is encoded: WebP has sizes in front. */
export function isSentWhole({ format }: Pick<DrawPlan, "format">): boolean {
  return format === "webp" || format === "gif";
}

/** Says whether a picture is turned once all of it is there. One that is rotated is turned on the way. */
export function isTurnedWhole({ turn, degrees }: Pick<DrawPlan, "degrees" | "turn">): boolean {
  return degrees === 0 && !isNoTurn(turn);
}

/** Says whether a drawing must be collected whole before it can be encoded. */
export function isWholeNeeded(plan: Pick<DrawPlan, "format" | "degrees" | "turn">): boolean {
  return isTurnedWhole(plan) || isEncodedWhole(plan);
}

/** Says whether what is encoded has alpha: its own, or that of a canvas beside a rotated picture. */
export function isEncodedWithAlpha({ format, degrees, colors }: EncodedPlan): boolean {
  return colors.keepsAlpha || (degrees !== 0 && format !== "jpg");
}
