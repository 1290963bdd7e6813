import { printable } from "../node/printable.ts";

/**
 * Formats a report for scripts, as lines of JSON. Names are escaped where a terminal would act on them, and read back
 * unchanged.
 */
export function formatJson(report: unknown): readonly string[] {
  return JSON.stringify(report, undefined, 2).split("\n").map(printable);
}
