import { ImageError } from "../error.ts";

/**
 * The filters a plane may be resampled with. `cubic` is cubic convolution with a slope of -0.75, which of all with four samples
 * comes nearest to Lanczos3. Source: Keys, Cubic Convolution Interpolation for Digital Image Processing, 1981.
 */
export type Filter = "lanczos3" | "cubic" | "triangle" | "box";

/** How one axis is resampled; lengths in samples. */
export interface WeightsRequest {
  /** Samples on the source's axis, at least 1. */
  readonly sourceLength: number;
  /** Where the first output sample begins, in source coordinates: source sample j covers [j, j + 1). */
  readonly start: number;
  /** Source samples per output sample, above 0. */
  readonly step: number;
  /** Output samples, at least 1. */
  readonly outputLength: number;
  readonly filter: Filter;
  /** Source samples per output sample that a curve is as wide as for, to blur by more than the step asks: the step. */
  readonly filterStep?: number | undefined;
  /** How much of the last source sample there is, above 0 and at most 1: less of one that the edge cuts. 1. */
  readonly lastLength?: number | undefined;
}

/**
 * Fixed-point weights of one axis. Output sample i is the sum over k of `rows[i * taps + k]` times source sample
 * `firsts[i] + k`; each row sums to `weightUnity` and only its first `counts[i]` weights may differ from zero.
 * Neither `firsts` nor the ends `firsts[i] + counts[i]` ever decrease, so that a source can be read in one pass.
 */
export interface Weights {
  readonly sourceLength: number;
  /** Source samples per output sample. */
  readonly step: number;
  /** Source samples per output sample that the filter is as wide as for. */
  readonly filterStep: number;
  readonly outputLength: number;
  /** Weights of a row: an even number. */
  readonly taps: number;
  readonly firsts: Int32Array;
  readonly counts: Int32Array;
  readonly rows: Int16Array;
  /** True if output sample i is source sample `firsts[i]`, unchanged. */
  readonly identity: boolean;
}

/** The sum of the weights of one output sample: Q14, so that one whole weight fits in 16 bits with its sign. */
export const weightUnity = 1 << 14;

/** The most weights one axis may have: about five for every sample of a side of 3 million pixels. */
const weightLimit = 1 << 24;

/**
 * Plans the weights of one axis: output sample i is centred on `start + (i + 0.5) * step`. Above one source sample per
 * step the filter widens accordingly, so that nothing aliases; up to one it interpolates. Samples outside the source
 * have no weight and the others make up for them. Throws `render-memory` if the axis needs more than 16 million
 * weights.
 */
export function planWeights(request: WeightsRequest): Weights {
  const { sourceLength, start, step, outputLength, filter, filterStep = step, lastLength = 1 } = request;
  const { spread, weigh } = filter === "box" ? boxOf(step) : curves[filter](filterStep);
  const room = Math.min(sourceLength, Math.ceil(2 * spread) + 3);
  if (!(room * outputLength <= weightLimit)) {
    throw new ImageError("render-memory", "This rendering needs more memory than one rendering may use.", {
      detail: `${outputLength} x ${room} filter weights`,
    });
  }

  const loose = new Int16Array(outputLength * room);
  const firsts = new Int32Array(outputLength);
  const ends = new Int32Array(outputLength);
  const row = new Float64Array(room);
  const last = new Float64Array(1);
  for (let output = 0; output < outputLength; output += 1) {
    const centre = Math.min(Math.max(start + (output + 0.5) * step, 0), sourceLength);
    const first = Math.max(0, Math.floor(centre - spread - 0.5));
    const end = Math.min(sourceLength, first + room);
    weigh(row, end - first, first + 0.5 - centre);
    row.fill(0, end - first);
    if (lastLength < 1 && end === sourceLength) {
      weigh(last, 1, end - 1 + lastLength / 2 - centre);
      row[end - 1 - first] = last[0]! * lastLength;
    }
    quantise(row, loose, output * room);
    firsts[output] = first;
    ends[output] = end;
  }
  return pack({
    sourceLength,
    step,
    filterStep,
    outputLength,
    room,
    loose,
    firsts,
    ends,
    identity: isIdentity(request),
  });
}

/** Rounds running sums rather than weights: the integers then sum to unity exactly and smooth content keeps its level. */
function quantise(row: Float64Array, target: Int16Array, offset: number): void {
  let sum = 0;
  for (let tap = 0; tap < row.length; tap += 1) sum += row[tap]!;
  const scale = weightUnity / sum;
  let running = 0;
  let settled = 0;
  for (let tap = 0; tap < row.length; tap += 1) {
    running += row[tap]!;
    const rounded = Math.floor(running * scale + 0.5);
    target[offset + tap] = rounded - settled;
    settled = rounded;
  }
}

interface LooseRows {
  readonly sourceLength: number;
  readonly step: number;
  readonly filterStep: number;
  readonly outputLength: number;
  readonly room: number;
  readonly loose: Int16Array;
  readonly firsts: Int32Array;
  readonly ends: Int32Array;
  readonly identity: boolean;
}

/** Removes the zero weights at both ends of every row, as far as the rows stay in order. */
function pack({ room, loose, firsts: looseFirsts, ends, ...axis }: LooseRows): Weights {
  const { sourceLength, outputLength } = axis;
  const firsts = looseFirsts.slice();
  for (let output = outputLength - 1, next = sourceLength; output >= 0; output -= 1) {
    let first = looseFirsts[output]!;
    for (let at = output * room; loose[at] === 0; at += 1) first += 1;
    next = Math.min(next, first);
    firsts[output] = next;
  }
  const counts = new Int32Array(outputLength);
  let taps = 1;
  for (let output = 0, previous = 0; output < outputLength; output += 1) {
    let end = ends[output]!;
    while (loose[output * room + end - 1 - looseFirsts[output]!] === 0) end -= 1;
    previous = Math.max(previous, end);
    counts[output] = previous - firsts[output]!;
    taps = Math.max(taps, counts[output]!);
  }
  // Kernels take them in pairs.
  taps += taps % 2;
  const rows = new Int16Array(outputLength * taps);
  for (let output = 0; output < outputLength; output += 1) {
    const offset = firsts[output]! - looseFirsts[output]!;
    const from = output * room + offset;
    for (let tap = 0; tap < counts[output]!; tap += 1) rows[output * taps + tap] = loose[from + tap]!;
  }
  return { ...axis, taps, firsts, counts, rows };
}

function isIdentity({ sourceLength, start, step, outputLength }: WeightsRequest): boolean {
  return step === 1 && Number.isInteger(start) && start >= 0 && start + outputLength <= sourceLength;
}

/** A filter at one step. */
interface Shape {
  /** How far from an output sample's centre source samples may have weight. */
  readonly spread: number;
  /** Sets the first `length` values of `row` to the weights, not normalised, of samples at `distance`, `distance` + 1 ... */
  readonly weigh: (row: Float64Array, length: number, distance: number) => void;
}

/** Table entries per unit of distance: linear interpolation between them errs by less than 2^-20. */
const curveResolution = 1024;

/** Filters given by a curve over distances in steps; a step is at least one source sample. */
const curves = {
  lanczos3: widening(3, (x) => sinc(x) * sinc(x / 3)),
  cubic: widening(2, (x) => (x < 1 ? 1 + x * x * (1.25 * x - 2.25) : 3 + x * (-6 + x * (3.75 - 0.75 * x)))),
  triangle: widening(1, (x) => 1 - x),
};

/** Tabulates a curve that ends at `reach`: one loop over one table is fast for all filters. */
function widening(reach: number, curve: (x: number) => number): (step: number) => Shape {
  const last = reach * curveResolution;
  const table = new Float64Array(last + 2).map((_, index) => (index < last ? curve(index / curveResolution) : 0));
  return (step) => {
    const scale = Math.max(step, 1);
    const entries = curveResolution / scale;
    return {
      spread: reach * scale,
      weigh: (row, length, distance) => {
        for (let tap = 0; tap < length; tap += 1) {
          const at = Math.min(Math.abs(distance + tap) * entries, last);
          const index = Math.floor(at);
          const below = table[index]!;
          row[tap] = below + (table[index + 1]! - below) * (at - index);
        }
      },
    };
  };
}

/** Weights by the area that output and source sample share: a mean that is exact at every step. */
function boxOf(step: number): Shape {
  const half = step / 2;
  return {
    spread: half + 0.5,
    weigh: (row, length, distance) => {
      for (let tap = 0; tap < length; tap += 1) {
        const at = distance + tap;
        row[tap] = Math.max(0, Math.min(at + 0.5, half) - Math.max(at - 0.5, -half));
      }
    },
  };
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}
