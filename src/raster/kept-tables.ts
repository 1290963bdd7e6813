import { planWeights, type Weights, type WeightsRequest } from "./weights.ts";

/** Values that are kept while there is room for them. */
export interface TableStore<Value> {
  get(key: string): Value | undefined;
  /** Keeps a value that takes `bytes`, if there is room. */
  set(key: string, value: Value, bytes: number): void;
}

/** What is the same for many pictures: made once, and shared by all kernels of an isolate. */
export interface KeptTables {
  readonly weights: TableStore<Weights>;
  readonly blocks: TableStore<MadeBlock>;
}

/** A block of kernel memory as it was once its tables had been made: they may name places in it, and are good there alone. */
export interface MadeBlock {
  readonly pointer: number;
  readonly bytes: Uint8Array;
}

const empty: TableStore<never> = { get: () => undefined, set: () => undefined };

/** Of a kernel for which nothing is kept. */
export const keepsNothing: KeptTables = { weights: empty, blocks: empty };

/** Returns the weights of an axis, planned unless they are kept. Throws what `planWeights` throws. */
export function keptWeights(store: TableStore<Weights>, request: WeightsRequest): Weights {
  const { sourceLength, start, step, outputLength, filter, filterStep = step, lastLength = 1 } = request;
  const key = `${filter} ${sourceLength} ${outputLength} ${start} ${step} ${filterStep} ${lastLength}`;
  const kept = store.get(key);
  if (kept !== undefined) return kept;
  const weights = planWeights(request);
  store.set(key, weights, keptBytes(weights));
  return weights;
}

/** What an axis takes, with the tables that a resampler lays out of its weights, which have up to two spare taps. */
function keptBytes({ outputLength, rows, firsts, counts }: Weights): number {
  return 2 * rows.byteLength + firsts.byteLength * 2 + counts.byteLength + 16 * outputLength + 1024;
}
