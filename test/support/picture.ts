/** Samples of a picture or of a part of it, row by row, interleaved. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly samplesPerPixel: number;
  readonly samples: SampleArray;
}

/** Samples as numbers, whatever their size in a file. */
export type SampleArray =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** How a sample is written: whole numbers from 0 to 2 ** bits - 1, or floating point. */
export interface SampleDepth {
  readonly bitsPerSample: 1 | 2 | 4 | 8 | 10 | 12 | 14 | 16 | 24 | 32 | 64;
  readonly sampleFormat: "unsigned" | "float";
}

/** Gives the samples of the pixel at column `x`, row `y`, as large as their depth has them. */
export type PixelFunction = (x: number, y: number) => readonly number[];

/** Draws a picture by asking `pixel` for every pixel; samples that it leaves out are opaque. */
export function drawPicture(
  options: {
    readonly width: number;
    readonly height: number;
    readonly samplesPerPixel: number;
    readonly pixel: PixelFunction;
  } & SampleDepth,
): Picture {
  const { width, height, samplesPerPixel, pixel } = options;
  const samples = newSamples(width * height * samplesPerPixel, options);
  const opaque = largestSample(options);
  let at = 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const values = pixel(x, y);
      for (let channel = 0; channel < samplesPerPixel; channel += 1) {
        samples[at] = values[channel] ?? opaque;
        at += 1;
      }
    }
  }
  return { width, height, samplesPerPixel, samples };
}

/**
 * Reduces a picture by averaging boxes of `scaleX` x `scaleY` pixels, the last ones cut off at the edge. Rounds to
 * nearest.
 */
export function reducePicture(
  picture: Picture,
  target: { readonly width: number; readonly height: number; readonly scaleX: number; readonly scaleY: number },
): Picture {
  const { samplesPerPixel, samples } = picture;
  const reduced = samplesLike(samples, target.width * target.height * samplesPerPixel);
  let at = 0;
  for (let y = 0; y < target.height; y += 1) {
    const [top, bottom] = span(y, target.scaleY, picture.height);
    for (let x = 0; x < target.width; x += 1) {
      const [left, right] = span(x, target.scaleX, picture.width);
      for (let channel = 0; channel < samplesPerPixel; channel += 1) {
        let sum = 0;
        for (let row = top; row < bottom; row += 1) {
          for (let column = left; column < right; column += 1) {
            sum += samples[(row * picture.width + column) * samplesPerPixel + channel]!;
          }
        }
        const mean = sum / ((bottom - top) * (right - left));
        reduced[at] = samples instanceof Float64Array ? mean : Math.round(mean);
        at += 1;
      }
    }
  }
  return { width: target.width, height: target.height, samplesPerPixel, samples: reduced };
}

function span(index: number, scale: number, limit: number): readonly [number, number] {
  const start = Math.min(Math.floor(index * scale), limit - 1);
  return [start, Math.max(start + 1, Math.min(limit, Math.round((index + 1) * scale)))];
}

/**
 * Returns a pattern in which a shift, a mirror image and swapped axes or channels all show: the first sample rises and
 * falls along x, the second along y, the third differs from cell to cell of 32 pixels, the fourth (alpha) along x + y.
 */
export function patternPixel(samplesPerPixel: number, depth: SampleDepth): PixelFunction {
  const shown = Array.from({ length: 256 }, (_, value) => atDepth(value, depth));
  return (x, y) => {
    const cell = cellValue(x >> 5, y >> 5);
    const across = waves[256][x % 256]!;
    const down = waves[384][y % 384]!;
    const alpha = shown[waves[512][(x + y) % 512]!]!;
    if (samplesPerPixel < 3) return [shown[(across * 2 + down + cell) >> 2]!, alpha];
    const values = [shown[across]!, shown[down]!, shown[cell]!];
    while (values.length < samplesPerPixel) values.push(alpha);
    return values;
  };
}

/** Returns the largest value of a depth: of floats 1, which is white where nothing else is said. */
export function largestSample({ bitsPerSample, sampleFormat }: SampleDepth): number {
  return sampleFormat === "float" ? 1 : 2 ** bitsPerSample - 1;
}

/** Returns room for samples of the kind that `samples` are. */
export function samplesLike(samples: SampleArray, length: number): SampleArray {
  return new (samples.constructor as new (length: number) => SampleArray)(length);
}

function newSamples(length: number, { bitsPerSample, sampleFormat }: SampleDepth): SampleArray {
  if (sampleFormat === "float") return new Float64Array(length);
  if (bitsPerSample <= 8) return new Uint8Array(length);
  return bitsPerSample <= 16 ? new Uint16Array(length) : new Uint32Array(length);
}

/** The low bits of wide samples differ from the high ones, so that a wrong byte order shows. */
function atDepth(value: number, { bitsPerSample, sampleFormat }: SampleDepth): number {
  if (sampleFormat === "float") return value / 255;
  if (bitsPerSample <= 8) return value >> (8 - bitsPerSample);
  return value * 2 ** (bitsPerSample - 8) + ((value * 7 + 3) % Math.min(256, 2 ** (bitsPerSample - 8)));
}

/** Triangle waves from 0 up to 255 and back, by how many pixels they take. */
const waves = { 256: waveOf(256), 384: waveOf(384), 512: waveOf(512) } as const;

function waveOf(period: number): readonly number[] {
  return Array.from({ length: period }, (_, position) => {
    const phase = position / period;
    return Math.round(255 * (phase < 0.5 ? phase * 2 : 2 - phase * 2));
  });
}

function cellValue(column: number, row: number): number {
  return (Math.imul(column + 1, 0x9e3779b1) ^ Math.imul(row + 1, 0x85ebca77)) >>> 24;
}
