import type { Area, Size } from "../geometry.ts";
import { reversedAxes, type Turn } from "../raster/orientation.ts";
import type { Subsampling } from "../raster/raster.ts";
import { type Filter, planWeights, type Weights } from "../raster/weights.ts";
import type { AxisSampling, LevelChoice } from "./level.ts";

/** How one plane is resampled: the part of the level's plane it is made from, and the weights on each axis. */
export interface PlaneSampling {
  readonly subsampling: PlaneSubsampling;
  /** In samples of the level's plane. */
  readonly window: Area;
  readonly horizontal: Weights;
  readonly vertical: Weights;
}

/** How a plane of the level and of the output is subsampled, in pixels a sample. */
export interface PlaneSubsampling {
  readonly source: Subsampling;
  readonly output: Subsampling;
}

/**
 * Plans the resampling of planes. `size` is the output in pixels as stored; `turn` comes after it, and decides at which
 * edge a chroma grid begins. Throws `render-memory`.
 */
export function planSampling(
  choice: LevelChoice,
  { size, turn, planes }: { readonly size: Size; readonly turn: Turn; readonly planes: readonly PlaneSubsampling[] },
): readonly PlaneSampling[] {
  const planned = new Map<string, PlaneSampling>();
  return planes.map((subsampling) => {
    const { source, output } = subsampling;
    const key = [source.x, source.y, output.x, output.y].join();
    const sampling = planned.get(key) ?? planPlane(choice, { size, turn, subsampling });
    planned.set(key, sampling);
    return sampling;
  });
}

function planPlane(
  { grid, x, y, window }: LevelChoice,
  { size, turn, subsampling }: { readonly size: Size; readonly turn: Turn; readonly subsampling: PlaneSubsampling },
): PlaneSampling {
  const { source, output } = subsampling;
  const reversed = reversedAxes(turn);
  const horizontal = planAxis({
    axis: x,
    from: window.x,
    to: window.x + window.width,
    level: grid.width,
    output: size.width,
    sourceFactor: source.x,
    outputFactor: output.x,
    isReversed: reversed.x,
  });
  const vertical = planAxis({
    axis: y,
    from: window.y,
    to: window.y + window.height,
    level: grid.height,
    output: size.height,
    sourceFactor: source.y,
    outputFactor: output.y,
    isReversed: reversed.y,
  });
  return {
    subsampling,
    window: { x: horizontal.from, y: vertical.from, width: horizontal.length, height: vertical.length },
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
  readonly isReversed: boolean;
}

function planAxis(request: AxisRequest): { from: number; length: number; weights: Weights } {
  const { axis, sourceFactor, outputFactor, output } = request;
  const from = Math.floor(request.from / sourceFactor);
  const length = Math.min(Math.ceil(request.level / sourceFactor), Math.ceil(request.to / sourceFactor)) - from;
  const outputLength = Math.ceil(output / outputFactor);
  const overhang = request.isReversed ? output - outputLength * outputFactor : 0;
  const start = (axis.start + overhang * axis.step) / sourceFactor - from;
  const step = (axis.step * outputFactor) / sourceFactor;
  const filter = chooseFilter(axis, step, start);
  return { from, length, weights: planWeights({ sourceLength: length, start, step, outputLength, filter }) };
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
