import type { ProblemCode, Severity } from "./report.ts";

/** A problem before its commands are chosen, which are the same for all of an image that the same remedy mends. */
export interface Finding {
  readonly severity: Severity;
  readonly code: ProblemCode;
  readonly message: string;
  /** What mends it: new tiles, the same tiles laid out anew, or nothing but another source. */
  readonly remedy: "conversion" | "layout" | "none";
}

/** Pictures up to these sides are served fast whatever their layout, and fast enough, in pixels. */
const fastSide = 512;
const cheapSide = 1024;

/** Returns how bad a layout is that takes more than it need to: nothing for a picture that is small. */
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

/** Words a whole number with commas between thousands. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString("en");
}
