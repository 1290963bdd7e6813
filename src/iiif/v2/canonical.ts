import { isSameSize, type Size } from "../../geometry.ts";
import { type CanonicalRequest, formatEnd, formatRegion } from "../canonical.ts";
import { otherSide } from "../size.ts";

/**
 * Formats the path of a canonical request behind the identifier as 2.1 writes it: size `full`, `w,` where the ratio is
 * kept and `w,h` where it is not. Source: Image API 2.1 §4.7.
 */
export function formatCanonicalV2(request: CanonicalRequest, image: Size): string {
  return `${formatRegion(request.region, image)}/${formatSizeV2(request)}/${formatEnd(request)}`;
}

function formatSizeV2({ region, size }: CanonicalRequest): string {
  if (isSameSize(size, region)) return "full";
  const isRatioKept = size.height === otherSide(size.width, region.width, region.height);
  return isRatioKept ? `${size.width},` : `${size.width},${size.height}`;
}
