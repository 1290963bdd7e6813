import { malformed, unsupported } from "./faults.ts";
import type { Fields } from "./fields.ts";
import { photometricNames, tags } from "./tags.ts";

/** What the samples of a pixel mean as they are stored. */
export interface Photometric {
  readonly model: StoredModel;
  /** Samples the other way round: grey with 0 as white, CMYK with 0 as full ink. */
  readonly isInverted: boolean;
  /** All reds by index, then all greens, then all blues, 8 bits each; of `palette` alone. */
  readonly palette: Uint8Array | undefined;
}

/**
 * The colour models that are read. `lab` has a and b as signed numbers, `icc-lab` with half of the range added. `ycck` is
 * YCbCr of the inverse of cyan, magenta and yellow, with black: of JPEG files alone.
 */
export type StoredModel = "gray" | "rgb" | "ycbcr" | "palette" | "cmyk" | "ycck" | "lab" | "icc-lab";

/** Samples that make up a colour. */
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

const models: ReadonlyMap<number, StoredModel> = new Map([
  [0, "gray"],
  [1, "gray"],
  [2, "rgb"],
  [3, "palette"],
  [5, "cmyk"],
  [6, "ycbcr"],
  [8, "lab"],
  [9, "icc-lab"],
]);

/** Longest colour map: of 16 bits an index. */
const maxMapValues = 3 << 16;

/**
 * Reads what the samples of a directory mean. Throws `source-unsupported` for interpretations that are not read,
 * `source-malformed` where there is none. Source: TIFF 6.0 §8, §5, §16, §21, §23.
 */
export async function readPhotometric(fields: Fields): Promise<Photometric> {
  const photometric = await fields.number(tags.photometricInterpretation);
  if (photometric === undefined) throw malformed("no photometric interpretation");
  const model = models.get(photometric);
  if (model === undefined) {
    throw unsupported(
      `is ${photometricNames.get(photometric) ?? `of photometric ${photometric}`}, a colour model that is not read`,
    );
  }
  if (model === "cmyk" && ((await fields.number(tags.inkSet)) ?? 1) !== 1) {
    throw unsupported("is separated into inks other than cyan, magenta, yellow and black");
  }
  return {
    model,
    isInverted: photometric === 0,
    palette: model === "palette" ? await readPalette(fields) : undefined,
  };
}

/** Maps are of 16 bits a value; some writers put 8 bits into them, which no value above 255 tells. */
async function readPalette(fields: Fields): Promise<Uint8Array> {
  const values = (await fields.numbers(tags.colorMap, maxMapValues)) ?? new Float64Array(0);
  checkPalette(values.length);
  const isOfBytes = values.every((value) => value < 256);
  return Uint8Array.from(values, (value) => (isOfBytes ? value : Math.round((value * 255) / 65_535)));
}

/** Holds the length of a palette to what its indexes can choose from. Throws `source-malformed`. */
export function checkPalette(values: number): void {
  if (values === 0 || values % 3 !== 0 || values > maxMapValues) throw malformed(`a colour map of ${values} values`);
}
