import { makeNoise, makeSamples, type Samples } from "./planes.ts";
import { openRandom, type Random } from "./random.ts";

type Maker = (random: Random, width: number, height: number) => Samples;

/** Smooth surfaces, edges and grain: what all modes and sizes of levels are chosen for. */
export const makePhotograph: Maker = (random, width, height) => {
  const [a, b, slope, grain] = [
    random.integer(5, 40),
    random.integer(5, 40),
    random.next() * 4 - 2,
    random.integer(0, 12),
  ];
  return makeSamples(width, height, (x, y) => {
    const surface = 120 + 70 * Math.sin(x / a) * Math.cos(y / b) + ((x + slope * y) % 31 < 6 ? 60 : 0);
    return Math.min(Math.max(Math.round(surface + random.integer(-grain, grain)), 0), 255);
  });
};

const makeFlat: Maker = (_, width, height) => makeSamples(width, height, () => 200);

/** A flat ground with macroblocks of other kinds on it: of another level, of noise, and with one block of 4 by 4 alone. */
const makeIslands: Maker = (random, width, height) => {
  const across = Math.ceil(width / 16);
  const cells = Array.from({ length: across * Math.ceil(height / 16) }, () => ({
    kind: random.integer(0, 7),
    level: random.integer(0, 255),
    block: random.integer(0, 15),
  }));
  return makeSamples(width, height, (x, y) => {
    const { kind, level, block } = cells[across * (y >> 4) + (x >> 4)]!;
    if (kind === 0) return level;
    if (kind === 1) return random.integer(0, 255);
    if (kind > 3) return 90;
    return ((y >> 2) & 3) * 4 + ((x >> 2) & 3) === block ? level : 90;
  });
};

/** Stripes that lean, which blocks are predicted along: no levels are left of many. */
const makeStripes: Maker = (random, width, height) => {
  const [across, down, step] = [random.integer(-2, 2), random.integer(1, 2), random.integer(20, 120)];
  return makeSamples(width, height, (x, y) => (((across * x + down * y + 4096) >> 4) & 1 ? 60 + step : 60));
};

/** One macroblock in four has a pattern within one block of 4 by 4 whose mean is the ground's, so that it alone has levels. */
const makeSpecks: Maker = (random, width, height) => {
  const across = Math.ceil(width / 16);
  const specks = Array.from({ length: across * Math.ceil(height / 16) }, () => random.integer(0, 63));
  return makeSamples(width, height, (x, y) => {
    const speck = specks[across * (y >> 4) + (x >> 4)]!;
    if (((y >> 2) & 3) * 4 + ((x >> 2) & 3) !== speck || y % 4 !== 1) return 110;
    return x % 4 === 1 ? 200 : x % 4 === 2 ? 20 : 110;
  });
};

/** Pictures that take all that an encoder may do. */
const webpMakers: readonly Maker[] = [...[makePhotograph, makeNoise, makeFlat, makeIslands, makeStripes, makeSpecks]];

/** Quantisers from the finest to the coarsest. */
export const webpQuantisers = [0, 3, 12, 19, 40, 80, 127] as const;

/** One picture to be encoded: grey, or luma and halved chroma. */
interface WebpCase {
  readonly planes: readonly Samples[];
  readonly quantiser: number;
}

/** Returns pictures of all kinds for a quantiser, in grey and in colours, of odd sides too. */
export function webpCases(quantiser: number): readonly WebpCase[] {
  const random = openRandom(8 + quantiser);
  const half = (length: number): number => Math.ceil(length / 2);
  return webpMakers.flatMap((make) => {
    const sizeOf = (): [number, number] => [random.integer(1, 300), random.integer(1, 90)];
    const grays = [sizeOf(), sizeOf()].map(([width, height]) => [make(random, width, height)]);
    // The last row of chroma is seen by itself where it ends a macroblock.
    const colors = [1, 2, 3].map((rows) => {
      const [width, height] = [random.integer(1, 300), 16 * rows];
      return [make(random, width, height), ...[0, 1].map(() => make(random, half(width), half(height)))];
    });
    const [width, height] = sizeOf();
    const uneven = [make(random, width, height), ...[0, 1].map(() => make(random, half(width), half(height)))];
    return [...grays, ...colors, uneven].map((planes) => ({ planes, quantiser }));
  });
}
