import { isSameSize } from "../geometry.ts";
import type { CanonicalRequest } from "../iiif/canonical.ts";
import { largestSize, largestUpscaledSize, type SizeLimits } from "../iiif/size.ts";

/** When a picture is put into the bucket: never, when it is asked for again within a day, or when it is drawn. */
export type Storing = "never" | "when-asked-again" | "at-once";

/** Which pictures are stored. */
export interface StoringRules {
  /** Decoded pixels from which a picture is stored at all. */
  readonly abovePixels: number;
  /** Decoded pixels from which one that is stored at all is stored at once. */
  readonly atOnceAbovePixels: number;
  /** Rotations that are stored are multiples of it, in degrees; 0 stores unrotated pictures only. */
  readonly angleStepDegrees: number;
  /** Of sizes that are stored one side is a multiple of it, in pixels; 0 stores whole regions and `max` only. */
  readonly sizeStepPixels: number;
  readonly limits: SizeLimits;
}

/** Chooses when a picture that takes `decodedPixels` is stored. */
export function chooseStoring(rules: StoringRules, request: CanonicalRequest, decodedPixels: number): Storing {
  if (decodedPixels < rules.abovePixels || !isOnGrid(rules, request)) return "never";
  return decodedPixels >= rules.atOnceAbovePixels ? "at-once" : "when-asked-again";
}

/** There are endless angles and sizes: what lies between the steps would fill the bucket and hardly be asked for again. */
function isOnGrid({ angleStepDegrees, sizeStepPixels, limits }: StoringRules, request: CanonicalRequest): boolean {
  const { region, size, rotation } = request;
  if (!isMultiple(rotation.degrees, angleStepDegrees)) return false;
  if (isMultiple(size.width, sizeStepPixels) || isMultiple(size.height, sizeStepPixels)) return true;
  const named = [region, largestSize(region, limits), largestUpscaledSize(region, limits)];
  return named.some((whole) => isSameSize(size, whole));
}

function isMultiple(value: number, step: number): boolean {
  return step === 0 ? value === 0 : value % step === 0;
}
