import type { DerivativeCount } from "../job/prune.ts";
import { formatMegabytes } from "../node/megabytes.ts";
import { printable } from "../node/printable.ts";
import { type FigureName, type Figures, figureNames, figureOf } from "../statistics/figures.ts";
import { formatMoment } from "../statistics/hour.ts";
import type { Breakdown, ReportRow } from "../statistics/report.ts";
import type { StorageCounts } from "../statistics/storage-count.ts";
import { count } from "./count.ts";

/** What was counted, told apart by one thing. */
export interface StatisticsReport {
  /** How far back it was asked for, in hours. */
  readonly since: number;
  readonly by: Breakdown;
  readonly rows: readonly ReportRow[];
  readonly total: Readonly<Figures>;
  /** Of images that have no row: they were asked for too rarely. */
  readonly others: Readonly<Figures>;
  /** The times that something was counted of, in order. */
  readonly periods: readonly string[];
  /** Why the hour that is running is missing; undefined where it is there. */
  readonly missing: string | undefined;
}

/** What is stored, and what of it nothing asks for any longer. */
export interface StorageReport {
  readonly counts: StorageCounts;
  /** Undefined where the configuration is wrong, so that nobody knows what is asked for. */
  readonly unused: Readonly<Record<"stale" | "orphan" | "unknownSettings", DerivativeCount>> | undefined;
}

/** Rows that a terminal shows; JSON has all. */
const mostRows = 40;

/** What no figure has in it: said with every report, for nobody sees it in the numbers. */
const hidden =
  "Hits of the cache in front of the Worker run no code and are in none of these figures: the analytics of Cloudflare have them";

/** Returns a report for scripts. */
export function describeStatistics({ since, by, rows, total, others, periods, missing }: StatisticsReport): object {
  return {
    sinceHours: since,
    first: periods[0] ?? null,
    last: periods.at(-1) ?? null,
    hidden,
    ...(missing === undefined ? {} : { runningHourMissing: missing }),
    total: named(total),
    by,
    ...(by === "image" ? { others: named(others) } : {}),
    rows: rows.map(({ name, figures, last }) => ({
      name,
      ...named(figures),
      ...(last === undefined ? {} : { last: new Date(last).toISOString() }),
    })),
  };
}

function named(figures: Readonly<Figures>): Readonly<Partial<Record<FigureName, number>>> {
  return Object.fromEntries(figureNames.map((name) => [name, Math.round(10 * figureOf(figures, name)) / 10]));
}

/** Formats a report for a person, as lines. */
export function formatStatistics({
  by,
  rows,
  total,
  others,
  periods,
  missing,
  since,
}: StatisticsReport): readonly string[] {
  const first = periods[0];
  const notes = [`${hidden}.`, ...(missing === undefined ? [] : [`The hour that is running is missing: ${missing}.`])];
  if (first === undefined) return [`Nothing was counted in the last ${count(since, "hour")}.`, ...notes];
  const hasLast = rows.some(({ last }) => last !== undefined);
  const shown = rows.slice(0, mostRows);
  const table = [
    [
      by,
      "requests",
      "share",
      "MB sent",
      "ms each",
      "reads",
      "MB read",
      "Mpx decoded",
      ...(hasLast ? ["last (UTC)"] : []),
    ],
    ...shown.map((row) => cellsOf(row, total)),
    ...(by === "image" && others[0] > 0 ? [cellsOf({ name: "other images", figures: others }, total)] : []),
    cellsOf({ name: "all", figures: total }, total),
  ];
  return [
    `Requests that reached the Worker, ${first} to ${periods.at(-1)} (UTC)`,
    "",
    ...alignColumns(table),
    ...(rows.length > shown.length ? [`${rows.length - shown.length} more rows: --json has them`] : []),
    "",
    ...notes,
  ];
}

function cellsOf({ name, figures, last }: ReportRow, total: Readonly<Figures>): readonly string[] {
  const [requests, bytes, milliseconds, reads, readBytes, pixels] = figures;
  return [
    printable(name),
    String(requests),
    `${total[0] === 0 ? 0 : Math.round((100 * requests) / total[0])} %`,
    formatMegabytes(bytes),
    requests === 0 ? "-" : (milliseconds / requests).toFixed(1),
    String(reads),
    formatMegabytes(readBytes),
    (pixels / 1e6).toFixed(1),
    ...(last === undefined ? [] : [formatMoment(last)]),
  ];
}

/** The first column begins at the left, numbers end at the right. */
function alignColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const most = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: most }, (_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}

/** Formats what is stored for a person, as lines. */
export function describeStorage({ counts, unused }: StorageReport): readonly string[] {
  const rows = Object.entries(counts).map(([kind, { objects, bytes }]) => [
    kind,
    String(objects),
    `${formatMegabytes(bytes)} MB`,
  ]);
  const lines = ["", "Stored", "", ...alignColumns([["", "objects", "bytes"], ...rows])];
  if (unused === undefined) return [...lines, "", "Which derivatives are stale is not known: wrangler.toml is wrong."];
  const { stale, orphan, unknownSettings } = unused;
  const part = ({ derivatives, bytes }: DerivativeCount, why: string) =>
    `${count(derivatives, "derivative")} of ${formatMegabytes(bytes)} MB ${why}`;
  return [
    ...lines,
    "",
    part(stale, "whose master was replaced (stale)"),
    part(orphan, "whose master is gone"),
    part(unknownSettings, "that no request leads to any longer"),
  ];
}
