import { formatSegment } from "../identity/identifier.ts";
import type { CostEstimate } from "../job/estimate.ts";
import type { Forecast } from "../job/forecast.ts";
import type { Stage } from "../job/job-image.ts";
import type { DryReport, Report, ReportedImage } from "../job/report.ts";
import type { Failure } from "../job/source-failure.ts";
import { formatMegabytes } from "../node/megabytes.ts";
import type { SourceSummary } from "../settings/conversion.ts";
import { formatDollars } from "./dollars.ts";

/** With more images than this, the table lists only those that failed. */
const mostRows = 40;

/** Formats a report for a person, as lines: a table, the totals and the cost. */
export function formatReport(report: Report, { isComplete }: { readonly isComplete: boolean }): readonly string[] {
  const { images, totals } = report;
  const shown =
    isComplete || images.length <= mostRows ? images : images.filter(({ failure }) => failure !== undefined);
  const rows = shown.map((image) => [
    image.identifier ?? image.source,
    image.width === undefined ? "" : `${image.width} × ${image.height}`,
    formatMegabytes(image.bytesIn),
    image.bytesOut === undefined ? "" : formatMegabytes(image.bytesOut),
    image.ratio === undefined ? "" : image.ratio.toFixed(2),
    image.seconds === undefined ? "" : sumOf(image).toFixed(1),
    image.status,
  ]);
  const table = formatTable(["identifier", "pixels", "MB in", "MB out", "ratio", "s", ""], rows);
  const counts = (["stored", "replaced", "kept", "failed", "stopped"] as const)
    .filter((status) => totals[status] > 0)
    .map((status) => `${totals[status]} ${status}`);
  const ratio = totals.bytesIn > 0 ? `, ratio ${(totals.bytesOut / totals.bytesIn).toFixed(2)}` : "";
  const bytes = `${formatMegabytes(totals.bytesIn)} MB in, ${formatMegabytes(totals.bytesOut)} MB out${ratio}`;
  const took = `${report.seconds.toFixed(1)} s; to ${report.to}`;
  return [
    ...(rows.length > 0 ? table : []),
    report.shard === "last"
      ? `${formatCollections(report)}; ${took}`
      : `${counts.join(", ") || "nothing to do"}; ${bytes}; ${took}`,
    ...formatObjects(report),
    ...(report.recordsTo === undefined ? [] : [`Records are in ${report.recordsTo}`]),
    ...(Object.keys(totals.secondsByStage).length > 0 ? [`Time by stage: ${formatStages(totals.secondsByStage)}`] : []),
    ...(totals.bytesOut > 0 ? [formatEstimate(report.estimate)] : []),
    ...(totals.stopped > 0 ? ["Run the same command again to resume."] : []),
  ];
}

/** What the last step of a run in shards has done. */
function formatCollections({ collections = [] }: Report): string {
  const written = collections.filter(({ status }) => status === "written").length;
  return `${written} of ${collections.length} ${collections.length === 1 ? "collection" : "collections"} written`;
}

/** Objects and collections in a line, and those that were not written in one each. */
function formatObjects({
  shard,
  objects = [],
  collections = [],
  notes = [],
  feed,
  objectTotals,
}: Report): readonly string[] {
  if (objectTotals === undefined || objects.length + collections.length === 0) return [];
  const failures = [
    ...objects.flatMap(({ key, failure }) => (failure === undefined ? [] : [{ name: `object ${key}`, failure }])),
    ...collections.flatMap(({ key, failure }) =>
      failure === undefined ? [] : [{ name: `collection ${key}`, failure }],
    ),
  ].map(
    ({ name, failure: { code, message } }) =>
      `not written: the ${name}: ${message} (${code}). A record that was there stays.`,
  );
  const { written, unchanged, failed } = objectTotals;
  const counts = [
    ...(written > 0 ? [`${written} written`] : []),
    ...(unchanged > 0 ? [`${unchanged} unchanged`] : []),
    ...(failed > 0 ? [`${failed} not written`] : []),
  ];
  const changed = collections.filter(({ status }) => status === "written").length;
  const sources = (["title", "folder"] as const).flatMap((source) => {
    const number = objects.filter(({ labelSource }) => labelSource === source).length;
    return number === 0
      ? []
      : [`${number} by ${source === "title" ? "the title in the first image" : "the folder's or file's name"}`];
  });
  return [
    ...failures,
    ...objects.flatMap(({ key, notes = [] }) => notes.map((note) => `Note: ${key}: ${note}.`)),
    ...collections.flatMap(({ key, notes = [] }) => notes.map((note) => `Note: the collection ${key}: ${note}.`)),
    ...notes.map((note) => `Note: ${note}.`),
    ...(shard === "last" && objects.length === 0
      ? []
      : [
          `Objects: ${counts.join(", ") || "none"}; ${changed} ${changed === 1 ? "collection" : "collections"} written`,
        ]),
    ...(sources.length > 0 ? [`Labelled: ${sources.join(", ")}`] : []),
    ...(feed !== undefined && "failure" in feed
      ? [`not told by the feed: ${feed.failure.message} (${feed.failure.code}). The next run tells what has changed.`]
      : []),
  ];
}

/** Where `npm start` shows pictures, unless the port is in use. */
const usualAddress = "http://127.0.0.1:8787";

/**
 * Returns a line that says where to view the images of a report that are in the local bucket; undefined when there are
 * none. `running` is the address of a service that runs on that bucket; where there is none, `command` starts it.
 */
export function formatWhereToLook(
  { images }: Pick<Report, "images">,
  { command, running }: { readonly command: string; readonly running: string | undefined },
): string | undefined {
  const [first, ...others] = images.flatMap(({ bytesOut, identifier }) =>
    bytesOut === undefined || identifier === undefined ? [] : [identifier],
  );
  if (first === undefined) return undefined;
  const address = `${running ?? usualAddress}/view/${formatSegment(first)}`;
  const start = running === undefined ? `${command}, then ` : "";
  return `To view ${others.length > 0 ? "them" : "it"}: ${start}${address}${others.length > 0 ? " (or another identifier after /view/)" : ""}`;
}

/** Formats a dry run for a person, as lines. */
export function formatDryReport({ images, forecast, estimate }: DryReport): readonly string[] {
  const rows = images.map(({ identifier, source, page, bytesIn, treatment, summary, expectedBytes, failure }) => [
    identifier ?? "",
    page === undefined ? source : `${source} page ${page}`,
    formatMegabytes(bytesIn),
    summary === undefined ? "" : `${summary.width} × ${summary.height}`,
    summary === undefined ? `failed (${failure?.code})` : formatSummary(summary),
    // The leading number is the version of the layout, for programs.
    summary === undefined ? "" : (treatment ?? "").replace(/^\d+ /, ""),
    expectedBytes === undefined ? "" : formatMegabytes(expectedBytes),
  ]);
  const table = formatTable(["identifier", "source", "MB in", "pixels", "is", "becomes", "about MB"], rows);
  const failures = images.flatMap(({ source, failure }) =>
    failure === undefined ? [] : formatFailure(source, failure),
  );
  const count = `${images.length} ${images.length === 1 ? "image" : "images"}`;
  const expected = forecast.bytesOut > 0 ? [formatForecast(forecast), formatEstimate(estimate)] : [];
  return [...table, ...failures, ...expected, `${count}; nothing was converted or stored`];
}

/** Formats a failure with its code; messages that don't name the source get it as a prefix. */
export function formatFailure(source: string, { code, message }: Failure): string {
  return `failed    ${message.includes(source) ? "" : `${source}: `}${message} (${code})`;
}

function formatSummary({ format, model, depth, isPyramid, pages }: SourceSummary): string {
  const further = [...(isPyramid ? ["pyramid"] : []), ...(pages > 1 ? [`${pages} pages`] : [])];
  return [format, model, `${depth} ${depth === 1 ? "bit" : "bits"}`, ...further].join(", ");
}

/** Formats seconds by stage, in order; stages below a twentieth of a second are left out. */
export function formatStages(seconds: Readonly<Partial<Record<Stage, number>>>): string {
  const told = Object.entries(seconds).filter(([, value]) => value >= 0.05);
  return told.map(([stage, value]) => `${stage} ${value.toFixed(1)} s`).join(", ") || "below 0.05 s each";
}

function formatForecast({ bytesOut, seconds, processors }: Forecast): string {
  const on = processors === 1 ? "1 processor" : `${processors} processors`;
  return (
    `Expected: about ${formatMegabytes(bytesOut)} MB of masters (half to twice as much, by what the pictures show) and ` +
    `${formatDuration(seconds)} on ${on}, without sending them`
  );
}

function formatDuration(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function formatEstimate(cost: CostEstimate): string {
  const { storedBytes, storageEachMonth, operations, operationsOnce, source, pricesOf } = cost;
  return (
    `On R2, ${(storedBytes / 1e9).toFixed(3)} GB cost ${formatDollars(storageEachMonth)} a month and the ` +
    `${operations.classA} class A and ${operations.classB} class B operations of this run ${formatDollars(operationsOnce)} ` +
    `once, before the free allowance of an account (prices of ${pricesOf}, ${source})`
  );
}

function sumOf(image: ReportedImage): number {
  return Object.values(image.seconds ?? {}).reduce((sum, seconds) => sum + seconds, 0);
}

/** Aligns columns: text to the left, numbers to the right. */
function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = header.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const isNumber = header.map((name) => ["MB in", "MB out", "ratio", "s", "pixels", "about MB"].includes(name));
  return [header, ...rows].map((row) =>
    row
      .map((cell, column) => (isNumber[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}
