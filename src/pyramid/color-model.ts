import { malformed } from "./faults.ts";
/** What the samples of a pixel mean as stored. */
export interface Photometric {
  readonly model: StoredModel;
  /** Inverted samples: grey with 0 as white, CMYK with 0 as full ink. */
  readonly isInverted: boolean;
  /** All reds by index, then all greens, then all blues, 8 bits each; only for `palette`. */
  readonly palette: Uint8Array | undefined;
}

/**
 * The supported colour models. `lab` has a and b as signed numbers, `icc-lab` with half of the range added. `ycck` is
 * YCbCr of the inverse of cyan, magenta and yellow, plus black: only in JPEG files.
 */
export type StoredModel = "gray" | "rgb" | "ycbcr" | "palette" | "cmyk" | "ycck" | "lab" | "icc-lab";

/** Number of samples that make up a colour. */
export const colorSamples: Readonly<Record<StoredModel, number>> = {
  gray: 1,
  palette: 1,
  rgb: 3,
  ycbcr: 3,
  lab: 3,
  "icc-lab": 3,
  cmyk: 4,
  ycck: 4,
};

/** Longest colour map: 16-bit indexes. */
export const maxMapValues = 3 << 16;

/** Checks the length of a palette against the range of its indexes. Throws `source-malformed`. */
export function checkPalette(values: number): void {
  if (values === 0 || values % 3 !== 0 || values > maxMapValues) throw malformed(`a colour map of ${values} values`);
}
