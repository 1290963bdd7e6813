import { formatMegabytes } from "../node/megabytes.ts";
import type { ItemStatus } from "../task/answers.ts";
import { describeFailure, durationOf, formatClock, formatSeconds, secondsOf } from "../task/progress.ts";
import type { TaskReport } from "../task/report.ts";
import { stages } from "../task/states.ts";
import { formatTaskDollars, type TaskCost } from "../task/task-cost.ts";
import { describeWork, formatCounts, formatItem } from "./batch-text.ts";

/** A report as the service answers it. */
export type AnsweredReport = TaskReport & { readonly cost: TaskCost };

/** Items that failed that a terminal shows; JSON has up to a thousand, and `items` all. */
const mostFailures = 20;

/** Formats a report for a person, as lines: what was done and cost, what each stage took, what was slow, what failed. */
export function formatReport(report: AnsweredReport): readonly string[] {
  const { task, cost, slowest, failures } = report;
  const hidden = failures.length - mostFailures;
  return [
    `${task.id}  ${task.state}  ${describeWork(task)}: ${formatCounts(task.counts)}`,
    "",
    ...formatTotals([report]),
    "",
    ...formatStages(report),
    ...section("Slowest", slowest.map(formatSlow)),
    ...section("Not done", failures.slice(0, mostFailures).map(formatItem)),
    ...(hidden > 0 ? [`  and ${hidden} more: tessera batch items ${task.id} --only failed`] : []),
    ...formatCost(cost),
  ];
}

/** Formats the reports of several tasks: what each collection came to, and the tasks. */
export function formatReports(reports: readonly AnsweredReport[]): readonly string[] {
  const tasks = reports.map(({ task }) => `${task.id}  ${describeWork(task)}: ${formatCounts(task.counts)}`);
  return [...formatTotals(reports), ...section("Tasks", tasks)];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
}

function formatSlow({ key, state, seconds, bytesIn, ...rest }: ItemStatus): string {
  const said = state === "failed" ? describeFailure(rest) : undefined;
  const facts = `${formatSeconds(secondsOf(seconds)).padStart(9)} s ${`${formatMegabytes(bytesIn)} MB`.padStart(12)}`;
  return `${facts}  ${key}${said === undefined ? "" : `: ${said}`}`;
}

/** A table as the reports of Virginia Tech have it: a row for each collection, and one for all. */
function formatTotals(reports: readonly AnsweredReport[]): readonly string[] {
  const groups = [...Map.groupBy(reports, ({ task }) => task.collection ?? task.name ?? task.from?.prefix ?? "")];
  const rows = groups.map(([name, group]) => totalsOf(name, group));
  const all = rows.length > 1 ? [totalsOf("All", reports)] : [];
  return table([["Collection", "Tasks", "Images", "Size", "Written", "Time", "Cost (estimated)"], ...rows, ...all]);
}

function totalsOf(name: string, reports: readonly AnsweredReport[]): readonly string[] {
  const sum = (figureOf: (report: AnsweredReport) => number): number =>
    reports.reduce((total, report) => total + figureOf(report), 0);
  return [
    name,
    String(reports.length),
    String(sum(({ task }) => task.total)),
    `${formatMegabytes(sum(({ task }) => task.bytesIn))} MB`,
    `${formatMegabytes(sum(({ task }) => task.bytesOut))} MB`,
    formatClock(sum(({ task }) => durationOf(task) ?? 0)),
    formatTaskDollars(sum(({ cost }) => cost.dollars)),
  ];
}

/** A table as Etsy measured its stages. */
function formatStages({ task, median, p95 }: AnsweredReport): readonly string[] {
  const rows = stages.flatMap((stage) => {
    const total = task.seconds[stage];
    return total === undefined
      ? []
      : [[stage, ...[total, median[stage] ?? 0, p95[stage] ?? 0].map((value) => `${formatSeconds(value)} s`)]];
  });
  return rows.length === 0 ? ["No stage was measured."] : table([["Stage", "All", "Median", "p95"], ...rows]);
}

function formatCost({ lines, dollars, notCounted, priceMonth }: TaskCost): readonly string[] {
  const rows = lines.map(({ name, amount, unit, dollars: each, estimatedFrom }) => {
    const shown = amount.toLocaleString("en", { maximumFractionDigits: 0 });
    return `  ${name.padEnd(28)} ${`${shown} ${unit}`.padStart(24)} ${formatTaskDollars(each).padStart(16)}  (${estimatedFrom})`;
  });
  return [
    "",
    `Cost, estimated by the prices of ${priceMonth} without what an account has for nothing: ${formatTaskDollars(dollars)}`,
    ...rows,
    ...notCounted.map((sentence) => `  ${sentence}`),
  ];
}

/** The first column to the left, numbers to the right. */
function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}
