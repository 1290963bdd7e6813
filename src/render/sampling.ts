import type { Area, Size } from "../geometry.ts";
import { reversedAxes, type Turn } from "../raster/orientation.ts";
import type { Subsampling } from "../raster/raster.ts";
import { type Filter, planWeights, type Weights, type WeightsRequest } from "../raster/weights.ts";
import { type AxisSampling, filterStepOf, type LevelChoice } from "./level.ts";
import { noShrink, type Shrink, shrinkOfPlane } from "./shrink.ts";

/** How one plane is resampled: the part of the level's plane it is made from, and the weights on each axis. */
export interface PlaneSampling {
  readonly subsampling: PlaneSubsampling;
  /** In samples of the level's plane. */
  readonly window: Area;
  /** What becomes one sample before it is resampled, from the window's corner on: of 1 by 1 where nothing is shrunk. */
  readonly box: Size;
  readonly horizontal: Weights;
  readonly vertical: Weights;
}

/** How a plane of the level and of the output is subsampled, in pixels a sample. */
export interface PlaneSubsampling {
  readonly source: Subsampling;
  readonly output: Subsampling;
}

/** What planes are resampled to. */
export interface SampledOutput {
  /** In pixels as stored. */
  readonly size: Size;
  /** Comes after the resampling, and decides at which edge a chroma grid begins. */
  readonly turn: Turn;
  readonly planes: readonly PlaneSubsampling[];
  /** How far the level is shrunk before: not at all by default. */
  readonly shrink?: Shrink;
  /** Returns the weights of an axis: `planWeights`, or what has kept them. */
  readonly weigh?: Weigh;
}

type Weigh = (request: WeightsRequest) => Weights;

/** Plans the resampling of planes: those that are sampled alike have the same one. Throws `render-memory`. */
export function planSampling(
  choice: LevelChoice,
  { planes, shrink = noShrink, weigh = planWeights, ...output }: SampledOutput,
): readonly PlaneSampling[] {
  const planned = new Map<string, PlaneSampling>();
  return planes.map((subsampling) => {
    const { source, output: made } = subsampling;
    const key = [source.x, source.y, made.x, made.y].join();
    const sampling = planned.get(key) ?? planPlane(choice, { ...output, shrink, weigh, subsampling });
    planned.set(key, sampling);
    return sampling;
  });
}

interface PlaneOutput extends Required<Omit<SampledOutput, "planes">> {
  readonly subsampling: PlaneSubsampling;
}

function planPlane(
  { grid, x, y, window, seamlessFrom }: LevelChoice,
  { size, turn, shrink, weigh, subsampling }: PlaneOutput,
): PlaneSampling {
  const { source, output } = subsampling;
  const box: Size = {
    width: shrinkOfPlane(shrink.x, { source: source.x, output: output.x }),
    height: shrinkOfPlane(shrink.y, { source: source.y, output: output.y }),
  };
  const reversed = reversedAxes(turn);
  const horizontal = planAxis({
    axis: x,
    from: window.x,
    to: window.x + window.width,
    level: grid.width,
    output: size.width,
    sourceFactor: source.x,
    outputFactor: output.x,
    box: box.width,
    boxesFrom: seamlessFrom?.x,
    isReversed: reversed.x,
    weigh,
  });
  const vertical = planAxis({
    axis: y,
    from: window.y,
    to: window.y + window.height,
    level: grid.height,
    output: size.height,
    sourceFactor: source.y,
    outputFactor: output.y,
    box: box.height,
    boxesFrom: seamlessFrom?.y,
    isReversed: reversed.y,
    weigh,
  });
  return {
    subsampling,
    window: { x: horizontal.from, y: vertical.from, width: horizontal.length, height: vertical.length },
    box,
    horizontal: horizontal.weights,
    vertical: vertical.weights,
  };
}

interface AxisRequest {
  readonly axis: AxisSampling;
  /** The window's start and end, and the level's length, in pixels of the level. */
  readonly from: number;
  readonly to: number;
  readonly level: number;
  /** The output's length in pixels. */
  readonly output: number;
  readonly sourceFactor: number;
  readonly outputFactor: number;
  /** Samples of the plane that are shrunk to one before. */
  readonly box: number;
  /** Where boxes begin that are the same for all windows, in pixels of the level; undefined if they begin at the window. */
  readonly boxesFrom: number | undefined;
  readonly isReversed: boolean;
  readonly weigh: Weigh;
}

function planAxis(request: AxisRequest): { from: number; length: number; weights: Weights } {
  const { axis, sourceFactor, outputFactor, output, box, weigh } = request;
  const { from, length } = windowOf(request);
  const outputLength = Math.ceil(output / outputFactor);
  const overhang = request.isReversed ? output - outputLength * outputFactor : 0;
  const start = ((axis.start + overhang * axis.step) / sourceFactor - from) / box;
  const inSamples = (pixels: number): number => (pixels * outputFactor) / sourceFactor / box;
  const step = inSamples(axis.step);
  const filterStep = inSamples(filterStepOf(axis));
  const filter = chooseFilter(axis, step, start);
  const sourceLength = Math.ceil(length / box);
  const lastLength = length / box - (sourceLength - 1);
  const sides = { sourceLength, outputLength, lastLength };
  return { from, length, weights: weigh({ ...sides, start, step, filter, filterStep }) };
}

/** The window in samples of the plane: where boxes are the same for all, only whole ones, unless the level ends in one. */
function windowOf(request: AxisRequest): { readonly from: number; readonly length: number } {
  const { sourceFactor, box, boxesFrom } = request;
  const from = Math.floor(request.from / sourceFactor);
  const levelEnd = Math.ceil(request.level / sourceFactor);
  const to = Math.min(levelEnd, Math.ceil(request.to / sourceFactor));
  if (boxesFrom === undefined || box === 1) return { from, length: to - from };
  const origin = Math.floor(boxesFrom / sourceFactor);
  const firstBox = from <= origin ? from : origin + Math.ceil((from - origin) / box) * box;
  const end = to === levelEnd ? to : origin + Math.floor((to - origin) / box) * box;
  return { from: firstBox, length: end - firstBox };
}

/**
 * Lanczos3, except for two cases on the grid of a level: samples that are copied, for which the box repeats the last one past
 * the level's edge, and chroma brought up to luma that is copied, for which the triangle is what JPEG decoders use.
 */
function chooseFilter(axis: AxisSampling, step: number, start: number): Filter {
  if (axis.step !== 1) return "lanczos3";
  if (step === 1 && Number.isInteger(start)) return "box";
  return step < 1 ? "triangle" : "lanczos3";
}
