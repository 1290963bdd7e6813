import type { Area, Size } from "../geometry.ts";
import type { DrawnMaster } from "../picture.ts";
import type { Level } from "../pyramid/level.ts";
import type { Pyramid } from "../pyramid/pyramid.ts";
import { tryMaster } from "./faults.ts";
import { areaRequest } from "./viewer-requests.ts";

/** Where levels are read from. */
export type ComparedMaster = Pick<DrawnMaster, "pyramid" | "source">;

/** Draws a region of a master at a size, and returns its samples with 8 bits. Throws ImageError as the service does. */
export type SeePixels = (
  master: ComparedMaster,
  part: { readonly region: Area; readonly size: Size },
) => Promise<{ readonly samples: Uint8Array }>;

/** A level that is no reduced version of the level above it. */
export interface DifferingLevel extends Size {
  /** How far means are apart, in steps of 8-bit samples, on average. */
  readonly difference: number;
}

/** The side of a compared part, in pixels of the smaller level, and most pixels of the larger one that it covers. */
const partSide = 256;
const widestSide = 2048;

/** Parts lie in a grid of this many columns and rows. */
const partsAcross = 3;

/** A mean is of at most this many pixels of the smaller level a side, so that codecs and filters hardly move it. */
const meanSide = 16;

/** Of fewer pixels a side too few means are left to compare. */
const leastSide = 16;

/**
 * Finds the levels of a master that show something else than the level above them: another page, other colours. Nine
 * parts of each level, or all of a small one, are drawn from both at up to a sixteenth of their size, so that the means
 * of small squares are compared. Parts that can't be drawn are left out. Throws what the source throws.
 */
export async function findDifferingLevels(
  { pyramid, source }: ComparedMaster,
  see: SeePixels,
): Promise<readonly DifferingLevel[]> {
  const differing: DifferingLevel[] = [];
  let [above] = pyramid.levels;
  for (const level of pyramid.levels.slice(1)) {
    if (Math.max(level.width, level.height) < leastSide) break;
    const means = new MeanPairs();
    for (const part of partsOf(pyramid, above, level)) {
      const alone = (from: Level): ComparedMaster => ({ source, pyramid: { ...pyramid, levels: [from] } });
      const seen = await tryMaster(async () => [await see(alone(above), part), await see(alone(level), part)] as const);
      if ("value" in seen) means.add(seen.value[0].samples, seen.value[1].samples);
    }
    const { width, height } = level;
    if (means.areAlike()) above = level;
    else differing.push({ width, height, difference: means.difference() });
  }
  return differing;
}

function* partsOf(pyramid: Pyramid, above: Level, level: Level): Generator<{ region: Area; size: Size }> {
  const side = Math.max(leastSide, Math.min(partSide, Math.floor((widestSide * level.width) / above.width)));
  const part: Size = { width: Math.min(side, level.width), height: Math.min(side, level.height) };
  const pixels = Math.max(1, Math.min(meanSide, Math.floor(Math.max(part.width, part.height) / 8)));
  for (const y of startsOf(level.height, part.height)) {
    for (const x of startsOf(level.width, part.width)) {
      const { region, size } = areaRequest(pyramid, level, { x, y, ...part });
      const reduced = (of: number): number => Math.max(1, Math.round(of / pixels));
      yield { region, size: { width: reduced(size.width), height: reduced(size.height) } };
    }
  }
}

/** Where the parts of a side start: in the middles of its thirds, or at 0 for one that covers it all. */
function startsOf(side: number, part: number): readonly number[] {
  const starts = Array.from({ length: partsAcross }, (_, index) =>
    Math.floor(((side - part) * (2 * index + 1)) / (2 * partsAcross)),
  );
  return [...new Set(starts)];
}

/** Means this close are alike whatever they show: rounding, noise, codecs. */
const closeSteps = 3;

/** Filters, thresholds and reducing in linear light move means, but not further than this. */
const farSteps = 40;

/** Parts of one colour have no shape to compare; then colours may be this far apart. */
const plainSteps = 12;

/** Least correlation of what is the same. Levels of real files have 0.95 and more, other pictures 0.5 and less. */
const leastCorrelation = 0.65;

/** The means of one level and of another at the same places. */
class MeanPairs {
  readonly #above: number[] = [];
  readonly #below: number[] = [];

  /** Adds the samples of one part; a pair that has no counterpart is left out. */
  add(above: Uint8Array, below: Uint8Array): void {
    if (above.length !== below.length) return;
    for (const sample of above) this.#above.push(sample);
    for (const sample of below) this.#below.push(sample);
  }

  /** Returns how far the means are apart on average; 0 if there are none. */
  difference(): number {
    return meanOf(this.#above.map((sample, index) => Math.abs(sample - (this.#below[index] ?? 0))));
  }

  /** Returns whether both may show the same. */
  areAlike(): boolean {
    const difference = this.difference();
    if (difference <= closeSteps) return true;
    const [above, below] = [deviations(this.#above), deviations(this.#below)];
    const contrast = meanOf(above.map(Math.abs));
    if (contrast < closeSteps) return difference <= plainSteps;
    const product = (a: readonly number[], b: readonly number[]): number =>
      meanOf(a.map((deviation, index) => deviation * (b[index] ?? 0)));
    const spread = Math.sqrt(product(above, above) * product(below, below));
    const correlation = spread === 0 ? 0 : product(above, below) / spread;
    return correlation >= leastCorrelation && difference <= farSteps;
  }
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviations(values: readonly number[]): readonly number[] {
  const mean = meanOf(values);
  return values.map((value) => value - mean);
}
