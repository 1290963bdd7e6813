import type { ProfileTag, ProfileTags } from "./profile-tags.ts";
import { cubeOfLab, encodeSrgb, type Matrix, multiply, srgbOfXyz } from "./srgb.ts";
import { readToneCurve } from "./tone-curve.ts";

/** What a matrix profile does: a curve for each channel at its 256 levels, then a matrix to linear sRGB. */
export interface Shaper {
  readonly curves: readonly [Float64Array, Float64Array, Float64Array];
  readonly toSrgb: Matrix;
}

/**
 * How far, in levels of 255, a conversion may move any color and still count as none: libvips' own sRGB profile, which
 * its masters have, moves pure green by 1.8.
 */
const toleranceLevels = 2;

/**
 * Rows of a matrix with a sum this close to 1 are meant to sum to 1: the difference is rounding, and greys stay grey.
 */
const whiteTolerance = 0.002;

/** Returns whether lcms would use a table of the profile rather than its curves and matrix. */
export function hasDeviceTable({ tags }: ProfileTags): boolean {
  return tags.has("A2B0") || tags.has("A2B1");
}

/**
 * Returns the conversion of an RGB profile that has curves and a matrix and no table; undefined for any other.
 * Source: ICC.1:2022 annex F.3, relative colorimetric.
 */
export function readShaper(profile: ProfileTags): Shaper | undefined {
  const { tags } = profile;
  if (profile.colorSpace !== "RGB " || profile.connectionSpace !== "XYZ " || hasDeviceTable(profile)) return undefined;
  const red = readToneCurve(tags.get("rTRC"));
  const green = readToneCurve(tags.get("gTRC"));
  const blue = readToneCurve(tags.get("bTRC"));
  const primaries = ["rXYZ", "gXYZ", "bXYZ"].map((name) => readXyz(tags.get(name)));
  const [r, g, b] = primaries.map((xyz) => xyz && multiply(srgbOfXyz("d50"), xyz));
  if (!(red && green && blue && r && g && b)) return undefined;
  const rows = [0, 1, 2].flatMap((row) => {
    const [x = 0, y = 0, z = 0] = [r[row], g[row], b[row]];
    const sum = x + y + z;
    const scale = Math.abs(sum - 1) < whiteTolerance ? 1 / sum : 1;
    return [x * scale, y * scale, z * scale];
  });
  return { curves: [red, green, blue], toSrgb: rows as unknown as Matrix };
}

/** Returns luminance at the 256 levels of a grey profile, from 0 to 1; undefined if it has no curve. */
export function readGrayCurve({ colorSpace, connectionSpace, tags }: ProfileTags): Float64Array | undefined {
  if (colorSpace !== "GRAY") return undefined;
  const curve = readToneCurve(tags.get("kTRC"));
  return connectionSpace === "Lab " ? curve?.map((lightness) => cubeOfLab((lightness * 100 + 16) / 116)) : curve;
}

/** Returns whether a shaper moves no color by more than the tolerance, so that it is sRGB, whatever its name. */
export function isSrgbShaper({ curves, toSrgb }: Shaper): boolean {
  const levels = Array.from({ length: 256 }, (_, level) => level);
  const steps = levels.filter((level) => level % 51 === 0);
  const colors = steps.flatMap((r) => steps.flatMap((g) => steps.map((b) => [r, g, b] as const)));
  const grays = levels.map((level) => [level, level, level] as const);
  return [...colors, ...grays].every(([r, g, b]) => {
    const linear = multiply(toSrgb, [curves[0][r] ?? 0, curves[1][g] ?? 0, curves[2][b] ?? 0]);
    return linear.every((value, channel) => isNear(value, [r, g, b][channel] ?? 0));
  });
}

/** Returns whether a curve of luminance is sRGB's within the tolerance. */
export function isSrgbCurve(curve: Float64Array): boolean {
  return curve.every(isNear);
}

function isNear(linear: number, level: number): boolean {
  const encoded = encodeSrgb(Math.min(1, Math.max(0, linear))) * 255;
  return Math.abs(encoded - level) <= toleranceLevels;
}

function readXyz(tag: ProfileTag | undefined): [number, number, number] | undefined {
  if (tag?.type !== "XYZ " || tag.byteLength < 20) return undefined;
  return [tag.view.getInt32(8) / 65_536, tag.view.getInt32(12) / 65_536, tag.view.getInt32(16) / 65_536];
}
