import { planWeights, type Weights } from "../raster/weights.ts";

/** Copies of a mark on one axis of a picture, lengths in pixels unless stated otherwise. */
export interface MarkCopies {
  /** Where they begin; all have the same remainder by 2. */
  readonly starts: readonly number[];
  /** Of one copy. */
  readonly length: number;
  /** Of the picture. */
  readonly output: number;
  /** Pixels that a sample of the plane covers. */
  readonly factor: 1 | 2;
  /** Samples of the mark as it is stored. */
  readonly source: number;
}

/** How the part of a mark that shows becomes samples of a plane. */
export interface MarkAxis {
  /** The samples of the mark that are needed. */
  readonly from: number;
  readonly length: number;
  /** From those to the samples that show; the first of these is `first` of the copy. */
  readonly weights: Weights;
  readonly first: number;
  /** Pixels by which a copy begins within the sample that its first pixel belongs to. */
  readonly phase: number;
}

/** Plans an axis: copies show the same part or less, and all of them alike. Throws `render-memory`. */
export function planMarkAxis({ starts, length, output, factor, source }: MarkCopies): MarkAxis {
  const phase = factor === 1 ? 0 : Math.abs((starts[0] ?? 0) % 2);
  const from = Math.max(0, -Math.max(...starts));
  const to = Math.min(length, output - Math.min(...starts));
  const shown = starts.length === 1 ? { from, to } : { from: 0, to: length };
  const first = Math.floor((shown.from + phase) / factor);
  const outputLength = Math.ceil((shown.to + phase) / factor) - first;
  const step = source / length;
  const start = (first * factor - phase) * step;
  const weights = planWeights({
    sourceLength: source,
    start,
    step: step * factor,
    outputLength,
    filter: "triangle",
  });
  const { firsts, counts } = weights;
  const begin = firsts[0] ?? 0;
  const end = (firsts[outputLength - 1] ?? 0) + (counts[outputLength - 1] ?? 0);
  const cut = { ...weights, sourceLength: end - begin, firsts: firsts.map((at) => at - begin) };
  return { from: begin, length: end - begin, weights: cut, first, phase };
}

/** Returns the most samples of a mark, and of what is made of it, that an axis comes to. */
export function markAxisLengths({ starts, length, output, factor, source }: MarkCopies) {
  const shown = starts.length === 1 ? Math.min(length, output) : length;
  const reach = 2 * Math.ceil(Math.max(1, (source / length) * factor)) + 4;
  return {
    source: Math.min(source, Math.ceil((shown * source) / length) + reach),
    made: Math.ceil(shown / factor) + 1,
    taps: Math.min(source, reach) + 8,
  };
}
