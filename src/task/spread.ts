/** Upper bounds of the parts that seconds of items are counted in; what takes longer is in one more. */
export const spreadBounds = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500] as const;

/** How many items took how long, all stages together. */
export interface SpreadPart {
  /** In seconds, not included: up to the bound of the next part; the first begins at 0. */
  readonly from: number;
  readonly items: number;
}

/** Returns the seconds at which the parts begin. */
export const spreadStarts: readonly number[] = [0, ...spreadBounds];
