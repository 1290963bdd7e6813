import { ImageError } from "../error.ts";
import { rotatedSize } from "../geometry.ts";
import type { CanonicalRequest } from "./canonical.ts";
import type { ImageRequest } from "./request.ts";
import type { SizeRules } from "./size.ts";

/** Whether an address is signed, and how large pictures may be at those that are not. */
export interface SizeClaim {
  readonly isSigned: boolean;
  /** In pixels of the output; 0 for as large as at signed ones. */
  readonly limit: number;
}

/**
 * Returns the rules of size that hold for a claim, as info.json tells them: without a signature the area is limited, so that
 * viewers do not ask for what they would be refused. Never throws.
 */
export function claimedRules(rules: SizeRules, { isSigned, limit }: SizeClaim): SizeRules {
  if (isSigned || limit === 0) return rules;
  const { limits } = rules;
  return { ...rules, limits: { ...limits, maxArea: Math.min(limits.maxArea, limit) } };
}

/**
 * Returns the rules that a request is made canonical by: `max` and `!w,h` mean what fits the limits that info.json states, and
 * a size that is given in numbers means those, so that it can be refused for what it is. Never throws. Source: Image API 3.0 §4.2.
 */
export function rulesOfRequest(rules: SizeRules, { size }: ImageRequest, claim: SizeClaim): SizeRules {
  return size.kind === "max" || size.kind === "confined" ? claimedRules(rules, claim) : rules;
}

/** Throws `signature-required` for a picture that is larger than those that are sent without a signature. */
export function refuseUnsigned({ size, rotation }: CanonicalRequest, { isSigned, limit }: SizeClaim): void {
  if (isSigned || limit === 0) return;
  const canvas = rotatedSize(size, rotation.degrees);
  if (canvas.width * canvas.height <= limit) return;
  throw new ImageError(
    "signature-required",
    `Pictures of more than ${limit} pixels are sent at signed addresses alone, and this one has ${canvas.width} by ${canvas.height}.`,
    { hint: "Ask for max, which is the largest that is sent without." },
  );
}
