import { ImageError } from "../error.ts";
import type { Size } from "../geometry.ts";
import { parseNumber } from "./decimal.ts";
import type { ApiVersion } from "./version.ts";

/** The size parameter as written; `isUpscaling` is the `^` of 3.0. */
export type SizeRequest =
  | { readonly kind: "full"; readonly isUpscaling: false }
  | { readonly kind: "max"; readonly isUpscaling: boolean }
  | { readonly kind: "width"; readonly width: number; readonly isUpscaling: boolean }
  | { readonly kind: "height"; readonly height: number; readonly isUpscaling: boolean }
  | { readonly kind: "percent"; readonly percent: number; readonly isUpscaling: boolean }
  | { readonly kind: "exact"; readonly width: number; readonly height: number; readonly isUpscaling: boolean }
  | { readonly kind: "confined"; readonly width: number; readonly height: number; readonly isUpscaling: boolean };

/** The sizes that are answered. */
export interface SizeRules {
  readonly limits: SizeLimits;
  /** Whether a `!w,h` box larger than the region is refused, as the official validator expects. */
  readonly isStrictConfined: boolean;
  /** How many pixels a side may be enlarged to by a size that does not say that it enlarges; not at all if it is left out. */
  readonly maxUpscaledSide?: number;
  /** Whether no size may be larger than its region, whatever says that it enlarges: not unless stated. */
  readonly isNeverEnlarged?: boolean;
}

/** The most that any output may measure: pixels on each side and in total. */
export interface SizeLimits {
  readonly maxWidth: number;
  readonly maxHeight: number;
  readonly maxArea: number;
}

/**
 * Parses `max`, `w,`, `,h`, `pct:n`, `w,h`, `!w,h`; in 3.0 also each with `^` before it, in 2.1 also `full`.
 * Throws `size-malformed`, `size-empty`. Source: Image API 3.0 §4.2, 2.1 §4.2.
 */
export function parseSize(text: string, version: ApiVersion): SizeRequest {
  if (text === "full" && version === 2) return { kind: "full", isUpscaling: false };
  if (text.startsWith("^") && version === 2) throw malformed(version);
  const isUpscaling = text.startsWith("^");
  const size = isUpscaling ? text.slice(1) : text;
  if (size === "max") return { kind: "max", isUpscaling };
  if (size.startsWith("pct:")) return parsePercent(size.slice(4), isUpscaling, version);
  const isConfined = size.startsWith("!");
  const comma = size.indexOf(",");
  if (comma < 0 || size.includes(",", comma + 1)) throw malformed(version);
  const width = parseSide(size.slice(isConfined ? 1 : 0, comma), version);
  const height = parseSide(size.slice(comma + 1), version);
  if (width !== undefined && height !== undefined) {
    return { kind: isConfined ? "confined" : "exact", width, height, isUpscaling };
  }
  if (isConfined) throw malformed(version);
  if (width !== undefined) return { kind: "width", width, isUpscaling };
  if (height !== undefined) return { kind: "height", height, isUpscaling };
  throw malformed(version);
}

function parsePercent(text: string, isUpscaling: boolean, version: ApiVersion): SizeRequest {
  const percent = parseNumber(text, "decimal");
  if (percent === undefined) throw malformed(version);
  if (percent === 0) throw new ImageError("size-empty", "The size is zero per cent.");
  // In 2.1 nothing else says that a picture is to be enlarged.
  if (percent > 100 && !isUpscaling && version === 3) {
    throw new ImageError("upscale-not-asked", "The size is above 100 per cent. Put ^ before it to scale up: ^pct:n.");
  }
  return { kind: "percent", percent, isUpscaling };
}

function parseSide(text: string, version: ApiVersion): number | undefined {
  if (text === "") return undefined;
  const side = parseNumber(text, "integer");
  if (side === undefined) throw malformed(version);
  if (side === 0) throw new ImageError("size-empty", "The size has a width or height of zero.");
  return side;
}

function malformed(version: ApiVersion): ImageError {
  return new ImageError(
    "size-malformed",
    version === 3
      ? "The size is not max, w,  ,h  pct:n  w,h  or !w,h in whole pixels, each with an optional ^ before it."
      : "The size is not full, max, w,  ,h  pct:n  w,h  or !w,h in whole pixels.",
  );
}

/**
 * Returns the output size in pixels of `request` for a region of `region` pixels. Throws `size-empty`,
 * `upscale-not-asked`, `size-above-limit`, `size-above-box`.
 * Source: Image API 3.0 §4.2 and §5.3; docs/conformance.md explains how it is interpreted.
 */
export function chooseSize(
  request: SizeRequest,
  region: Size,
  { limits, isStrictConfined, maxUpscaledSide = 0, isNeverEnlarged = false }: SizeRules,
): Size {
  const size = wantedSize(request, region, limits);
  if (size.width < 1 || size.height < 1) {
    throw new ImageError("size-empty", "The size comes to less than one pixel on a side.");
  }
  if (isNeverEnlarged) refuseEnlarged(size, region);
  else if (!request.isUpscaling) refuseUpscaled(size, region, maxUpscaledSide);
  refuseAboveLimits(size, limits);
  if (
    isStrictConfined &&
    request.kind === "confined" &&
    !request.isUpscaling &&
    request.width > region.width &&
    request.height > region.height
  ) {
    throw new ImageError("size-above-box", "The box is larger than the region, and this server is set to refuse that.");
  }
  return size;
}

/** Returns the size that a request comes to, whether or not it is answered. */
export function wantedSize(request: SizeRequest, region: Size, limits: SizeLimits): Size {
  switch (request.kind) {
    case "full":
      return { width: region.width, height: region.height };
    case "max":
      return request.isUpscaling ? largestUpscaledSize(region, limits) : largestSize(region, limits);
    case "width":
      return { width: request.width, height: otherSide(request.width, region.width, region.height) };
    case "height":
      return { width: otherSide(request.height, region.height, region.width), height: request.height };
    case "percent":
      return {
        width: Math.round((region.width * request.percent) / 100),
        height: Math.round((region.height * request.percent) / 100),
      };
    case "exact":
      return { width: request.width, height: request.height };
    case "confined":
      return confinedSize(request, region, limits);
  }
}

/** The side that keeps the region's proportions, at least 1 and never above the region only because of rounding. */
export function otherSide(side: number, regionSide: number, regionOther: number): number {
  const other = Math.max(1, Math.round((side * regionOther) / regionSide));
  return side <= regionSide ? Math.min(other, regionOther) : other;
}

/** Whether a picture of this size is given out. */
export function isWithin(size: Size, limits: SizeLimits): boolean {
  return size.width <= limits.maxWidth && size.height <= limits.maxHeight && size.width * size.height <= limits.maxArea;
}

/** Returns the size that `max` means: the region, scaled down if a limit requires it. Source: Image API 3.0 §5.3. */
export function largestSize(region: Size, limits: SizeLimits): Size {
  return scaledWithin(region, Math.min(1, limitScale(region, limits)), limits);
}

/** Returns the size that `^max` means: the region scaled up or down to the limits. Source: Image API 3.0 §4.2. */
export function largestUpscaledSize(region: Size, limits: SizeLimits): Size {
  return scaledWithin(region, limitScale(region, limits), limits);
}

function limitScale(region: Size, { maxWidth, maxHeight, maxArea }: SizeLimits): number {
  return Math.min(
    Math.sqrt(maxArea / (region.width * region.height)),
    maxWidth / region.width,
    maxHeight / region.height,
  );
}

/** The largest size inside the box; without `^` never above the region (§4.2). */
function confinedSize(box: SizeRequest & { readonly kind: "confined" }, region: Size, limits: SizeLimits): Size {
  const inside = {
    maxWidth: Math.min(box.width, limits.maxWidth),
    maxHeight: Math.min(box.height, limits.maxHeight),
    maxArea: limits.maxArea,
  };
  return box.isUpscaling ? largestUpscaledSize(region, inside) : largestSize(region, inside);
}

/**
 * Scales and rounds; if rounding both sides up would exceed a limit (100.5 x 100.5 in 10,150 pixels), the side that was
 * rounded up further is rounded down.
 */
function scaledWithin(region: Size, scale: number, limits: SizeLimits): Size {
  if (scale === 1) return { width: region.width, height: region.height };
  const width = Math.min(limits.maxWidth, Math.max(1, Math.round(region.width * scale)));
  const height = Math.min(limits.maxHeight, Math.max(1, Math.round(region.height * scale)));
  if (width * height <= limits.maxArea) return { width, height };
  const narrower = { width: Math.max(1, Math.floor(region.width * scale)), height };
  if (narrower.width * narrower.height <= limits.maxArea) return narrower;
  return { width: narrower.width, height: Math.max(1, Math.floor(limits.maxArea / narrower.width)) };
}

function refuseEnlarged(size: Size, region: Size): void {
  if (size.width <= region.width && size.height <= region.height) return;
  throw new ImageError(
    "size-above-limit",
    `The size comes to ${size.width} by ${size.height} pixels, and the region has ${region.width} by ${region.height}: ` +
      "this image is not enlarged.",
  );
}

function refuseUpscaled(size: Size, region: Size, maxUpscaledSide: number): void {
  const isLarger = size.width > region.width || size.height > region.height;
  if (!isLarger) return;
  const most = { width: Math.max(region.width, maxUpscaledSide), height: Math.max(region.height, maxUpscaledSide) };
  if (size.width <= most.width && size.height <= most.height) return;
  const measures = `The size is larger than the region, which is ${region.width} by ${region.height} pixels`;
  throw maxUpscaledSide === 0
    ? new ImageError("upscale-not-asked", `${measures}. Put ^ before the size to upscale with Image API 3.`)
    : new ImageError(
        "size-above-limit",
        `${measures}, and above the ${maxUpscaledSide} a side that it is enlarged to.`,
      );
}

function refuseAboveLimits(size: Size, limits: SizeLimits): void {
  const named: [boolean, string][] = [
    [size.width > limits.maxWidth, `maxWidth of ${limits.maxWidth}`],
    [size.height > limits.maxHeight, `maxHeight of ${limits.maxHeight}`],
    [size.width * size.height > limits.maxArea, `maxArea of ${limits.maxArea}`],
  ];
  const passed = named.find(([isPassed]) => isPassed);
  if (passed !== undefined) {
    throw new ImageError(
      "size-above-limit",
      `The size comes to ${size.width} by ${size.height} pixels, above the ${passed[1]} pixels that info.json states.`,
    );
  }
}
