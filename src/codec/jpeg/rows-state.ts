import type { Kernel } from "../../raster/kernel.ts";
import { type RestartNumbers, restartNumbers } from "./checkpoint.ts";

/** Where decoding has come to, as `RowsState` in `wasm/jpeg/rows.ts`. */
export interface RowsState {
  /** The next MCU. */
  readonly mcu: number;
  /** The next byte of the file, and how many of its bits are taken. */
  readonly offset: number;
  readonly bit: number;
  readonly lostEnd: number;
  readonly intervalEnd: number;
  readonly expectedRestart: number;
  readonly restartNumbers: RestartNumbers;
  readonly predictions: readonly number[];
}

/** The part of the file in kernel memory, and how far to decode. */
export interface StateBounds {
  /** What an offset in the file is added to for where that byte is in kernel memory. */
  readonly base: number;
  /** Where the window ends in the file. */
  readonly end: number;
  readonly isLast: boolean;
  /** The MCU to stop before. */
  readonly goal: number;
}

const words = 14;
const predictionWord = 10;

/** The size of a state in kernel memory, in bytes. */
export const stateBytes = 4 * words;

/** Writes a state to kernel memory. */
export function writeState(kernel: Kernel, pointer: number, state: RowsState & StateBounds): void {
  new Int32Array(kernel.exports.memory.buffer, pointer, words).set([
    state.base + state.offset,
    state.base + state.end,
    state.isLast ? 1 : 0,
    state.goal,
    state.mcu,
    state.lostEnd,
    state.intervalEnd,
    state.bit,
    state.expectedRestart,
    restartNumbers.indexOf(state.restartNumbers),
    ...state.predictions,
  ]);
}

/** Reads a state from kernel memory; `base` is what it was written with. */
export function readState(kernel: Kernel, pointer: number, base: number): RowsState {
  const values = new Int32Array(kernel.exports.memory.buffer, pointer, words);
  const [position = 0, , , , mcu = 0, lostEnd = 0, intervalEnd = 0, bit = 0, expectedRestart = 0, numbers = 0] = values;
  return {
    mcu,
    offset: position - base,
    bit,
    lostEnd,
    intervalEnd,
    expectedRestart,
    restartNumbers: restartNumbers[numbers] ?? "unknown",
    predictions: [...values.subarray(predictionWord)],
  };
}
