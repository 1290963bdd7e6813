/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A rectangle of whole pixels; `x` and `y` are its top left corner. */
export interface Area extends Size {
  readonly x: number;
  readonly y: number;
}

/** Returns what `area` and a picture of `size` have in common, or undefined if that is nothing. */
export function clipArea(area: Area, size: Size): Area | undefined {
  const x = Math.max(0, area.x);
  const y = Math.max(0, area.y);
  const width = Math.min(area.x + area.width, size.width) - x;
  const height = Math.min(area.y + area.height, size.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}

/** Returns whether `area` covers all of a picture of `size`. */
export function isWhole(area: Area, size: Size): boolean {
  return area.x === 0 && area.y === 0 && area.width === size.width && area.height === size.height;
}

/** Returns whether two sizes are equal. */
export function isSameSize(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}

/**
 * Returns the canvas that holds a picture of `size` turned clockwise by `degrees` without rescaling:
 * |w cos| + |h sin| by |w sin| + |h cos|, rounded.
 */
export function rotatedSize(size: Size, degrees: number): Size {
  if (degrees === 0) return size;
  const radians = (degrees * Math.PI) / 180;
  const cosine = Math.abs(Math.cos(radians));
  const sine = Math.abs(Math.sin(radians));
  return {
    width: Math.max(1, Math.round(size.width * cosine + size.height * sine)),
    height: Math.max(1, Math.round(size.width * sine + size.height * cosine)),
  };
}
