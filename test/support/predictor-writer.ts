/** Rows of samples of whole bytes, without padding. */
export interface PredictedForm {
  readonly width: number;
  readonly samplesPerPixel: number;
  readonly bits: 8 | 16 | 24 | 32 | 64;
  readonly isLittleEndian: boolean;
}

/**
 * Returns rows in which each sample of 8, 16 or 32 bits is its difference from the one a pixel before. Never throws.
 * Source: TIFF 6.0 §14.
 */
export function writeHorizontalPredictor(bytes: Uint8Array, form: PredictedForm): Uint8Array {
  const { width, samplesPerPixel, bits, isLittleEndian } = form;
  const sampleBytes = bits / 8;
  const rowSamples = width * samplesPerPixel;
  const valueAt = (index: number): number => {
    const sample = Array.from(bytes.subarray(index * sampleBytes, (index + 1) * sampleBytes));
    return (isLittleEndian ? sample.reverse() : sample).reduce((value, byte) => value * 256 + byte, 0);
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
 * `samplesPerPixel` before. Never throws. Source: TIFF Technical Note 3.
 */
export function writeFloatPredictor(bytes: Uint8Array, form: PredictedForm): Uint8Array {
  const { width, samplesPerPixel, bits, isLittleEndian } = form;
  const sampleBytes = bits / 8;
  const rowSamples = width * samplesPerPixel;
  const rowBytes = rowSamples * sampleBytes;
  const predicted = new Uint8Array(bytes.length);
  for (let start = 0; start < bytes.length; start += rowBytes) {
    const parted = Uint8Array.from({ length: rowBytes }, (_, at) => {
      const significance = Math.floor(at / rowSamples);
      const place = isLittleEndian ? sampleBytes - 1 - significance : significance;
      return bytes[start + (at % rowSamples) * sampleBytes + place]!;
    });
    parted.forEach((byte, at) => {
      predicted[start + at] = at < samplesPerPixel ? byte : byte - parted[at - samplesPerPixel]!;
    });
  }
  return predicted;
}
