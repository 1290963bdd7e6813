/** Samples of a picture or of a part of it, row by row, interleaved. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly samplesPerPixel: number;
  readonly samples: Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;
}

/** Gives the samples of the pixel at column `x`, row `y`: 0 to 255, or to 65535 for 16 bits a sample. */
export type PixelFunction = (x: number, y: number) => readonly number[];

/** Draws a picture by asking `pixel` for every pixel; samples that it leaves out are opaque. Never throws. */
export function drawPicture(options: {
  readonly width: number;
  readonly height: number;
  readonly samplesPerPixel: number;
  readonly bitsPerSample: 8 | 16;
  readonly pixel: PixelFunction;
}): Picture {
  const { width, height, samplesPerPixel, bitsPerSample, pixel } = options;
  const length = width * height * samplesPerPixel;
  const samples = bitsPerSample === 8 ? new Uint8Array(length) : new Uint16Array(length);
  const opaque = 2 ** bitsPerSample - 1;
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
 * nearest. Never throws.
 */
export function reducePicture(
  picture: Picture,
  target: { readonly width: number; readonly height: number; readonly scaleX: number; readonly scaleY: number },
): Picture {
  const { samplesPerPixel, samples } = picture;
  const length = target.width * target.height * samplesPerPixel;
  const reduced = samples instanceof Uint8Array ? new Uint8Array(length) : new Uint16Array(length);
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
        reduced[at] = Math.round(sum / ((bottom - top) * (right - left)));
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
export function patternPixel(samplesPerPixel: number, bitsPerSample: 8 | 16): PixelFunction {
  return (x, y) => {
    const cell = cellValue(x >> 5, y >> 5);
    const gray = (wave(x, 256) * 2 + wave(y, 384) + cell) >> 2;
    const values =
      samplesPerPixel < 3
        ? [gray, wave(x + y, 512)]
        : [wave(x, 256), wave(y, 384), cell, ...Array<number>(samplesPerPixel - 3).fill(wave(x + y, 512))];
    // The low byte differs from the high one, so that a wrong byte order shows.
    return bitsPerSample === 8 ? values : values.map((value) => value * 256 + ((value * 7 + 3) & 255));
  };
}

/** A triangle wave from 0 up to 255 and back within `period` pixels. */
function wave(position: number, period: number): number {
  const phase = (position % period) / period;
  return Math.round(255 * (phase < 0.5 ? phase * 2 : 2 - phase * 2));
}

function cellValue(column: number, row: number): number {
  return (Math.imul(column + 1, 0x9e3779b1) ^ Math.imul(row + 1, 0x85ebca77)) >>> 24;
}
