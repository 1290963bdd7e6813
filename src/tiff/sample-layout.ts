import { maxSamplesPerPixel } from "../limits.ts";
import { malformed, unsupported } from "../pyramid/faults.ts";
import {
  checkSampleCount,
  checkSampleLayout,
  isRange,
  rangeOfWhole,
  type SampleBits,
  type SampleLayout,
  sampleDepths,
} from "../pyramid/sample-layout.ts";
import type { Fields } from "./fields.ts";
import { tags } from "./tags.ts";

/** Values of tag 338. Source: TIFF 6.0 §18, ExtraSamples. */
const extraSamples = { associatedAlpha: 1, unassociatedAlpha: 2 } as const;

/**
 * Reads how the samples of a directory are stored; `colors` of them make up its colour. Throws `source-unsupported` for
 * depths and formats that are not supported, `source-malformed` for values that are invalid in TIFF. Source: TIFF 6.0
 * §8, §18, §19.
 */
export async function readSampleLayout(
  fields: Fields,
  { colors, isLittleEndian }: { readonly colors: number; readonly isLittleEndian: boolean },
): Promise<SampleLayout> {
  const samplesPerPixel = await readSampleCount(fields);
  const bits = await readBits(fields);
  const format = await readFormat(fields);
  const planar = (await fields.number(tags.planarConfiguration)) ?? 1;
  if (planar !== 1 && planar !== 2) throw malformed(`planar configuration ${planar}`);
  const fillOrder = (await fields.number(tags.fillOrder)) ?? 1;
  const layout: SampleLayout = {
    samplesPerPixel,
    bits,
    format,
    isLittleEndian,
    isBitReversed: fillOrder === 2,
    isPlanar: planar === 2 && samplesPerPixel > 1,
    range: format === "float" ? await readRange(fields) : rangeOfWhole(bits),
    alpha: await readAlpha(fields, { colors, samplesPerPixel }),
  };
  checkSampleLayout(layout, colors);
  return layout;
}

/** Reads how many samples a pixel has. Throws `source-malformed` and, above `maxSamplesPerPixel`, `source-unsupported`. */
async function readSampleCount(fields: Fields): Promise<number> {
  const samples = (await fields.number(tags.samplesPerPixel)) ?? 1;
  checkSampleCount(samples);
  return samples;
}

async function readBits(fields: Fields): Promise<SampleBits> {
  const [bits = 1, ...others] = (await fields.numbers(tags.bitsPerSample, maxSamplesPerPixel * 2)) ?? [1];
  if (others.some((other) => other !== bits)) throw unsupported("has samples of several depths");
  const known = sampleDepths.find((depth) => depth === bits);
  if (known === undefined) throw unsupported(`has ${bits} bits per sample, which are not supported`);
  return known;
}

async function readFormat(fields: Fields): Promise<SampleLayout["format"]> {
  const [format = 1, ...others] = (await fields.numbers(tags.sampleFormat, maxSamplesPerPixel * 2)) ?? [1];
  if (others.some((other) => other !== format)) throw unsupported("has samples of several formats");
  // 4 means an unknown format: use the usual one.
  if (format === 1 || format === 4) return "unsigned";
  if (format === 3) return "float";
  throw unsupported(format === 2 ? "has signed samples, which are not supported" : `has samples of format ${format}`);
}

/** Source: TIFF 6.0 §20, SMinSampleValue and SMaxSampleValue; 0 to 1 if they are missing or not a range. */
async function readRange(fields: Fields): Promise<SampleLayout["range"]> {
  const least = (await fields.real(tags.sMinSampleValue)) ?? 0;
  const most = (await fields.real(tags.sMaxSampleValue)) ?? 1;
  return isRange({ least, most }) ? { least, most } : { least: 0, most: 1 };
}

async function readAlpha(
  fields: Fields,
  { colors, samplesPerPixel }: { readonly colors: number; readonly samplesPerPixel: number },
): Promise<SampleLayout["alpha"]> {
  const kinds = (await fields.numbers(tags.extraSamples, maxSamplesPerPixel)) ?? [];
  const index = Array.from(kinds).findIndex(
    (kind) => kind === extraSamples.associatedAlpha || kind === extraSamples.unassociatedAlpha,
  );
  if (index < 0 || colors + index >= samplesPerPixel) return undefined;
  return { sample: colors + index, isAssociated: kinds[index] === extraSamples.associatedAlpha };
}
