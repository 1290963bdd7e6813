import { checkPalette, maxMapValues, type Photometric, type StoredModel } from "../pyramid/color-model.ts";
import { malformed, unsupported } from "../pyramid/faults.ts";
import type { Fields } from "./fields.ts";
import { photometricNames, tags } from "./tags.ts";

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

/**
 * Reads what the samples of a directory mean. Throws `source-unsupported` for interpretations that are not supported,
 * `source-malformed` if there is none. Source: TIFF 6.0 §8, §5, §16, §21, §23.
 */
export async function readPhotometric(fields: Fields): Promise<Photometric> {
  const photometric = await fields.number(tags.photometricInterpretation);
  if (photometric === undefined) throw malformed("no photometric interpretation");
  const model = models.get(photometric);
  if (model === undefined) {
    throw unsupported(
      `is ${photometricNames.get(photometric) ?? `of photometric ${photometric}`}, which is not supported`,
    );
  }
  if (model === "cmyk" && ((await fields.number(tags.inkSet)) ?? 1) !== 1) {
    throw unsupported("has inks other than cyan, magenta, yellow and black");
  }
  return {
    model,
    isInverted: photometric === 0,
    palette: model === "palette" ? await readPalette(fields) : undefined,
  };
}

/** Maps have 16 bits per value; some writers store 8-bit values, which is assumed if none is above 255. */
async function readPalette(fields: Fields): Promise<Uint8Array> {
  const values = (await fields.numbers(tags.colorMap, maxMapValues)) ?? new Float64Array(0);
  checkPalette(values.length);
  const isOfBytes = values.every((value) => value < 256);
  return Uint8Array.from(values, (value) => (isOfBytes ? value : Math.round((value * 255) / 65_535)));
}
