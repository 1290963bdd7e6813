import type { ProfileTag } from "./profile-tags.ts";

/** Gammas above this are treated as damage: 2.6 is the highest that cameras, scanners and displays use. */
const greatestGamma = 10;

/** Number of parameters of each type of parametric curve. */
const parametersByType = [1, 3, 4, 5, 7] as const;

/**
 * Returns a curve of type `curv` or `para` at the 256 levels of an 8-bit sample, from 0 to 1; undefined if the tag is
 * another type or cut off. Source: ICC.1:2022 sections 10.6 and 10.18.
 */
export function readToneCurve(tag: ProfileTag | undefined): Float64Array | undefined {
  if (tag === undefined || tag.byteLength < 12) return undefined;
  const curve = tag.type === "curv" ? sampledCurve(tag) : tag.type === "para" ? parametricCurve(tag) : undefined;
  if (curve === undefined) return undefined;
  const levels = Float64Array.from({ length: 256 }, (_, level) => Math.min(1, Math.max(0, curve(level / 255))));
  return levels.some(Number.isNaN) ? undefined : levels;
}

type Curve = (value: number) => number;

function sampledCurve(tag: ProfileTag): Curve | undefined {
  const count = tag.view.getUint32(8);
  if (count === 0) return (value) => value;
  if (count > (tag.byteLength - 12) / 2) return undefined;
  if (count === 1) return powerCurve(tag.view.getUint16(12) / 256);
  const sampleAt = (index: number): number => tag.view.getUint16(12 + index * 2) / 65_535;
  return (value) => {
    const place = value * (count - 1);
    const index = Math.min(Math.floor(place), count - 2);
    const before = sampleAt(index);
    return before + (sampleAt(index + 1) - before) * (place - index);
  };
}

function powerCurve(gamma: number): Curve | undefined {
  return gamma > 0 && gamma <= greatestGamma ? (value) => value ** gamma : undefined;
}

function parametricCurve(tag: ProfileTag): Curve | undefined {
  const type = tag.view.getUint16(8);
  const count = parametersByType[type];
  if (count === undefined || tag.byteLength < 12 + count * 4) return undefined;
  const parameters = Array.from({ length: count }, (_, index) => tag.view.getInt32(12 + index * 4) / 65_536);
  const [gamma = 1, a = 1, b = 0, c = 0, d = 0, e = 0, f = 0] = parameters;
  if (!(gamma > 0 && gamma <= greatestGamma)) return undefined;
  if (type === 0) return powerCurve(gamma);
  const power = (value: number): number => Math.max(0, a * value + b) ** gamma;
  if (type === 1) return (value) => (a * value + b >= 0 ? power(value) : 0);
  if (type === 2) return (value) => (a * value + b >= 0 ? power(value) + c : c);
  return (value) => (value >= d ? power(value) + e : c * value + f);
}
