import type { Operations } from "../bucket/operations.ts";

/** What R2 charges in US dollars, standard storage, in November 2026. Source: https://developers.cloudflare.com/r2/pricing/ */
const prices = { gigabyteMonth: 0.015, millionClassA: 4.5, millionClassB: 0.36 } as const;

/** Where the prices are from, for whoever wants to check them. */
export const priceSource = "https://developers.cloudflare.com/r2/pricing/";

/** When the prices were looked up. */
export const priceDate = "November 2026";

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
    storageEachMonth: (storedBytes / 1e9) * prices.gigabyteMonth,
    operations,
    operationsOnce: (operations.classA * prices.millionClassA + operations.classB * prices.millionClassB) / 1e6,
    currency: "USD",
    source: priceSource,
    pricesOf: priceDate,
  };
}
