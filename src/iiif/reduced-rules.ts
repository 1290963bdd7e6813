import type { Pyramid } from "../pyramid/pyramid.ts";
import { seenSize } from "../pyramid/pyramid.ts";
import type { SizeRules } from "./size.ts";

/**
 * Returns the rules for sizes of an image, which info.json states: those of a reduced image end at its own size, and
 * enlarge nothing.
 */
export function rulesOfImage(pyramid: Pyramid, rules: SizeRules): SizeRules {
  if (pyramid.reducedFrom === undefined) return rules;
  const { width, height } = seenSize(pyramid);
  const { limits, isStrictConfined } = rules;
  return {
    limits: {
      maxWidth: Math.min(limits.maxWidth, width),
      maxHeight: Math.min(limits.maxHeight, height),
      maxArea: limits.maxArea,
    },
    isStrictConfined,
    isNeverEnlarged: true,
  };
}
