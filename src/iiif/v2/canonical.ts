import { isSameSize, type Size } from "../../geometry.ts";
import { type CanonicalRequest, formatEnd, formatRegion } from "../canonical.ts";
import { otherSide } from "../size.ts";

/**
 * Formats the path of a canonical request after the identifier as in 2.1: size `full`, `w,` if the ratio is kept and
 * `w,h` if it is not. Source: Image API 2.1 §4.7.
 */
export function formatCanonicalV2(request: CanonicalRequest, image: Size): string {
  return `${formatRegion(request.region, image)}/${formatSizeV2(request)}/${formatEnd(request)}`;
}

function formatSizeV2({ region, size }: CanonicalRequest): string {
  if (isSameSize(size, region)) return "full";
  const isRatioKept = size.height === otherSide(size.width, region.width, region.height);
  return isRatioKept ? `${size.width},` : `${size.width},${size.height}`;
}
