import type { Size } from "../geometry.ts";
import type { Pyramid } from "../pyramid/pyramid.ts";
import { noTurn, type Turn } from "../raster/orientation.ts";
import type { ColorModel } from "../raster/raster.ts";
import type { ColorPath } from "./color-path.ts";
import type { StepFacts } from "./color-steps.ts";
import type { LevelChoice } from "./level.ts";
import { hasMarks, type Marks } from "./marks.ts";
import { coverOnLevel, doTouch, layAreas, planRedaction, withoutSmallLevels } from "./redaction.ts";
import { planWatermark } from "./watermark.ts";

/** What is put over pictures, and the image that it is laid on. */
export interface Marking {
  /** With all levels that the master has. */
  readonly pyramid: Pyramid;
  readonly marks: Marks | undefined;
}

/** Returns the levels that pictures are drawn from. */
export function levelsFor(pyramid: Pyramid, marks: Marks | undefined): Pyramid {
  return marks === undefined || marks.redactions.length === 0 ? pyramid : withoutSmallLevels(pyramid);
}

/** A drawing, as far as marks depend on it. */
export interface MarkedDrawing {
  /** The choice as it is reduced and padded, before it is turned. */
  readonly padded: LevelChoice;
  /** After it is turned by `tileTurn`. */
  readonly laid: LevelChoice;
  readonly tileTurn: Turn;
  /** Of the output as its strips lie, and their model at their end. */
  readonly size: Size;
  readonly model: ColorModel;
}

/** Plans the steps of the marks that touch a picture. Never throws. */
export function planMarks(
  { pyramid, marks }: Marking,
  { padded, laid, tileTurn, size, model }: MarkedDrawing,
): Pick<StepFacts, "redaction" | "watermark" | "isPaddingHidden"> {
  if (marks === undefined || !hasMarks(marks)) return {};
  const covered = layAreas(coverOnLevel(pyramid, padded.stored, marks), padded, tileTurn);
  const { x, y } = laid;
  const place = { pyramid, laid: padded, tileTurn, x, y, size, model };
  return {
    isPaddingHidden: marks.redactions.length > 0,
    redaction: planRedaction(covered, laid),
    watermark: marks.watermark && planWatermark(marks.watermark, place),
  };
}

/** Says whether marks touch tiles of a level as they are stored: then these are not copied. */
export function isMarked(
  { pyramid, marks }: Marking,
  choice: LevelChoice,
  { size, colors }: { readonly size: Size; readonly colors: ColorPath },
): boolean {
  if (marks === undefined || !hasMarks(marks)) return false;
  const covered = coverOnLevel(pyramid, choice.stored, marks);
  if (covered.some((area) => doTouch(area, choice.window)) || (covered.length > 0 && isPadded(choice))) return true;
  const { watermark } = marks;
  const place = { pyramid, laid: choice, tileTurn: noTurn, x: choice.x, y: choice.y, size, model: colors.model };
  return watermark !== undefined && planWatermark(watermark, place) !== undefined;
}

/** Says whether the tiles of a window hold more than what lies on their level. */
function isPadded({ window, stored }: LevelChoice): boolean {
  return (window.x + window.width) % stored.tileWidth !== 0 || (window.y + window.height) % stored.tileLength !== 0;
}
