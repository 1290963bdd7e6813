import { planWeights, type Weights, type WeightsRequest } from "./weights.ts";

/** Weights that are kept while there is room for them. */
export interface WeightsStore {
  get(key: string): Weights | undefined;
  /** Keeps weights that take `bytes`, if there is room. */
  set(key: string, weights: Weights, bytes: number): void;
}

/** Of kernels for which nothing is kept. */
export const keepsNoWeights: WeightsStore = { get: () => undefined, set: () => undefined };

/** Returns the weights of an axis, planned unless they are kept. Throws what `planWeights` throws. */
export function keptWeights(store: WeightsStore, request: WeightsRequest): Weights {
  const { sourceLength, start, step, outputLength, filter, filterStep = step, lastLength = 1 } = request;
  const key = `${filter} ${sourceLength} ${outputLength} ${start} ${step} ${filterStep} ${lastLength}`;
  const kept = store.get(key);
  if (kept !== undefined) return kept;
  const weights = planWeights(request);
  store.set(key, weights, keptBytes(weights));
  return weights;
}

/** Taps that a row is padded to in the tables of a resampler, at most, and what the objects take. */
const mostPadding = 8;
const objectBytes = 1024;

/** What an axis takes, with the tables that a resampler lays out of its weights. */
function keptBytes({ outputLength, taps, firsts, counts, rows }: Weights): number {
  const laidOut = (outputLength + 4) * (2 * (taps + mostPadding) + 4);
  return rows.byteLength + firsts.byteLength + counts.byteLength + laidOut + objectBytes;
}
