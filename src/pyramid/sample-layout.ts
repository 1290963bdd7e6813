import { maxSamplesPerPixel } from "../limits.ts";
import { malformed, unsupported } from "./faults.ts";
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

/** Says whether black and white are two finite values in their order. */
export function isRange({ least, most }: SampleLayout["range"]): boolean {
  return Number.isFinite(least) && Number.isFinite(most) && most > least;
}

/** Holds the number of samples of a pixel to what is read. Throws `source-malformed`, `source-unsupported`. */
export function checkSampleCount(samples: number): void {
  if (samples < 1) throw malformed(`${samples} samples a pixel`);
  if (samples > maxSamplesPerPixel)
    throw unsupported(`has ${samples} samples a pixel; at most ${maxSamplesPerPixel} are read`);
}
