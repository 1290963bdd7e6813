/** What a task cost, in US dollars, without what an account has for nothing. */
export interface TaskCost {
  readonly dollars: number;
  readonly lines: readonly TaskCostLine[];
  /** What no line has, a sentence each. */
  readonly notCounted: readonly string[];
  /** The month in which the prices were read. */
  readonly priceMonth: string;
}

/** Formats US dollars with cents, and four decimals where there are fewer than ten of them. */
export function formatTaskDollars(dollars: number): string {
  if (dollars > 0 && dollars < 0.0001) return "less than $0.0001";
  const decimals = dollars > 0 && dollars < 0.1 ? 4 : 2;
  return `$${dollars.toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals })}`;
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
