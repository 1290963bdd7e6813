/** Rows of samples of whole bytes, without padding. */
export interface PredictedForm {
  readonly width: number;
  readonly samplesPerPixel: number;
  readonly bits: 8 | 16 | 24 | 32 | 64;
  readonly isLittleEndian: boolean;
}

/**
 * Returns rows in which each sample of 8, 16 or 32 bits is its difference from the one a pixel before.
 * Source: TIFF 6.0 §14.
 */
export function writeHorizontalPredictor(bytes: Uint8Array, form: PredictedForm): Uint8Array {
  const { width, samplesPerPixel, bits, isLittleEndian } = form;
  const sampleBytes = bits / 8;
  const rowSamples = width * samplesPerPixel;
  const valueAt = (index: number): number => {
    let value = 0;
    for (let byte = 0; byte < sampleBytes; byte += 1) {
      value = value * 256 + bytes[index * sampleBytes + (isLittleEndian ? sampleBytes - 1 - byte : byte)]!;
    }
    return value;
  };
  const predicted = bytes.slice();
  for (let index = 0; index < bytes.length / sampleBytes; index += 1) {
    if (index % rowSamples < samplesPerPixel) continue;
    let difference = (valueAt(index) - valueAt(index - samplesPerPixel) + 2 ** bits) % 2 ** bits;
    for (let byte = 0; byte < sampleBytes; byte += 1) {
      predicted[index * sampleBytes + (isLittleEndian ? byte : sampleBytes - 1 - byte)] = difference % 256;
      difference = Math.floor(difference / 256);
    }
  }
  return predicted;
}

/**
 * Returns rows that hold all most significant bytes of the samples first, then the next, as differences from the bytes
 * `samplesPerPixel` before. Source: TIFF Technical Note 3.
 */
export function writeFloatPredictor(bytes: Uint8Array, form: PredictedForm): Uint8Array {
  const { width, samplesPerPixel, bits, isLittleEndian } = form;
  const sampleBytes = bits / 8;
  const rowSamples = width * samplesPerPixel;
  const rowBytes = rowSamples * sampleBytes;
  const predicted = new Uint8Array(bytes.length);
  for (let start = 0; start < bytes.length; start += rowBytes) {
    const parted = new Uint8Array(rowBytes);
    for (let at = 0; at < rowBytes; at += 1) {
      const significance = Math.floor(at / rowSamples);
      const place = isLittleEndian ? sampleBytes - 1 - significance : significance;
      parted[at] = bytes[start + (at % rowSamples) * sampleBytes + place]!;
    }
    for (let at = 0; at < rowBytes; at += 1) {
      predicted[start + at] = parted[at]! - (at < samplesPerPixel ? 0 : parted[at - samplesPerPixel]!);
    }
  }
  return predicted;
}
