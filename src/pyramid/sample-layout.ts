import { maxSamplesPerPixel } from "../limits.ts";
import { malformed, unsupported } from "./faults.ts";
/** How the samples of a pixel are stored, before compression. */
export interface SampleLayout {
  /** All samples of a pixel, including extra samples. */
  readonly samplesPerPixel: number;
  readonly bits: SampleBits;
  readonly format: "unsigned" | "float";
  readonly isLittleEndian: boolean;
  /** Bits of a byte from the lowest to the highest: FillOrder 2. */
  readonly isBitReversed: boolean;
  /** Each sample has its own tiles: PlanarConfiguration 2. */
  readonly isPlanar: boolean;
  /** The values shown as black and white. */
  readonly range: { readonly least: number; readonly most: number };
  /** Which sample is opacity, and whether colours are premultiplied by it. */
  readonly alpha: { readonly sample: number; readonly isAssociated: boolean } | undefined;
}

/** The supported depths; 24 bits are floating point only. */
export type SampleBits = (typeof sampleDepths)[number];

/** All supported depths, in bits. */
export const sampleDepths = [1, 2, 4, 8, 10, 12, 14, 16, 24, 32, 64] as const;

const floatDepths: readonly number[] = [16, 24, 32, 64];

/**
 * Checks how samples are stored; `colors` of them make up the colour. Throws `source-malformed` for contradictions,
 * `source-unsupported` for what is not supported.
 */
export function checkSampleLayout(layout: SampleLayout, colors: number): void {
  const { samplesPerPixel, bits, format, isPlanar, range, alpha } = layout;
  checkSampleCount(samplesPerPixel);
  if (samplesPerPixel < colors) throw malformed(`${samplesPerPixel} samples per pixel for ${colors} colours`);
  if (isPlanar && samplesPerPixel === 1) throw malformed("planes of one sample");
  if (format === "unsigned" && (bits === 24 || bits === 64)) {
    throw unsupported(`has integer samples of ${bits} bits, which are not supported`);
  }
  if (format === "float" && !floatDepths.includes(bits))
    throw unsupported(`has floating point samples of ${bits} bits, which are not supported`);
  if (!isRange(range)) throw malformed(`samples from ${range.least} to ${range.most}`);
  // The index after the last sample stands for opacity that comes from a PNG's tRNS.
  if (alpha !== undefined && !(alpha.sample >= colors && alpha.sample <= samplesPerPixel)) {
    throw malformed(`opacity in sample ${alpha.sample}`);
  }
}

/** Returns the integer values that are shown as black and white. */
export function rangeOfWhole(bits: number): SampleLayout["range"] {
  return { least: 0, most: 2 ** bits - 1 };
}

/** Returns whether black and white are two different finite values in ascending order. */
export function isRange({ least, most }: SampleLayout["range"]): boolean {
  return Number.isFinite(least) && Number.isFinite(most) && most > least;
}

/** Checks the number of samples per pixel. Throws `source-malformed`, `source-unsupported`. */
export function checkSampleCount(samples: number): void {
  if (samples < 1) throw malformed(`${samples} samples a pixel`);
  if (samples > maxSamplesPerPixel)
    throw unsupported(`has ${samples} samples a pixel; at most ${maxSamplesPerPixel} are read`);
}
