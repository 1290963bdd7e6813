import { type CostEstimate, estimateCost } from "../job/estimate.ts";
import type { ExportFailure } from "../job/export/export-source.ts";
import type { ExportResult } from "../job/export/image.ts";
import type { ExportForecast, ExportPlan, RestrictedImage } from "../job/export/plan.ts";
import type { ExportOutcome } from "../job/export/run.ts";
import type { ExportPlace } from "../job/export/target.ts";
import { formatMegabytes } from "../node/megabytes.ts";
import { count } from "./count.ts";
import { formatJson } from "./report-json.ts";

/** What an export is foretold to come to. */
export interface ForetoldExport extends ExportForecast {
  readonly images: number;
  /** What R2 charges, where the files go there. */
  readonly cost: CostEstimate | undefined;
}

/** Foretells what an export comes to, without manifests. */
export function forecastOf(plan: ExportPlan, { isCharged }: ExportPlace): ForetoldExport {
  let files = 0;
  let bytes = 0;
  for (const image of plan.images.values()) {
    files += image.files;
    bytes += image.bytes;
  }
  const cost = isCharged ? estimateCost(bytes, { classA: files, classB: 0 }) : undefined;
  return { images: plan.images.size, files, bytes, cost };
}

/** Formats a forecast as lines. */
export function formatForecast(
  { images, files, bytes, cost }: ForetoldExport,
  failures: readonly ExportFailure[],
): readonly string[] {
  const charged =
    cost === undefined
      ? ""
      : `; about $${cost.operationsOnce.toFixed(2)} for storing, $${cost.storageEachMonth.toFixed(2)} a month`;
  const line = `${count(images, "image")}: ${count(files, "file")}, about ${formatMegabytes(bytes)} MB${charged}`;
  return [line, ...failures.map(formatFailure)];
}

/** Formats what became of an image as a line. */
export function formatExported(identifier: string, image: ExportResult): string {
  if (image.status === "failed") return formatFailure(image.failure);
  if (image.status === "left-out") return formatLeftOut(identifier, image.message);
  const sizes =
    image.status !== "unchanged" ? ` (${count(image.files, "file")}, ${formatMegabytes(image.bytes)} MB)` : "";
  return `${image.status.padEnd(9)} ${identifier}${sizes}`;
}

/** Formats what became of an export as lines. */
export function formatOutcome(outcome: ExportOutcome, { name }: ExportPlace): readonly string[] {
  const { exported, updated, unchanged, removed, files, bytes, manifests, failures, leftOut } = outcome;
  const others = [
    ...(updated > 0 ? [`${updated} with another info.json`] : []),
    ...(unchanged > 0 ? [`${unchanged} unchanged`] : []),
    ...(removed > 0 ? [`${removed} removed`] : []),
    ...(failures.length > 0 ? [`${failures.length} failed`] : []),
    ...(manifests > 0 ? [count(manifests, "manifest")] : []),
  ];
  return [
    ...failures.map(formatFailure),
    ...leftOut.map(({ object, message }) => `left out  ${object}: ${message}`),
    `${[`${count(exported, "image")} exported`, ...others].join(", ")}: ${count(files, "file")} of ${formatMegabytes(bytes)} MB written to ${name}`,
  ];
}

function formatFailure({ identifier, code, message }: ExportFailure): string {
  return `failed    ${identifier}: ${message} (${code})`;
}

/** Formats what is left out as lines: it is no failure, and told. */
export function formatRestricted(restricted: readonly RestrictedImage[]): readonly string[] {
  const lines = restricted.map(({ identifier, message }) => formatLeftOut(identifier, message));
  return lines.length === 0
    ? []
    : [...lines, "--include-restricted exports what is left out because not anybody may see it."];
}

function formatLeftOut(identifier: string, message: string): string {
  return `left out  ${identifier}: ${message}`;
}

/** What a report tells. */
export interface ExportReport {
  readonly isDry: boolean;
  readonly place: ExportPlace;
  readonly forecast: ForetoldExport;
  readonly failures: readonly ExportFailure[];
  readonly restricted: readonly RestrictedImage[];
  /** Names that no image has. */
  readonly unknown: readonly string[];
  readonly outcome?: ExportOutcome;
}

/** Formats a report for scripts. */
export function exportReport(report: ExportReport): readonly string[] {
  const { isDry, place, forecast, failures, restricted, unknown, outcome } = report;
  return formatJson({ dryRun: isDry, to: place.name, forecast, ...outcome, failures, restricted, unknown });
}
