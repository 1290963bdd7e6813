import type { ProblemCode, Severity } from "./report.ts";

/** A problem before its commands are chosen, which are the same for all problems of an image with the same remedy. */
export interface Finding {
  readonly severity: Severity;
  readonly code: ProblemCode;
  readonly message: string;
  /** What fixes it: new tiles, the same tiles in a new layout, or only another source. */
  readonly remedy: "conversion" | "layout" | "none";
}

/** Pictures up to these sides, in pixels, are served fast with any layout, or fast enough. */
const fastSide = 512;
const cheapSide = 1024;

/** Returns how bad an inefficient layout is; undefined for a small picture. */
export function slowness({
  width,
  height,
}: {
  readonly width: number;
  readonly height: number;
}): "warning" | "note" | undefined {
  const side = Math.max(width, height);
  return side > cheapSide ? "warning" : side > fastSide ? "note" : undefined;
}

/** Formats a whole number with commas between thousands. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString("en");
}
