import { malformed, unsupported } from "./faults.ts";
import type { Fields } from "./fields.ts";
import { tags } from "./tags.ts";

/** How the samples of a pixel are written, before compression. */
export interface SampleLayout {
  /** All that a pixel has, extra samples included. */
  readonly samplesPerPixel: number;
  readonly bits: SampleBits;
  readonly format: "unsigned" | "float";
  readonly isLittleEndian: boolean;
  /** Bits of a byte from the last to the first: FillOrder 2. */
  readonly isBitReversed: boolean;
  /** Each sample has tiles of its own: PlanarConfiguration 2. */
  readonly isPlanar: boolean;
  /** The values shown as black and white. */
  readonly range: { readonly least: number; readonly most: number };
  /** Which sample is opacity, and whether colours are multiplied by it already. */
  readonly alpha: { readonly sample: number; readonly isAssociated: boolean } | undefined;
}

/** The depths that are read; 24 bits are floating point only. */
export type SampleBits = (typeof sampleDepths)[number];

/** All depths that are read, in bits. */
export const sampleDepths = [1, 2, 4, 8, 10, 12, 14, 16, 24, 32, 64] as const;
const floatDepths: readonly number[] = [16, 24, 32, 64];

/** Most samples of a pixel: multispectral files have more, and no agreed picture. */
const maxSamples = 16;

/** Values of tag 338. Source: TIFF 6.0 §18, ExtraSamples. */
const extraSamples = { associatedAlpha: 1, unassociatedAlpha: 2 } as const;

/**
 * Reads how the samples of a directory are written; `colors` of them make up its colour. Throws `source-unsupported`
 * for depths and formats that are not read, `source-malformed` for values no TIFF may have. Source: TIFF 6.0 §8, §18, §19.
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

/**
 * Holds how samples are written to what is read, `colors` of them making up the colour. Throws `source-malformed` for
 * what contradicts itself, `source-unsupported` for what is not read.
 */
export function checkSampleLayout(layout: SampleLayout, colors: number): void {
  const { samplesPerPixel, bits, format, isPlanar, range, alpha } = layout;
  checkSampleCount(samplesPerPixel);
  if (samplesPerPixel < colors) throw malformed(`${samplesPerPixel} samples a pixel for ${colors} colours`);
  if (isPlanar && samplesPerPixel === 1) throw malformed("planes of one sample");
  if (format === "unsigned" && (bits === 24 || bits === 64)) {
    throw unsupported(`has whole numbers of ${bits} bits, which are not read`);
  }
  if (format === "float" && !floatDepths.includes(bits)) throw unsupported(`has floating point of ${bits} bits`);
  if (!isRange(range)) throw malformed(`samples from ${range.least} to ${range.most}`);
  // One past the samples stands for opacity that a PNG makes of them.
  if (alpha !== undefined && !(alpha.sample >= colors && alpha.sample <= samplesPerPixel)) {
    throw malformed(`opacity in sample ${alpha.sample}`);
  }
}

/** Returns the values of whole numbers that are shown as black and white. */
export function rangeOfWhole(bits: number): SampleLayout["range"] {
  return { least: 0, most: 2 ** bits - 1 };
}

function isRange({ least, most }: SampleLayout["range"]): boolean {
  return Number.isFinite(least) && Number.isFinite(most) && most > least;
}

function checkSampleCount(samples: number): void {
  if (samples < 1) throw malformed(`${samples} samples a pixel`);
  if (samples > maxSamples) throw unsupported(`has ${samples} samples a pixel; at most ${maxSamples} are read`);
}

/** Reads how many samples a pixel has. Throws `source-malformed` and, above `maxSamples`, `source-unsupported`. */
export async function readSampleCount(fields: Fields): Promise<number> {
  const samples = (await fields.number(tags.samplesPerPixel)) ?? 1;
  checkSampleCount(samples);
  return samples;
}

async function readBits(fields: Fields): Promise<SampleBits> {
  const [bits = 1, ...others] = (await fields.numbers(tags.bitsPerSample, maxSamples * 2)) ?? [1];
  if (others.some((other) => other !== bits)) throw unsupported("has samples of several depths");
  const known = sampleDepths.find((depth) => depth === bits);
  if (known === undefined) throw unsupported(`has ${bits} bits a sample, which are not read`);
  return known;
}

async function readFormat(fields: Fields): Promise<SampleLayout["format"]> {
  const [format = 1, ...others] = (await fields.numbers(tags.sampleFormat, maxSamples * 2)) ?? [1];
  if (others.some((other) => other !== format)) throw unsupported("has samples of several formats");
  // 4 says that the format is not known: then it is the usual one.
  if (format === 1 || format === 4) return "unsigned";
  if (format === 3) return "float";
  throw unsupported(format === 2 ? "has signed samples, which are not read" : `has samples of format ${format}`);
}

/** Source: TIFF 6.0 §20, SMinSampleValue and SMaxSampleValue; 0 to 1 where they are missing or make no range. */
async function readRange(fields: Fields): Promise<SampleLayout["range"]> {
  const least = (await fields.real(tags.sMinSampleValue)) ?? 0;
  const most = (await fields.real(tags.sMaxSampleValue)) ?? 1;
  return isRange({ least, most }) ? { least, most } : { least: 0, most: 1 };
}

async function readAlpha(
  fields: Fields,
  { colors, samplesPerPixel }: { readonly colors: number; readonly samplesPerPixel: number },
): Promise<SampleLayout["alpha"]> {
  const kinds = (await fields.numbers(tags.extraSamples, maxSamples)) ?? [];
  const index = Array.from(kinds).findIndex(
    (kind) => kind === extraSamples.associatedAlpha || kind === extraSamples.unassociatedAlpha,
  );
  if (index < 0 || colors + index >= samplesPerPixel) return undefined;
  return { sample: colors + index, isAssociated: kinds[index] === extraSamples.associatedAlpha };
}
