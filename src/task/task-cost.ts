/** What a task cost, in US dollars, without what an account has for nothing. */
export interface TaskCost {
  readonly dollars: number;
  readonly lines: readonly TaskCostLine[];
  /** What no line has, a sentence each. */
  readonly notCounted: readonly string[];
  /** The month in which the prices were read. */
  readonly priceMonth: string;
}

/** Something that is charged for. */
export interface TaskCostLine {
  readonly name: string;
  readonly amount: number;
  readonly unit: string;
  readonly dollars: number;
  /** What the amount is estimated from. */
  readonly estimatedFrom: string;
}
