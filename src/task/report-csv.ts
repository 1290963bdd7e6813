import { durationOf } from "./progress.ts";
import type { TaskReport } from "./report.ts";
import { itemStates, stages } from "./states.ts";
import type { TaskCost } from "./task-cost.ts";

/**
 * Formats a report as a table of one row, under a head that is the same for all tasks, so that tables of several tasks are
 * put together line by line: sizes in bytes, times in seconds, the cost in US dollars, which is estimated.
 */
export function formatReportCsv({ task, median, p95 }: TaskReport, cost: TaskCost): string {
  const cells: readonly (readonly [string, string | number | undefined])[] = [
    ["task", task.id],
    ["kind", task.kind],
    ["name", task.name],
    ["collection", task.collection],
    ["state", task.state],
    ["created", task.createdAt],
    ["ended", task.endedAt],
    ["images", task.total],
    ...itemStates.map((state) => [state, task.counts[state]] as const),
    ["bytes_in", task.bytesIn],
    ["bytes_out", task.bytesOut],
    ["retries", task.retries],
    ["seconds", durationOf(task)],
    ...stages.flatMap((stage) => [
      [`${stage}_seconds`, task.seconds[stage]] as const,
      [`${stage}_median`, median[stage]] as const,
      [`${stage}_p95`, p95[stage]] as const,
    ]),
    ["estimated_dollars", Number(cost.dollars.toFixed(6))],
  ];
  const lines = [cells.map(([name]) => name), cells.map(([, value]) => cellOf(value))];
  return lines.map((line) => `${line.join(",")}\r\n`).join("");
}

/** What a spreadsheet would take for a formula is led by an apostrophe, which it takes for text. */
function cellOf(value: string | number | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",;\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
