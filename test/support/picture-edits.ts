import type { Area } from "../../src/geometry.ts";
import type { Picture } from "./picture.ts";

/** Gives, for a pixel of the new picture, where it was in the old one. */
type Origin = (x: number, y: number) => readonly [number, number];

/** Cuts an area out of a picture. Throws an Error where the area leaves it. */
export function cropPicture(picture: Picture, area: Area): Picture {
  if (area.x + area.width > picture.width || area.y + area.height > picture.height) {
    throw new Error(`${JSON.stringify(area)} leaves a picture of ${picture.width} by ${picture.height}.`);
  }
  return rearrange(picture, area, (x, y) => [area.x + x, area.y + y]);
}

/** Mirrors a picture left to right. */
export function mirrorPicture(picture: Picture): Picture {
  return rearrange(picture, picture, (x, y) => [picture.width - 1 - x, y]);
}

/** Turns a picture clockwise by quarters of a turn. */
export function turnPicture(picture: Picture, quarterTurns: number): Picture {
  if (quarterTurns % 4 === 0) return picture;
  const turned = { width: picture.height, height: picture.width };
  const once = rearrange(picture, turned, (x, y) => [y, picture.height - 1 - x]);
  return turnPicture(once, (quarterTurns % 4) - 1);
}

/**
 * Returns a picture as it is seen when its rows are stored with a TIFF Orientation, 1 to 8.
 * Source: TIFF 6.0 section 8: where row 0 and column 0 stand.
 */
export function orientPicture(picture: Picture, orientation: number): Picture {
  const { width, height } = picture;
  const isSideways = orientation >= 5;
  const seen = isSideways ? { width: height, height: width } : { width, height };
  const rowFromFar = [3, 4, 6, 7].includes(orientation);
  const columnFromFar = [2, 3, 7, 8].includes(orientation);
  return rearrange(picture, seen, (x, y) => {
    const [row, column] = isSideways ? [x, y] : [y, x];
    return [columnFromFar ? width - 1 - column : column, rowFromFar ? height - 1 - row : row];
  });
}

/** Returns a picture of gray or RGB, with or without alpha, as RGBA; what has no alpha is opaque. */
export function withAlpha({ width, height, samplesPerPixel, samples }: Picture): Picture {
  const rgba = new Uint8Array(width * height * 4).fill(255);
  const isGray = samplesPerPixel < 3;
  const hasAlpha = samplesPerPixel % 2 === 0;
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const from = pixel * samplesPerPixel;
    for (let channel = 0; channel < 3; channel += 1)
      rgba[pixel * 4 + channel] = samples[from + (isGray ? 0 : channel)]!;
    if (hasAlpha) rgba[pixel * 4 + 3] = samples[from + samplesPerPixel - 1]!;
  }
  return { width, height, samplesPerPixel: 4, samples: rgba };
}

/** Returns the colours of an RGBA picture. Throws an Error where it is not opaque everywhere. */
export function opaqueColors(picture: Picture): Picture {
  const rgb = new Uint8Array(picture.width * picture.height * 3);
  for (let pixel = 0; pixel < picture.width * picture.height; pixel += 1) {
    if (picture.samples[pixel * 4 + 3] !== 255) throw new Error("The picture is not opaque.");
    for (let channel = 0; channel < 3; channel += 1) rgb[pixel * 3 + channel] = picture.samples[pixel * 4 + channel]!;
  }
  return { ...picture, samplesPerPixel: 3, samples: rgb };
}

/** Returns the luma of an RGB picture, in all three channels. Source: JFIF 1.02. */
export function lumaPicture(picture: Picture): Picture {
  const samples = new Uint8Array(picture.samples.length);
  for (let at = 0; at < samples.length; at += 3) {
    const [red, green, blue] = [picture.samples[at]!, picture.samples[at + 1]!, picture.samples[at + 2]!];
    samples.fill(Math.round(0.299 * red + 0.587 * green + 0.114 * blue), at, at + 3);
  }
  return { ...picture, samples };
}

/** Returns by how much two pictures of one size differ at most in any sample. Throws an Error where sizes differ. */
export function largestDifference(one: Picture, other: Picture): number {
  const shapes = [one, other].map(({ width, height, samplesPerPixel }) => `${width}x${height}x${samplesPerPixel}`);
  if (shapes[0] !== shapes[1]) throw new Error(`Pictures of ${shapes.join(" and ")} can't be compared.`);
  let most = 0;
  for (const [index, value] of one.samples.entries()) most = Math.max(most, Math.abs(value - other.samples[index]!));
  return most;
}

/** Returns by how much two pictures of one size differ on average over all samples. Throws an Error where sizes differ. */
export function meanDifference(one: Picture, other: Picture): number {
  if (one.samples.length !== other.samples.length) throw new Error("Pictures of two sizes can't be compared.");
  let sum = 0;
  for (const [index, value] of one.samples.entries()) sum += Math.abs(value - other.samples[index]!);
  return sum / one.samples.length;
}

/** Pastes pictures at their places into one of `size`. Throws an Error where a pixel is left empty or written twice. */
export function assemblePicture(
  size: { readonly width: number; readonly height: number },
  parts: readonly { readonly x: number; readonly y: number; readonly picture: Picture }[],
): Picture {
  const samplesPerPixel = parts[0]?.picture.samplesPerPixel ?? 3;
  const samples = new Uint8Array(size.width * size.height * samplesPerPixel);
  const written = new Uint8Array(size.width * size.height);
  for (const { x, y, picture } of parts) {
    const rowLength = picture.width * samplesPerPixel;
    for (let row = 0; row < picture.height; row += 1) {
      const at = (y + row) * size.width + x;
      samples.set(picture.samples.subarray(row * rowLength, (row + 1) * rowLength), at * samplesPerPixel);
      for (let column = 0; column < picture.width; column += 1) written[at + column]! += 1;
    }
  }
  if (!written.every((times) => times === 1)) throw new Error("The parts leave gaps or lie upon each other.");
  return { ...size, samplesPerPixel, samples };
}

function rearrange(
  picture: Picture,
  size: { readonly width: number; readonly height: number },
  origin: Origin,
): Picture {
  const { samplesPerPixel } = picture;
  const samples = new Uint8Array(size.width * size.height * samplesPerPixel);
  for (let y = 0; y < size.height; y += 1) {
    for (let x = 0; x < size.width; x += 1) {
      const [fromX, fromY] = origin(x, y);
      const from = (fromY * picture.width + fromX) * samplesPerPixel;
      samples.set(picture.samples.subarray(from, from + samplesPerPixel), (y * size.width + x) * samplesPerPixel);
    }
  }
  return { width: size.width, height: size.height, samplesPerPixel, samples };
}
