import { isSameSize } from "../../geometry.ts";
import { type CanonicalRequest, formatEnd, formatRegion, type ImageFacts, meantSize } from "../canonical.ts";
import { type SizeLimits, wantedSize } from "../size.ts";

/**
 * Formats the path of a canonical request after the identifier as in 2.1: size `full`, `w,` if that asks for the same
 * picture, and `w,h` if it does not. Source: Image API 2.1 §4.7.
 */
export function formatCanonicalV2(request: CanonicalRequest, image: ImageFacts, limits: SizeLimits): string {
  return `${formatRegion(request.region, image)}/${formatSizeV2(request, image, limits)}/${formatEnd(request)}`;
}

function formatSizeV2({ region, size }: CanonicalRequest, image: ImageFacts, limits: SizeLimits): string {
  if (isSameSize(size, region)) return "full";
  const byWidth = { kind: "width", width: size.width, isUpscaling: false } as const;
  const meant = wantedSize(meantSize(byWidth, { region, image, limits }), region, limits);
  return isSameSize(meant, size) ? `${size.width},` : `${size.width},${size.height}`;
}
