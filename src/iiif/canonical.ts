import { ImageError } from "../error.ts";
import { type Area, isSameSize, isWhole, rotatedSize, type Size } from "../geometry.ts";
import type { Format } from "./format.ts";
import type { Quality } from "./quality.ts";
import { chooseRegion } from "./region.ts";
import type { ImageRequest } from "./request.ts";
import { formatRotation, type Rotation } from "./rotation.ts";
import {
  chooseSize,
  largestSize,
  largestUpscaledSize,
  type SizeLimits,
  type SizeRequest,
  type SizeRules,
} from "./size.ts";
import { storedSize } from "./stored-size.ts";
import { sizeOfTile } from "./tiles.ts";

/** What canonicalise has to know about the image: its size after orientation and whether it has colour. */
export interface ImageFacts extends Size {
  readonly isGray: boolean;
  /** The size of the tiles that info.json offers, if it offers any. */
  readonly tile?: Size | undefined;
  /** The sizes of the levels, as they are seen; none unless stated. */
  readonly levels?: readonly Size[];
}

/** An image request with every number final. Two requests for the same picture are equal here. */
export interface CanonicalRequest {
  /** In pixels of the image after orientation. */
  readonly region: Area;
  /** Size of the scaled region, before rotation, in pixels. */
  readonly size: Size;
  readonly rotation: Rotation;
  readonly quality: Quality;
  readonly format: Format;
}

/**
 * Resolves an image request for one image: the region is clipped, the size computed and checked against the limits, and
 * a quality that equals the default becomes `default`. Idempotent. Throws what chooseRegion and chooseSize throw;
 * `size-above-limit` also for the canvas of a rotated picture. Source: Image API 3.0 §4.8.
 */
export function canonicalise(request: ImageRequest, image: ImageFacts, rules: SizeRules): CanonicalRequest {
  const region = chooseRegion(request.region, image);
  const size = chooseSize(meantSize(request.size, { region, image, limits: rules.limits }), region, rules);
  const canvas = rotatedSize(size, request.rotation.degrees);
  if (canvas.width * canvas.height > rules.limits.maxArea && request.rotation.degrees % 90 !== 0) {
    throw new ImageError(
      "size-above-limit",
      `The rotated picture comes to ${canvas.width} by ${canvas.height} pixels, above the maxArea of ` +
        `${rules.limits.maxArea} pixels that info.json states.`,
    );
  }
  return {
    region,
    size,
    rotation: request.rotation,
    quality: canonicalQuality(request.quality, image),
    format: request.format,
  };
}

/** What a size is asked of. */
export interface SizedRegion {
  readonly region: Area;
  readonly image: ImageFacts;
  readonly limits: SizeLimits;
}

/** Returns what a size means where a side of it is left to the server: that of a stored level, or of a tile, if it is one. */
export function meantSize(asked: SizeRequest, { region, image, limits }: SizedRegion): SizeRequest {
  const { tile, levels = [] } = image;
  const stored = storedSize(asked, region, { image, levels, limits });
  if (stored !== undefined) return { kind: "exact", ...stored, isUpscaling: asked.isUpscaling };
  return sizeOfTile(asked, region, { image, tile });
}

function canonicalQuality(quality: Quality, image: ImageFacts): Quality {
  if (quality === "color") return "default";
  return quality === "gray" && image.isGray ? "default" : quality;
}

/**
 * Formats the path of a canonical request after the identifier, as in 3.0; it is also the cache key of a derivative.
 * Source: Image API 3.0 §4.8.
 */
export function formatCanonical(request: CanonicalRequest, image: Size, limits: SizeLimits): string {
  return `${formatRegion(request.region, image)}/${formatSize(request, limits)}/${formatEnd(request)}`;
}

/** Formats a region as `full` or `x,y,w,h`, the same in both versions. */
export function formatRegion(region: Area, image: Size): string {
  return isWhole(region, image) ? "full" : `${region.x},${region.y},${region.width},${region.height}`;
}

/** Formats rotation, quality and format, the same in both versions. */
export function formatEnd({ rotation, quality, format }: CanonicalRequest): string {
  return `${formatRotation(rotation)}/${quality}.${format}`;
}

function formatSize({ region, size }: CanonicalRequest, limits: SizeLimits): string {
  const isUpscaled = size.width > region.width || size.height > region.height;
  const largest = isUpscaled ? largestUpscaledSize(region, limits) : largestSize(region, limits);
  return (isUpscaled ? "^" : "") + (isSameSize(size, largest) ? "max" : `${size.width},${size.height}`);
}
