import { ImageError } from "../error.ts";

/** The filters a plane may be resampled with. */
export type Filter = "lanczos3" | "catmull-rom" | "triangle" | "box";

/** What one axis of a resampling does; lengths in samples. */
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
}

/**
 * Fixed-point weights of one axis. Output sample i is the sum over k of `rows[i * taps + k]` times source sample
 * `firsts[i] + k`; each row sums to `weightUnity` and only its first `counts[i]` weights may differ from zero.
 * Neither `firsts` nor the ends `firsts[i] + counts[i]` ever decrease, so that a source can be read in one pass.
 */
export interface Weights {
  readonly sourceLength: number;
  readonly outputLength: number;
  readonly taps: number;
  readonly firsts: Int32Array;
  readonly counts: Int32Array;
  readonly rows: Int16Array;
  /** True when output sample i is source sample `firsts[i]`, unchanged. */
  readonly identity: boolean;
}

/** The sum of the weights of one output sample: Q14, so that one whole weight fits into 16 bits with its sign. */
export const weightUnity = 1 << 14;

/** The most weights one axis may have: about five for every sample of a side of 3 million pixels. */
const weightLimit = 1 << 24;

/**
 * Plans the weights of one axis: output sample i is centred on `start + (i + 0.5) * step`. Above one source sample a
 * step the filter widens with it, so that nothing aliases; up to one it interpolates. Samples outside the source have
 * no weight and the others make up for them. Throws `render-memory` when the axis needs more than 16 million weights.
 */
export function planWeights(request: WeightsRequest): Weights {
  const { sourceLength, start, step, outputLength, filter } = request;
  const shape = shapes[filter];
  const spread = shape.spread(step);
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
  for (let output = 0; output < outputLength; output += 1) {
    const centre = Math.min(Math.max(start + (output + 0.5) * step, 0), sourceLength);
    const first = Math.max(0, Math.floor(centre - spread - 0.5));
    const end = Math.min(sourceLength, first + room);
    let sum = 0;
    for (let source = first; source < end; source += 1) {
      const weight = shape.weigh(Math.abs(source + 0.5 - centre), step);
      row[source - first] = weight;
      sum += weight;
    }
    quantise(row.subarray(0, end - first), sum, loose, output * room);
    firsts[output] = first;
    ends[output] = end;
  }
  return pack({ sourceLength, outputLength, room, loose, firsts, ends, identity: isIdentity(request) });
}

/** Rounds running sums rather than weights: the integers then sum to unity exactly and smooth content keeps its level. */
function quantise(row: Float64Array, sum: number, target: Int16Array, offset: number): void {
  let running = 0;
  let settled = 0;
  for (let tap = 0; tap < row.length; tap += 1) {
    running += row[tap]!;
    const rounded = Math.round((running / sum) * weightUnity);
    target[offset + tap] = rounded - settled;
    settled = rounded;
  }
}

interface LooseRows {
  readonly sourceLength: number;
  readonly outputLength: number;
  readonly room: number;
  readonly loose: Int16Array;
  readonly firsts: Int32Array;
  readonly ends: Int32Array;
  readonly identity: boolean;
}

/** Leaves out the zero weights at both ends of every row, as far as the rows stay in order. */
function pack({ sourceLength, outputLength, room, loose, firsts: looseFirsts, ends, identity }: LooseRows): Weights {
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
  const rows = new Int16Array(outputLength * taps);
  for (let output = 0; output < outputLength; output += 1) {
    const offset = firsts[output]! - looseFirsts[output]!;
    const from = output * room + offset;
    rows.set(loose.subarray(from, from + counts[output]!), output * taps);
  }
  return { sourceLength, outputLength, taps, firsts, counts, rows, identity };
}

function isIdentity({ sourceLength, start, step, outputLength }: WeightsRequest): boolean {
  return step === 1 && Number.isInteger(start) && start >= 0 && start + outputLength <= sourceLength;
}

interface Shape {
  /** Returns how far from an output sample's centre source samples may have weight. */
  readonly spread: (step: number) => number;
  /** Returns the weight, not normalised, of the source sample at `distance` from the centre. */
  readonly weigh: (distance: number, step: number) => number;
}

const lanczosLobes = 3;
/** Table entries per unit of distance: linear interpolation between them errs by less than 2^-20. */
const lanczosResolution = 1024;
const lanczosTable = new Float64Array(lanczosLobes * lanczosResolution + 2).map((_, index) =>
  lanczos3(index / lanczosResolution),
);

const shapes: Record<Filter, Shape> = {
  lanczos3: widening(lanczosLobes, (x) => {
    const at = x * lanczosResolution;
    if (at >= lanczosLobes * lanczosResolution) return 0;
    const index = Math.floor(at);
    const below = lanczosTable[index]!;
    return below + (lanczosTable[index + 1]! - below) * (at - index);
  }),
  "catmull-rom": widening(2, (x) => {
    if (x < 1) return 1 + x * x * (1.5 * x - 2.5);
    return x < 2 ? 2 + x * (-4 + x * (2.5 - 0.5 * x)) : 0;
  }),
  triangle: widening(1, (x) => Math.max(0, 1 - x)),
  // The area that the output sample and the source sample share: a mean that is exact at every step.
  box: {
    spread: (step) => (step + 1) / 2,
    weigh: (distance, step) => Math.max(0, Math.min(distance + 0.5, step / 2) - Math.max(distance - 0.5, -step / 2)),
  },
};

/** Returns a filter given by its curve over distances in steps, a step being one source sample at least. */
function widening(reach: number, curve: (x: number) => number): Shape {
  return {
    spread: (step) => reach * Math.max(step, 1),
    weigh: (distance, step) => curve(step > 1 ? distance / step : distance),
  };
}

/** Returns sinc(x) sinc(x / 3), normalised sinc: the Lanczos kernel with three lobes. */
function lanczos3(x: number): number {
  if (x === 0) return 1;
  if (x >= lanczosLobes) return 0;
  const angle = Math.PI * x;
  return (lanczosLobes * Math.sin(angle) * Math.sin(angle / lanczosLobes)) / (angle * angle);
}
