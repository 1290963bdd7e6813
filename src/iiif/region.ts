import { ImageError } from "../error.ts";
import { type Area, clipArea, type Size } from "../geometry.ts";
import { parseNumbers } from "./decimal.ts";

/** The region parameter as written, independent of the image. */
export type RegionRequest =
  | { readonly kind: "full" }
  | { readonly kind: "square" }
  | { readonly kind: "pixels"; readonly x: number; readonly y: number; readonly width: number; readonly height: number }
  | {
      readonly kind: "percent";
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
    };

/**
 * Parses `full`, `square`, `x,y,w,h` or `pct:x,y,w,h`. Throws `region-malformed`, `region-empty`.
 * Source: Image API 3.0 §4.1, 2.1 §4.1.
 */
export function parseRegion(text: string): RegionRequest {
  if (text === "full") return { kind: "full" };
  if (text === "square") return { kind: "square" };
  const isPercent = text.startsWith("pct:");
  const kind = isPercent ? "decimal" : "integer";
  const numbers = parseNumbers(isPercent ? text.slice(4) : text, kind);
  const [x, y, width, height] = numbers;
  if (numbers.length !== 4 || x === undefined || y === undefined || width === undefined || height === undefined) {
    throw new ImageError(
      "region-malformed",
      "The region is not full, square, x,y,w,h in whole pixels or pct:x,y,w,h in unsigned decimals.",
    );
  }
  if (width === 0 || height === 0) {
    throw new ImageError("region-empty", "The region has a width or height of zero.");
  }
  return { kind: isPercent ? "percent" : "pixels", x, y, width, height };
}

/**
 * Returns the pixels of an image of `size` that `region` selects, clipped to the image and at least one pixel wide and
 * high. Throws `region-outside`, `region-empty`. Source: Image API 3.0 §4.1.
 */
export function chooseRegion(region: RegionRequest, size: Size): Area {
  switch (region.kind) {
    case "full":
      return { x: 0, y: 0, width: size.width, height: size.height };
    case "square": {
      const side = Math.min(size.width, size.height);
      return {
        x: Math.floor((size.width - side) / 2),
        y: Math.floor((size.height - side) / 2),
        width: side,
        height: side,
      };
    }
    case "pixels":
      return clipped(region, size);
    case "percent": {
      const left = (region.x / 100) * size.width;
      const top = (region.y / 100) * size.height;
      // A start inside the image stays inside, and a region thinner than half a pixel becomes the pixel that contains
      // it.
      const x = left < size.width ? Math.min(Math.round(left), size.width - 1) : size.width;
      const y = top < size.height ? Math.min(Math.round(top), size.height - 1) : size.height;
      const width = Math.round(left + (region.width / 100) * size.width) - x;
      const height = Math.round(top + (region.height / 100) * size.height) - y;
      return clipped({ x, y, width: Math.max(1, width), height: Math.max(1, height) }, size);
    }
  }
}

function clipped(area: Area, size: Size): Area {
  const region = clipArea(area, size);
  if (region === undefined) {
    throw new ImageError(
      "region-outside",
      `The region is completely outside the image, which is ${size.width} by ${size.height} pixels.`,
    );
  }
  return region;
}
