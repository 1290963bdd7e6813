import type { ProblemCode, Severity } from "./report.ts";

/** A problem before its commands are chosen, which are the same for all of an image that the same remedy mends. */
export interface Finding {
  readonly severity: Severity;
  readonly code: ProblemCode;
  readonly message: string;
  /** What mends it: new tiles, the same tiles laid out anew, or nothing but another source. */
  readonly remedy: "conversion" | "layout" | "none";
}

/** A picture whose sides are no longer than this is cheap to serve whatever its layout, in pixels. */
const cheapSide = 1024;

/** Returns `warning` for a picture that is large enough to be slow, else `note`. Never throws. */
export function slowness({ width, height }: { readonly width: number; readonly height: number }): Severity {
  return Math.max(width, height) > cheapSide ? "warning" : "note";
}

/** Words a whole number with commas between thousands. Never throws. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString("en");
}
