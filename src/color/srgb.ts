/** Three rows of three coefficients. */
export type Matrix = readonly [number, number, number, number, number, number, number, number, number];

/** XYZ of the profile connection space's white, D50. Source: ICC.1:2022 section 7.2.16. */
export const d50 = [0.9642, 1, 0.8249] as const;

/** XYZ of sRGB's own white, D65. Source: IEC 61966-2-1. */
export const d65 = [0.9505, 1, 1.089] as const;

/** From XYZ relative to D50 to linear sRGB, adapted as profiles are. Source: IEC 61966-2-1 and the Bradford transform of ICC.1:2022 annex E. */
const srgbOfXyzD50: Matrix = [
  3.1338561, -1.6168667, -0.4906146, -0.9787684, 1.9161415, 0.033454, 0.0719453, -0.2289914, 1.4052427,
];

/** XYZ relative to D50 of linear red, green and blue in columns, adapted as profiles are. Source: the inverse of the above. */
export const srgbPrimaries: Matrix = [
  0.4360747, 0.3850649, 0.1430804, 0.2225045, 0.7168786, 0.0606169, 0.0139322, 0.0971045, 0.7141733,
];

/** From XYZ relative to D65 to linear sRGB. Source: IEC 61966-2-1. */
const srgbOfXyzD65: Matrix = [
  3.2404542, -1.5371385, -0.4985314, -0.969266, 1.8760108, 0.041556, 0.0556434, -0.2040259, 1.0572252,
];

/** Returns the matrix from XYZ to linear sRGB for a white, scaled so that the white is exactly 1, 1, 1. */
export function srgbOfXyz(white: "d50" | "d65"): Matrix {
  const [matrix, [x, y, z]] = white === "d50" ? [srgbOfXyzD50, d50] : [srgbOfXyzD65, d65];
  const scaled = [0, 3, 6].flatMap((row) => {
    const [a = 0, b = 0, c = 0] = matrix.slice(row, row + 3);
    const sum = a * x + b * y + c * z;
    return [a / sum, b / sum, c / sum];
  });
  return scaled as unknown as Matrix;
}

/** Returns the product of a matrix and a column. */
export function multiply(matrix: Matrix, [x, y, z]: readonly [number, number, number]): [number, number, number] {
  return [
    matrix[0] * x + matrix[1] * y + matrix[2] * z,
    matrix[3] * x + matrix[4] * y + matrix[5] * z,
    matrix[6] * x + matrix[7] * y + matrix[8] * z,
  ];
}

/** Returns the encoded value of a linear one; the curve continues below 0 and above 1. Source: IEC 61966-2-1. */
export function encodeSrgb(linear: number): number {
  return linear <= 0.0031308 ? linear * 12.92 : 1.055 * linear ** (1 / 2.4) - 0.055;
}

/**
 * Returns the value, as a share of white, whose cube root CIELAB's lightness and chroma are based on. Source: ISO/CIE
 * 11664-4.
 */
export function cubeOfLab(root: number): number {
  return root > 6 / 29 ? root ** 3 : 3 * (6 / 29) ** 2 * (root - 4 / 29);
}
