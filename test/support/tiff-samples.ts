import type { Picture, SampleDepth } from "./picture.ts";

/** How samples are laid down in bytes. */
export interface SamplePacking extends SampleDepth {
  readonly byteOrder: "big" | "little";
}

/**
 * Packs the samples of a picture, each row from a byte on: samples of whole bytes in the byte order of the file, others
 * as strings of bits, the highest first. Source: TIFF 6.0 sections 3 and 8; Technical Note 3 for floats.
 */
export function packPicture(picture: Picture, packing: SamplePacking): Uint8Array<ArrayBuffer> {
  const { samples, width, height, samplesPerPixel } = picture;
  const { bitsPerSample, sampleFormat, byteOrder } = packing;
  const isFloat = sampleFormat === "float";
  if (samples instanceof Uint8Array && bitsPerSample === 8) return samples;
  const isLittle = byteOrder === "little";
  const rowSamples = width * samplesPerPixel;
  const rowBytes = Math.ceil((rowSamples * bitsPerSample) / 8);
  const bytes = new Uint8Array(rowBytes * height);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < samples.length; index += 1) {
    const value = samples[index]!;
    const start = Math.floor(index / rowSamples) * rowBytes;
    const bit = (index % rowSamples) * bitsPerSample;
    const at = start + bit / 8;
    if (bitsPerSample === 64) view.setFloat64(at, value, isLittle);
    else if (bitsPerSample % 8 === 0) {
      const pattern = isFloat ? floatPattern(value, bitsPerSample) : value;
      for (let byte = 0; byte < bitsPerSample / 8; byte += 1) {
        bytes[at + (isLittle ? byte : bitsPerSample / 8 - 1 - byte)] = pattern >>> (8 * byte);
      }
    } else {
      for (let place = 0; place < bitsPerSample; place += 1) {
        if (((value >> (bitsPerSample - 1 - place)) & 1) === 0) continue;
        const to = bit + place;
        bytes[start + (to >> 3)]! |= 0x80 >> (to & 7);
      }
    }
  }
  return bytes;
}

const reversedBits = Uint8Array.from({ length: 256 }, (_, byte) =>
  Array.from({ length: 8 }, (_, bit) => ((byte >> bit) & 1) << (7 - bit)).reduce((sum, bit) => sum | bit, 0),
);

/** Returns each byte with its bits in the other order: FillOrder 2. */
export function reverseBits(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.map((byte) => reversedBits[byte]!);
}

/** Sizes of the parts of a float, in bits. Source: IEEE 754; TIFF Technical Note 3. */
const exponentBits: Readonly<Record<number, number>> = { 16: 5, 24: 7, 32: 8 };

/** One float of 32 bits, and its bits: made once, for a test packs millions. */
const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);

/** Returns the bits of a float of 16, 24 or 32 bits, cut off and not rounded; what is too small becomes 0. */
function floatPattern(value: number, bits: number): number {
  const exponents = exponentBits[bits]!;
  const mantissaBits = bits - 1 - exponents;
  single[0] = value;
  const pattern = singleBits[0]!;
  const exponent = ((pattern >>> 23) & 255) - 127 + ((1 << (exponents - 1)) - 1);
  if (exponent <= 0) return 0;
  const mantissa = (pattern & 0x7fffff) >>> (23 - mantissaBits);
  return ((pattern >>> 31) << (bits - 1)) | (exponent << mantissaBits) | mantissa;
}
