import type { Size } from "../geometry.ts";
import { chooseRegion, parseRegion, type RegionRequest } from "../iiif/region.ts";
import type { ImageParameters } from "../iiif/request.ts";
import { parseSize } from "../iiif/size.ts";
import type { ApiVersion } from "../iiif/version.ts";

/** An image, and how large another server said it was: at `scale`, below 1. */
export interface ScaledImage {
  readonly image: Size;
  readonly scale: number;
  readonly version: ApiVersion;
}

/**
 * Returns parameters that were meant for an image of which another server said that it was smaller, as parameters for the
 * image itself: pixels of the region count in the smaller one, and so do `full`, `max` and per cent of a size. Throws what
 * the parsers of both throw. Source: Cantaloupe 5, ScaleConstraint: "a virtually downscaled variant of a source image".
 */
export function scaleParameters(parameters: ImageParameters, { image, scale, version }: ScaledImage): ImageParameters {
  const region = chooseRegion(enlarge(parseRegion(decodeComma(parameters.region)), scale), image);
  const shown = {
    width: Math.max(1, Math.round(region.width * scale)),
    height: Math.max(1, Math.round(region.height * scale)),
  };
  return {
    ...parameters,
    region: `${region.x},${region.y},${region.width},${region.height}`,
    size: sizeIn(shown, decodeComma(parameters.size), version) ?? parameters.size,
  };
}

/** A box is filled as far as the limits allow, as `max` is. Undefined for a size that says its own pixels. */
function sizeIn({ width, height }: Size, text: string, version: ApiVersion): string | undefined {
  const size = parseSize(text, version);
  if (size.kind === "full" || (size.kind === "max" && !size.isUpscaling)) return `!${width},${height}`;
  if (size.kind !== "percent") return undefined;
  const part = (side: number): number => Math.max(1, Math.round((side * size.percent) / 100));
  return `${part(width)},${part(height)}`;
}

function enlarge(region: RegionRequest, scale: number): RegionRequest {
  if (region.kind !== "pixels") return region;
  const { kind, x, y, width, height } = region;
  const large = (pixels: number): number => Math.round(pixels / scale);
  // Both edges are rounded, so that neighbours meet.
  return {
    kind,
    x: large(x),
    y: large(y),
    width: Math.max(1, large(x + width) - large(x)),
    height: Math.max(1, large(y + height) - large(y)),
  };
}

function decodeComma(text: string): string {
  return text.replaceAll(/%2C/gi, ",").replaceAll(/%3A/gi, ":").replaceAll(/%21/g, "!").replaceAll(/%5E/gi, "^");
}
