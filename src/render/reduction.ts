import { gridOf } from "../pyramid/decoded-grid.ts";
import type { Level } from "../pyramid/level.ts";
import { type AxisSampling, inUnits, type LevelChoice, meansStepOf } from "./level.ts";

/** How many times smaller than stored JPEG is decoded. */
type Reduction = LevelChoice["reduction"];

/** A side of a reduced tile must be whole in chroma too, which may have a sample for every four pixels. */
const chromaPixels = 4;

/**
 * Has a JPEG level decoded at 1/2, 1/4 or 1/8 when it is more than that too large: what a master without smaller levels
 * costs less memory and resampling by. The choice comes back in pixels of the level so reduced, each the mean of
 * `reduction` squared. Other levels come back as they are.
 */
export function reduceChoice(choice: LevelChoice): LevelChoice {
  const { stored: level, x, y, window } = choice;
  // Of a progressive file only an eighth takes less memory: it is not withheld from smaller outputs.
  const stepOf = level.encoding.isProgressive ? ({ step }: AxisSampling) => step : meansStepOf;
  const reduction = reductionsOf(level).find((factor) => Math.min(stepOf(x), stepOf(y)) >= factor);
  if (reduction === undefined) return choice;
  const left = Math.floor(window.x / reduction);
  const top = Math.floor(window.y / reduction);
  return {
    ...choice,
    reduction,
    grid: {
      ...gridOf(level),
      width: Math.ceil(level.width / reduction),
      height: Math.ceil(level.height / reduction),
      tileWidth: Math.ceil(level.tileWidth / reduction),
      tileLength: Math.ceil(level.tileLength / reduction),
    },
    x: inUnits(x, reduction),
    y: inUnits(y, reduction),
    window: {
      x: left,
      y: top,
      width: Math.ceil((window.x + window.width) / reduction) - left,
      height: Math.ceil((window.y + window.height) / reduction) - top,
    },
  };
}

/** Returns the factors that the tiles of a level can be decoded smaller by, the greatest first: none but for JPEG. */
export function reductionsOf({ encoding, columns, rows, tileWidth, tileLength }: Level): readonly Reduction[] {
  if (encoding.compression !== "jpeg") return [];
  return ([8, 4, 2] as const).filter(
    (factor) =>
      // Where there is but one column or row of tiles, no tile begins after it.
      (columns === 1 || tileWidth % (factor * chromaPixels) === 0) &&
      (rows === 1 || tileLength % (factor * chromaPixels) === 0),
  );
}
