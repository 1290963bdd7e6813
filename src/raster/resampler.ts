import { ImageError } from "../error.ts";
import type { Kernel } from "./kernel.ts";
import type { Weights } from "./weights.ts";

/** Rows of samples in kernel memory: `pointer` is the byte offset of the first; they are `stride` bytes apart. */
export interface Rows {
  readonly pointer: number;
  readonly stride: number;
}

/** One step of a resampling: which output rows to make, from which band of the source, and where to write them. */
export interface ResampleStep {
  /** The band: source rows from `sourceFirstRow` on, each `horizontal.sourceLength` samples wide. */
  readonly source: Rows;
  /** The source row that the band begins with. */
  readonly sourceFirstRow: number;
  /** The first output row to make, and the number of rows. */
  readonly outputFirst: number;
  readonly outputCount: number;
  /** Where row `outputFirst` is written; only `outputCount` rows of `horizontal.outputLength` samples are written. */
  readonly destination: Rows;
}

/** A resampler of one plane, fed band by band. */
export interface Resampler {
  /** Returns the first source row that `outputRow` needs; it never decreases from one output row to the next. */
  neededFrom(outputRow: number): number;
  /** Returns one past the last source row that `outputRow` needs; it never decreases either. */
  neededTo(outputRow: number): number;
  /** Makes output rows in one kernel call. Throws `internal` if the band begins too late for them. */
  resample(step: ResampleStep): void;
}

/**
 * Returns a resampler for two sets of weights. It keeps its tables and one row of scratch in kernel memory: release
 * them with the arena. Each output sample is within 1 level of an exact computation. Throws `render-memory`.
 */
export function createResampler(
  kernel: Kernel,
  axes: { readonly horizontal: Weights; readonly vertical: Weights },
): Resampler {
  const { horizontal, vertical } = axes;
  const plan = storePlan(kernel, horizontal, vertical);
  return {
    neededFrom: (outputRow) => vertical.firsts[outputRow]!,
    neededTo: (outputRow) => vertical.firsts[outputRow]! + vertical.counts[outputRow]!,
    resample: ({ source, sourceFirstRow, outputFirst, outputCount, destination }) => {
      if (outputCount < 1) return;
      const last = outputFirst + outputCount;
      if (outputFirst < 0 || last > vertical.outputLength || vertical.firsts[outputFirst]! < sourceFirstRow) {
        throw new ImageError("internal", "This image could not be rendered.", {
          detail: `output rows ${outputFirst} to ${last} from a band that begins with row ${sourceFirstRow}`,
        });
      }
      kernel.exports.resample(
        plan,
        source.pointer,
        source.stride,
        sourceFirstRow,
        destination.pointer,
        destination.stride,
        outputFirst,
        outputCount,
      );
    },
  };
}

/** Samples that one SIMD load of scratch may read after the last one a row needs. */
const scratchSlack = 32;

/** Lays out the two axes as `ResamplePlan` of `wasm/resample.ts` and returns its address. */
function storePlan(kernel: Kernel, horizontal: Weights, vertical: Weights): number {
  const rows = vertical.identity ? noRows : storeRows(kernel, vertical);
  const columns = horizontal.identity ? noColumns : storeColumns(kernel, horizontal);
  const scratchLength = horizontal.sourceLength + columns.blocks * 8 + scratchSlack;
  const scratch = kernel.allocate(scratchLength * Int16Array.BYTES_PER_ELEMENT);
  return store(
    kernel,
    Int32Array.of(
      horizontal.sourceLength,
      horizontal.outputLength,
      vertical.firsts[0]!,
      horizontal.firsts[0]!,
      rows.firsts,
      rows.counts,
      rows.weights,
      rows.pairs,
      columns.firsts,
      columns.weights,
      columns.blocks,
      columns.half,
      columns.evenFrom,
      columns.evenTo,
      columns.evenWeights,
      columns.evenPairs,
      scratch,
    ),
  );
}

const noRows = { firsts: 0, counts: 0, weights: 0, pairs: 0 };

function storeRows(kernel: Kernel, { firsts, counts, rows, taps }: Weights) {
  return {
    firsts: store(kernel, firsts),
    counts: store(kernel, counts),
    weights: store(kernel, rows),
    pairs: taps / 2,
  };
}

const noColumns = { firsts: 0, weights: 0, blocks: 0, half: 0, evenFrom: 0, evenTo: 0, evenWeights: 0, evenPairs: 0 };

function storeColumns(kernel: Kernel, weights: Weights) {
  const { firsts, packed, blocks, half, evenFrom, evenTo, even } = columnsOf(weights);
  return {
    firsts: store(kernel, firsts),
    weights: store(kernel, packed),
    blocks,
    half,
    evenFrom,
    evenTo,
    evenWeights: store(kernel, even),
    evenPairs: even.length / 2,
  };
}

/** The weights of an axis for four output columns at a time: blocks of eight of each, then four of each where that is enough. */
interface Columns {
  readonly firsts: Int32Array;
  readonly packed: Int16Array;
  readonly blocks: number;
  readonly half: number;
  readonly evenFrom: number;
  readonly evenTo: number;
  readonly even: Int16Array;
}

/** Laid out once for as long as the weights are there, which several renders may use. */
const laidOut = new WeakMap<Weights, Columns>();

function columnsOf(weights: Weights): Columns {
  const known = laidOut.get(weights);
  if (known !== undefined) return known;
  const columns = layOutColumns(weights);
  laidOut.set(weights, columns);
  return columns;
}

function layOutColumns(weights: Weights): Columns {
  const { outputLength, taps, rows } = weights;
  const blocks = Math.floor((taps + 3) / 8);
  const half = taps > blocks * 8 ? 1 : 0;
  const groups = Math.ceil(outputLength / 4);
  const firsts = new Int32Array(groups * 4);
  const groupLength = 4 * (blocks * 8 + half * 4);
  const packed = new Int16Array(groups * groupLength);
  for (let output = 0; output < outputLength; output += 1) {
    const member = output & 3;
    const group = (output >> 2) * groupLength;
    firsts[output] = weights.firsts[output]! * Int16Array.BYTES_PER_ELEMENT;
    for (let tap = 0; tap < taps; tap += 1) {
      const block = tap >> 3;
      const at = block < blocks ? member * 8 + (tap & 7) : member * 4 + (tap - blocks * 8);
      packed[group + block * 32 + at] = rows[output * taps + tap]!;
    }
  }
  const { from, to } = findEvenColumns(weights);
  const even = new Int16Array(to > from ? Math.ceil(weights.counts[from]! / 2) * 2 : 0);
  even.set(rows.subarray(from * taps, from * taps + even.length));
  return { firsts, packed, blocks, half, evenFrom: from, evenTo: to, even };
}

/** Fewer equal columns than this are not worth a separate loop. */
const fewestEvenColumns = 16;

/** Finds the output columns around the middle that have equal weights and are two source samples apart. */
function findEvenColumns({ outputLength, taps, firsts, counts, rows }: Weights): { from: number; to: number } {
  const middle = outputLength >> 1;
  const isEven = (output: number): boolean => {
    if (firsts[output] !== firsts[middle]! + 2 * (output - middle) || counts[output] !== counts[middle]) return false;
    for (let tap = 0; tap < taps; tap += 1) {
      if (rows[output * taps + tap] !== rows[middle * taps + tap]) return false;
    }
    return true;
  };
  let from = middle;
  while (from > 0 && isEven(from - 1)) from -= 1;
  let to = middle + 1;
  while (to < outputLength && isEven(to)) to += 1;
  return to - from < fewestEvenColumns ? { from: outputLength, to: outputLength } : { from, to };
}

function store(kernel: Kernel, values: Int16Array | Int32Array): number {
  return kernel.store(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}
