import type { Operations } from "../bucket/operations.ts";
import { dollarsFor, priceMonth, prices } from "../operation/prices.ts";

/** Where the prices are from, for whoever wants to check them. */
export const priceSource = prices.storage.source;

/** When the prices were looked up. */
export const priceDate = priceMonth;

/** What storing costs in US dollars, without what an account has for nothing. */
export interface CostEstimate {
  readonly storedBytes: number;
  /** For as long as the masters are kept. */
  readonly storageEachMonth: number;
  readonly operations: Operations;
  /** For the calls of this run. */
  readonly operationsOnce: number;
  readonly currency: "USD";
  readonly source: string;
  /** The month of the prices. */
  readonly pricesOf: string;
}

/** Estimates what R2 charges for masters and for the calls that brought them there. */
export function estimateCost(storedBytes: number, operations: Operations): CostEstimate {
  return {
    storedBytes,
    storageEachMonth: dollarsFor("storage", storedBytes / 1e9),
    operations,
    operationsOnce: dollarsFor("classA", operations.classA) + dollarsFor("classB", operations.classB),
    currency: "USD",
    source: priceSource,
    pricesOf: priceDate,
  };
}
