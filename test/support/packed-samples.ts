import type { PackedSamples } from "../../src/raster/unpack.ts";
import type { Random } from "./random.ts";

/** How samples are written. */
export type SampleForm = Pick<PackedSamples, "bits" | "format" | "isLittleEndian">;

/** Every form that is read. */
export const sampleForms: readonly SampleForm[] = [
  ...formsOf("unsigned", [1, 2, 4, 8, 10, 12, 14, 16, 24, 32]),
  ...formsOf("float", [16, 24, 32, 64]),
];

function formsOf(format: SampleForm["format"], depths: readonly SampleForm["bits"][]): SampleForm[] {
  return depths.flatMap((bits) => [true, false].map((isLittleEndian) => ({ bits, format, isLittleEndian })));
}

/** Exponent bits of a float with this many bits. Source: IEEE 754; TIFF Technical Note 3 for 24. */
const exponentBits: Readonly<Record<number, number>> = { 16: 5, 24: 7, 32: 8, 64: 11 };

function fieldsOf(bits: number): { readonly exponents: number; readonly mantissaBits: number; readonly bias: number } {
  const length = exponentBits[bits]!;
  return { exponents: 2 ** length, mantissaBits: bits - 1 - length, bias: 2 ** (length - 1) - 1 };
}

/** Draws the bits of a sample: for floats mostly numbers from 2^-9 to 2^5, but also NaN and tiny numbers. */
export function drawPattern(random: Random, { bits, format }: SampleForm): bigint {
  const noise = BigInt.asUintN(
    bits,
    (BigInt(random.integer(0, 2 ** 32 - 1)) << 32n) | BigInt(random.integer(0, 2 ** 32 - 1)),
  );
  if (format === "unsigned") return noise;
  const { exponents, mantissaBits, bias } = fieldsOf(bits);
  const kind = random.integer(0, 9);
  const exponent = kind === 0 ? 0 : kind === 1 ? exponents - 1 : bias + random.integer(-9, 4);
  const mantissa = kind === 1 && random.next() < 0.5 ? 0n : BigInt.asUintN(mantissaBits, noise);
  const sign = random.next() < 0.3 ? 1n : 0n;
  return (((sign * BigInt(exponents)) | BigInt(exponent)) << BigInt(mantissaBits)) | mantissa;
}

/** Returns the level, 0 to 255, that the bits of a sample stand for, in whole numbers or double precision. */
export function levelOf(
  pattern: bigint,
  { bits, format }: SampleForm,
  { least, most }: PackedSamples["range"],
): number {
  if (format === "unsigned") {
    const white = (1n << BigInt(bits)) - 1n;
    return Number((2n * 255n * pattern + white) / (2n * white));
  }
  const scaled = ((numberOf(pattern, bits) - least) * 255) / (most - least);
  return Number.isNaN(scaled) ? 0 : Math.floor(Math.min(255, Math.max(0, scaled)) + 0.5);
}

function numberOf(pattern: bigint, bits: number): number {
  const { exponents, mantissaBits, bias } = fieldsOf(bits);
  const mantissa = Number(BigInt.asUintN(mantissaBits, pattern)) / 2 ** mantissaBits;
  const head = Number(pattern >> BigInt(mantissaBits));
  const exponent = head % exponents;
  const sign = head >= exponents ? -1 : 1;
  if (exponent === exponents - 1) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * mantissa * 2 ** (1 - bias) : sign * (1 + mantissa) * 2 ** (exponent - bias);
}

/**
 * Packs rows of `rowSamples` samples, each row from a byte on: whole bytes in their order, others as strings of bits,
 * the highest first. Source: TIFF 6.0 §7, §8.
 */
export function packSamples(
  patterns: readonly bigint[],
  rowSamples: number,
  { bits, isLittleEndian }: SampleForm,
): Uint8Array {
  const rowBytes = Math.ceil((rowSamples * bits) / 8);
  const bytes = new Uint8Array((patterns.length / rowSamples) * rowBytes);
  patterns.forEach((pattern, index) => {
    const start = Math.floor(index / rowSamples) * rowBytes * 8 + (index % rowSamples) * bits;
    for (let bit = 0; bit < bits; bit += 1) {
      if (((pattern >> BigInt(bits - 1 - bit)) & 1n) === 0n) continue;
      const at = start + bit;
      const byte = at >> 3;
      const sampleByte = start >> 3;
      const isTurned = isLittleEndian && bits % 8 === 0;
      const place = isTurned ? 2 * sampleByte + bits / 8 - 1 - byte : byte;
      bytes[place] = bytes[place]! | (0x80 >> (at & 7));
    }
  });
  return bytes;
}
