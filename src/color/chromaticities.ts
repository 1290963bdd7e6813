import { d50, type Matrix, multiply } from "./srgb.ts";

/** A colour as x and y. */
export type Chromaticity = readonly [x: number, y: number];

/** The light of full red, green and blue, and of white. */
export interface Chromaticities {
  readonly white: Chromaticity;
  readonly red: Chromaticity;
  readonly green: Chromaticity;
  readonly blue: Chromaticity;
}

/** From XYZ to the responses of the eye's cones. Source: ICC.1:2022 annex E, Bradford. */
const toCones: Matrix = [0.8951, 0.2664, -0.1614, -0.7502, 1.7135, 0.0367, 0.0389, -0.0685, 1.0296];

/**
 * Returns XYZ of full red, green and blue relative to D50, as profiles state them: one column for each. Undefined if the
 * light of the three does not make the white. Source: ICC.1:2022 annex E.
 */
export function primariesOf({ white, red, green, blue }: Chromaticities): Matrix | undefined {
  const whole = [white, red, green, blue].map(([x, y]) => [x / y, 1, (1 - x - y) / y] as const) as unknown as readonly [
    Xyz,
    Xyz,
    Xyz,
    Xyz,
  ];
  const [w, r, g, b] = whole;
  const columns: Matrix = [r[0], g[0], b[0], r[1], g[1], b[1], r[2], g[2], b[2]];
  const inverse = invert(columns);
  if (inverse === undefined) return undefined;
  const amounts = multiply(inverse, w);
  const adaptation = adaptationOf(w);
  if (adaptation === undefined || !amounts.every((amount) => amount > 0)) return undefined;
  const adapted = [r, g, b].map(([x, y, z], index) => {
    const amount = amounts[index] ?? 0;
    return multiply(adaptation, [x * amount, y * amount, z * amount]);
  });
  const matrix = [0, 1, 2].flatMap((row) => adapted.map((xyz) => xyz[row])) as unknown as Matrix;
  return matrix.every(Number.isFinite) ? matrix : undefined;
}

type Xyz = readonly [number, number, number];

/** From XYZ relative to a white to XYZ relative to D50. */
function adaptationOf(white: Xyz): Matrix | undefined {
  const fromCones = invert(toCones);
  const from = multiply(toCones, white);
  const to = multiply(toCones, d50);
  if (fromCones === undefined || !from.every((response) => response > 0)) return undefined;
  const scaled = toCones.map((value, index) => {
    const cone = Math.floor(index / 3);
    return (value * (to[cone] ?? 0)) / (from[cone] ?? 1);
  }) as unknown as Matrix;
  const columns = [0, 1, 2].map((column) =>
    multiply(fromCones, [scaled[column] ?? 0, scaled[column + 3] ?? 0, scaled[column + 6] ?? 0]),
  );
  return [0, 1, 2].flatMap((row) => columns.map((column) => column[row])) as unknown as Matrix;
}

function invert([a, b, c, d, e, f, g, h, i]: Matrix): Matrix | undefined {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  if (!Number.isFinite(determinant) || Math.abs(determinant) < 1e-9) return undefined;
  const cofactors = [
    e * i - f * h,
    c * h - b * i,
    b * f - c * e,
    f * g - d * i,
    a * i - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    a * e - b * d,
  ];
  return cofactors.map((cofactor) => cofactor / determinant) as unknown as Matrix;
}
