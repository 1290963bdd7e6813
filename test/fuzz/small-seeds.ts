import { writeProgressiveJpeg } from "../support/jpeg-progressive-writer.ts";
import {
  asciiTag,
  gammaTag,
  labTableTag,
  makeGrayProfile,
  makeMatrixProfile,
  makeProfile,
  parametricTag,
  primariesOf,
  sampledTag,
  utf16Tag,
} from "../support/make-profile.ts";
import type { Chunk } from "../support/tiff-chunk.ts";

/** Profiles of every form that is followed. */
export interface ProfileSeeds {
  readonly rgb: Uint8Array;
  readonly sampled: Uint8Array;
  readonly gray: Uint8Array;
  readonly table: Uint8Array;
  readonly cmyk: Uint8Array;
}

/** Builds the profiles; their tables have few nodes. */
export function profileSeeds(): ProfileSeeds {
  const ink = ([c = 0, m = 0, y = 0, k = 0]: readonly number[]): [number, number, number] => {
    const light = (1 - k) * (1 - (c + m + y) / 3);
    return [100 * light, 40 * (m - c), 40 * (y - m)];
  };
  return {
    rgb: makeMatrixProfile(primariesOf.adobeRgb, gammaTag(2.2), { desc: asciiTag("Wide") }),
    sampled: makeMatrixProfile(primariesOf.proPhoto, [
      sampledTag(40, (value) => value ** 1.8),
      parametricTag(3, [2.4, 0.95, 0.05, 0.08, 0.04]),
      gammaTag(1.8),
    ]),
    gray: makeGrayProfile(gammaTag(1.7)),
    table: makeProfile({
      connectionSpace: "Lab",
      tags: { desc: utf16Tag("Table"), A2B0: labTableTag(3, 3, ([r = 0, g = 0, b = 0]) => [100 * g, r - g, g - b]) },
    }),
    cmyk: makeProfile({
      deviceClass: "prtr",
      colorSpace: "CMYK",
      connectionSpace: "Lab",
      tags: { A2B0: labTableTag(4, 3, ink), A2B1: labTableTag(4, 2, ink) },
    }),
  };
}

/** Returns a tile as a progressive JPEG, red as luma and the others as chroma. */
export function makeProgressiveTile({ width, height, samples, samplesPerPixel }: Chunk): Uint8Array {
  const components = [0, 1, 2].map((channel) => ({
    horizontal: 1,
    vertical: 1,
    sampleAt: (x: number, y: number) => {
      const pixel = Math.min(y, height - 1) * width + Math.min(x, width - 1);
      return samples[pixel * samplesPerPixel + channel] ?? 0;
    },
  }));
  return writeProgressiveJpeg({ width, height, components, step: 20 });
}
