import type { Served, Severity } from "../check/report.ts";
import type { CheckedFile, Totals } from "./check-files.ts";

const verdicts: Readonly<Record<Served, string>> = { whole: "served", part: "in part", none: "not served" };

/** Formats whether a file is served. */
export function formatVerdict({ report }: CheckedFile): string {
  return verdicts[report?.served ?? "none"];
}

/** Formats a file as one line: verdict, worst problems, name, kinds of problems. */
export function formatBrief(file: CheckedFile): string {
  const { path, report, failure } = file;
  const codes = failure === undefined ? (report?.problems ?? []).map(({ code }) => code) : [failure.code];
  const line = [formatVerdict(file).padEnd(10), formatWorst(file).padEnd(11), path, [...new Set(codes)].join(", ")];
  return line.join("  ").trimEnd();
}

/** Formats how many problems of the worst severity a file has; empty when it has none. */
export function formatWorst({ report, failure }: CheckedFile): string {
  if (failure !== undefined) return "1 error";
  const problems = report?.problems ?? [];
  const worst = problems[0]?.severity;
  return worst === undefined ? "" : countWord(problems.filter(({ severity }) => severity === worst).length, worst);
}

/** Formats the totals of a check as one line. */
export function formatTotals({ files, whole, part, none, error, warning, note }: Totals): string {
  const served = [`${whole} served`, ...(part > 0 ? [`${part} in part`] : []), ...(none > 0 ? [`${none} not`] : [])];
  const problems = [countWord(error, "error"), countWord(warning, "warning"), countWord(note, "note")];
  return `${countWord(files, "file")}: ${served.join(", ")}; ${problems.join(", ")}`;
}

function countWord(count: number, word: Severity | "file"): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
