import type { Size } from "../geometry.ts";
import type { Kernel } from "../raster/kernel.ts";
import type { Plane } from "../raster/raster.ts";
import { createResampler, type Resampler } from "../raster/resampler.ts";
import { cropPlane } from "../raster/samples.ts";
import type { LevelRows } from "./band.ts";
import type { PlaneSampling } from "./sampling.ts";

/** Some output rows of all sampled planes, top to bottom one after another. */
export interface Strip {
  /** The first of its rows, in output pixels. */
  readonly first: number;
  /** Output pixel rows; the planes have as many, fewer if they are subsampled. */
  readonly rows: number;
  readonly planes: readonly Plane[];
}

/** Output pixel rows of a strip: one row of blocks of a JPEG with chroma halved on both axes. */
export const stripRows = 16;

/** Lobes of Lanczos3 on both sides of its centre. */
const filterReach = 6;

/**
 * Returns the rows of a plane that may have to be kept while further ones are loaded: those of the next strip, which the
 * rows loaded so far did not suffice for, with the reach of the filter. `step` is in rows of the plane to
 * one of a strip, as many as the filter is wide for.
 */
export function carryRowsAt(step: number): number {
  const rows = Math.max(step, 1);
  return Math.ceil(stripRows * rows + filterReach * rows * 2) + 8;
}

/** Makes strips out of a band as far as its rows reach. */
export interface StripMaker {
  /** Returns the next strip, valid until the one after it or the next load of the band; undefined when rows are missing. */
  next(): Strip | undefined;
  /** Returns, for each plane, the first row of the level's plane that is still needed. */
  neededFrom(): readonly number[];
}

/** What strips are made of. */
export interface StripRequest {
  readonly band: LevelRows;
  readonly samplings: readonly PlaneSampling[];
  /** Of the output in pixels. */
  readonly size: Size;
  /** Strips that are written over must not lie in the band itself. */
  readonly isWrittenOver: boolean;
}

/** Returns a strip maker, its tables and strips taken out of the kernel's arena. Throws `render-memory`. */
export function createStripMaker(kernel: Kernel, request: StripRequest): StripMaker {
  const { band, samplings, size, isWrittenOver } = request;
  // Planes that are sampled alike are resampled by the same tables.
  const resamplers = new Map<PlaneSampling, Resampler>();
  const resamplerOf = (sampling: PlaneSampling): Resampler => {
    const resampler = resamplers.get(sampling) ?? createResampler(kernel, sampling);
    resamplers.set(sampling, resampler);
    return resampler;
  };
  const makers = samplings.map((sampling, index) =>
    planeMaker(kernel, {
      ...{ band, index, sampling, isWrittenOver, resamplerOf },
      rowFactor: sampling.subsampling.output.y,
    }),
  );
  let done = 0;
  return {
    next() {
      const rows = Math.min(stripRows, size.height - done);
      if (rows === 0 || !makers.every((maker) => maker.reaches(done, rows))) return undefined;
      const first = done;
      const planes = makers.map((maker) => maker.make(first, rows));
      done += rows;
      return { first, rows, planes };
    },
    neededFrom: () => makers.map((maker) => maker.neededFrom(done)),
  };
}

interface PlaneMaker {
  reaches(first: number, rows: number): boolean;
  make(first: number, rows: number): Plane;
  neededFrom(first: number): number;
}

interface PlaneRequest {
  readonly band: LevelRows;
  readonly index: number;
  readonly sampling: PlaneSampling;
  readonly isWrittenOver: boolean;
  readonly resamplerOf: (sampling: PlaneSampling) => Resampler;
  /** Output pixel rows a row of this plane covers. */
  readonly rowFactor: number;
}

function planeMaker(kernel: Kernel, request: PlaneRequest): PlaneMaker {
  const { band, index, sampling, isWrittenOver, resamplerOf, rowFactor } = request;
  const { window, horizontal, vertical } = sampling;
  const width = horizontal.outputLength;
  const left = window.x - band.firstColumnOf(index);
  const planeRow = (pixelRow: number): number => Math.ceil(pixelRow / rowFactor);
  const neededFrom = (first: number): number => {
    const row = planeRow(first);
    return window.y + (row < vertical.outputLength ? (vertical.firsts[row] ?? 0) : vertical.sourceLength);
  };
  const neededTo = (row: number): number => window.y + (vertical.firsts[row] ?? 0) + (vertical.counts[row] ?? 0);
  const reaches = (first: number, rows: number): boolean => neededTo(planeRow(first + rows) - 1) <= band.endOf(index);
  if (horizontal.identity && vertical.identity && !isWrittenOver) {
    const x = left + (horizontal.firsts[0] ?? 0);
    const make = (first: number, rows: number): Plane => {
      const y = neededFrom(first) - band.firstOf(index);
      return cropPlane(band.rowsOf(index), { x, y, width, height: planeRow(first + rows) - planeRow(first) });
    };
    return { reaches, make, neededFrom };
  }
  const resampler = resamplerOf(sampling);
  const made = kernel.allocatePlane(width, planeRow(stripRows));
  const make = (first: number, rows: number): Plane => {
    const outputFirst = planeRow(first);
    const outputCount = planeRow(first + rows) - outputFirst;
    const held = band.rowsOf(index);
    resampler.resample({
      source: { pointer: held.pointer + left, stride: held.stride },
      sourceFirstRow: band.firstOf(index) - window.y,
      outputFirst,
      outputCount,
      destination: made,
    });
    return { ...made, height: outputCount };
  };
  return { reaches, make, neededFrom };
}
