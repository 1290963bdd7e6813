import { largestSample, type Picture, type SampleDepth } from "./picture.ts";

/** Returns a picture in 8 bits a sample: scaled linearly from black to white, clamped and rounded. */
export function levelsOf(
  picture: Picture,
  depth: SampleDepth,
  [least, most]: readonly [number, number] = [0, largestSample(depth)],
): Picture {
  const samples = Uint8Array.from(picture.samples, (sample) =>
    Math.floor(Math.min(255, Math.max(0, ((sample - least) * 255) / (most - least))) + 0.5),
  );
  return { ...picture, samples };
}

/** Returns some of the samples of every pixel, in the order of `channels`. */
export function pickChannels(picture: Picture, channels: readonly number[]): Picture {
  const { width, height, samplesPerPixel } = picture;
  const samples = new Uint8Array(width * height * channels.length);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    for (const [place, channel] of channels.entries()) {
      samples[pixel * channels.length + place] = picture.samples[pixel * samplesPerPixel + channel]!;
    }
  }
  return { width, height, samplesPerPixel: channels.length, samples };
}

/** Returns what becomes of every pixel. */
export function mapPixels(
  picture: Picture,
  samplesPerPixel: number,
  change: (pixel: readonly number[]) => readonly number[],
): Picture {
  const { width, height } = picture;
  const samples = new Uint8Array(width * height * samplesPerPixel);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const start = pixel * picture.samplesPerPixel;
    const values = Array.from(picture.samples.subarray(start, start + picture.samplesPerPixel));
    samples.set(change(values), pixel * samplesPerPixel);
  }
  return { width, height, samplesPerPixel, samples };
}
