/** What is added up of requests, in the order of `Figures`. */
export const figureNames = ["requests", "bytes", "milliseconds", "reads", "readBytes", "pixels"] as const;

/** The name of a figure. */
export type FigureName = (typeof figureNames)[number];

/**
 * Requests; bytes sent; milliseconds until answers began, by a clock that may stand still while a Worker computes; reads
 * of masters and their bytes; pixels decoded, which is what computing goes by. A list, so that adding is cheap and a
 * thousand of them are short as JSON.
 */
export type Figures = [
  requests: number,
  bytes: number,
  milliseconds: number,
  reads: number,
  readBytes: number,
  pixels: number,
];

/** Returns figures of nothing. */
export function noFigures(): Figures {
  return [0, 0, 0, 0, 0, 0];
}

/** Adds figures to `sum`, which is changed. */
export function addFigures(sum: Figures, added: Readonly<Figures>): void {
  for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] ?? 0) + (added[at] ?? 0);
}

/** Returns one of the figures. */
export function figureOf(figures: Readonly<Figures>, name: FigureName): number {
  return figures[figureNames.indexOf(name)] ?? 0;
}
