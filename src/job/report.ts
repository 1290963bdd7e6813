import type { Operations } from "../bucket/operations.ts";
import { settleCompression } from "../remake/treatment.ts";
import type { SourceSummary } from "../settings/conversion.ts";
import { formatTreatment } from "../settings/ingest-config.ts";
import type { CollectionOutcome } from "./collection-job.ts";
import { type CostEstimate, estimateCost } from "./estimate.ts";
import { type Forecast, type ForecastRun, forecastBytes, forecastRun } from "./forecast.ts";
import type { ImageOutcome, Inspection } from "./job.ts";
import type { Stage } from "./job-image.ts";
import type { IngestPlan, PlannedImage } from "./job-plan.ts";
import type { FeedOutcome, ObjectOutcome, ObjectOutcomes } from "./object-job.ts";
import type { RunIdentity } from "./shard.ts";
import type { SkippedFiles } from "./skipped-files.ts";
import type { Failure, SourceFailure } from "./source-failure.ts";

/** How the work on an image ended. */
export type Status = ImageOutcome["status"];

/** What the report says of one image; what is not known of it is left out. */
export interface ReportedImage {
  readonly source: string;
  readonly page?: number;
  readonly identifier?: string;
  readonly key?: string;
  readonly status: Status;
  readonly treatment?: string;
  readonly width?: number;
  readonly height?: number;
  readonly levels?: number;
  readonly tileSize?: number;
  readonly bytesIn: number;
  readonly bytesOut?: number;
  /** Bytes out for each byte in. */
  readonly ratio?: number;
  readonly checksum?: string;
  readonly seconds?: Readonly<Partial<Record<Stage, number>>>;
  readonly warnings?: readonly string[];
  readonly failure?: Failure;
}

/** What a run did. */
export interface Report {
  /** Which part of a run it is, as `--shard` takes it; left out where it is all. */
  readonly shard?: string;
  /** Tells the run from others; left out where it has no shards. */
  readonly run?: RunIdentity;
  readonly started: string;
  readonly seconds: number;
  /** The masters' bucket. */
  readonly to: string;
  /** The catalogue, where images had records. */
  readonly recordsTo?: string;
  readonly images: readonly ReportedImage[];
  readonly totals: Totals;
  /** The objects and collections; left out where images alone are stored. */
  readonly objects?: readonly ObjectOutcome[];
  readonly collections?: readonly CollectionOutcome[];
  /** What concerns several objects: sentences without a full stop. */
  readonly notes?: readonly string[];
  /** Whether the feed has told what changed of them. */
  readonly feed?: FeedOutcome;
  readonly objectTotals?: ObjectTotals;
  /** What lies in the folders and is not taken, by kind. */
  readonly skipped: readonly SkippedFiles[];
  readonly warnings: readonly string[];
  readonly estimate: CostEstimate;
}

/** Sums over the images of a report; bytes and seconds of those that have a master. */
export interface Totals extends Readonly<Record<Status, number>> {
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly secondsByStage: Readonly<Partial<Record<Stage, number>>>;
}

/** How many objects were written, were the same already, and were not written. */
export type ObjectTotals = Readonly<Record<ObjectOutcome["status"], number>>;

/** What a report is made of. */
export interface ReportMaterial {
  readonly started: Date;
  readonly seconds: number;
  /** What messages call the buckets. */
  readonly bucketNames: { readonly masters: string; readonly catalogue: string };
  readonly outcomes: readonly ImageOutcome[];
  /** Undefined where images alone are stored, or the run was stopped before. */
  readonly objects?: ObjectOutcomes | undefined;
  /** What the plan says besides its images. */
  readonly plan: Omit<IngestPlan, "images">;
  /** Which part of a run it was; undefined where it was all. */
  readonly part?: { readonly shard: string; readonly run: RunIdentity } | undefined;
  readonly operations: Operations;
}

/** Makes the report of a run. */
export function makeReport(material: ReportMaterial): Report {
  const { failures, skipped, warnings } = material.plan;
  const images = [...material.outcomes.map(reportImage), ...failures.map(reportFailure)];
  const totals = sumUp(images);
  const hasRecords = material.outcomes.some(({ image }) => image.record !== undefined || image.object !== undefined);
  return {
    ...material.part,
    started: material.started.toISOString(),
    seconds: round(material.seconds),
    to: material.bucketNames.masters,
    ...(hasRecords ? { recordsTo: material.bucketNames.catalogue } : {}),
    images,
    totals,
    ...(material.objects && { ...material.objects, objectTotals: countObjects(material.objects.objects) }),
    skipped,
    warnings,
    estimate: estimateCost(totals.bytesOut, material.operations),
  };
}

/** What a dry run tells of one image. */
export interface PlannedReportImage
  extends Pick<ReportedImage, "source" | "page" | "identifier" | "key" | "treatment"> {
  readonly bytesIn: number;
  readonly summary?: SourceSummary;
  /** What its master is expected to take. */
  readonly expectedBytes?: number;
  readonly failure?: Failure;
}

/** What a run would do, and what it is expected to take. */
export interface DryReport {
  readonly dryRun: true;
  readonly images: readonly PlannedReportImage[];
  readonly skipped: readonly SkippedFiles[];
  readonly warnings: readonly string[];
  readonly forecast: Forecast;
  readonly estimate: CostEstimate;
}

/** Makes the report of a dry run; `jobs` is how many images a run works on at once. */
export function makeDryReport(
  inspections: readonly Inspection[],
  { plan, jobs, texts }: Pick<ForecastRun, "jobs" | "texts"> & { readonly plan: Omit<IngestPlan, "images"> },
): DryReport {
  const images = inspections.map((inspection) => {
    const { image } = inspection;
    if ("failure" in inspection) return { ...describe(image), failure: inspection.failure };
    const { mode, settings } = image.treatment;
    const compression = settleCompression(settings, inspection.summary.model);
    const treatment = formatTreatment({ mode, settings: { ...settings, compression } });
    const expectedBytes = forecastBytes(inspection);
    return { ...describe(image), treatment, summary: inspection.summary, expectedBytes };
  });
  const inspected = inspections.flatMap((inspection) => ("failure" in inspection ? [] : [inspection]));
  const forecast = forecastRun(inspected, { jobs, objects: plan.objects, texts });
  return {
    dryRun: true,
    images: [...images, ...plan.failures],
    skipped: plan.skipped,
    warnings: plan.warnings,
    forecast: { ...forecast, seconds: round(forecast.seconds) },
    estimate: estimateCost(forecast.bytesOut, forecast.operations),
  };
}

/** Counts objects by what became of them. */
export function countObjects(objects: readonly ObjectOutcome[]): ObjectTotals {
  const count = (status: ObjectOutcome["status"]) => objects.filter((object) => object.status === status).length;
  return { written: count("written"), unchanged: count("unchanged"), failed: count("failed") };
}

function reportFailure(failure: SourceFailure): ReportedImage {
  return { ...failure, status: "failed" };
}

function reportImage(outcome: ImageOutcome): ReportedImage {
  const known = { ...describe(outcome.image), status: outcome.status };
  if (outcome.status === "stopped") return known;
  if (outcome.status === "failed") return { ...known, failure: outcome.failure };
  const { width, height, levels, tileSize, bytes, checksum } = outcome.master;
  return {
    ...known,
    ...{ width, height, levels, tileSize },
    bytesOut: bytes,
    ratio: round(bytes / Math.max(1, outcome.image.bytesIn)),
    checksum,
    seconds: Object.fromEntries(Object.entries(outcome.seconds).map(([stage, seconds]) => [stage, round(seconds)])),
    ...(outcome.warnings.length > 0 ? { warnings: outcome.warnings } : {}),
  };
}

function describe(image: PlannedImage) {
  return {
    source: image.source,
    ...(image.page === undefined ? {} : { page: image.page }),
    identifier: image.identifier,
    key: image.key,
    treatment: formatTreatment(image.treatment),
    bytesIn: image.bytesIn,
  };
}

/** Sums up the images of a report. */
export function sumUp(images: readonly ReportedImage[]): Totals {
  const count = (status: Status) => images.filter((image) => image.status === status).length;
  const withMaster = images.filter(({ bytesOut }) => bytesOut !== undefined);
  const secondsByStage: Partial<Record<Stage, number>> = {};
  for (const image of withMaster) {
    for (const [stage, seconds] of Object.entries(image.seconds ?? {}) as [Stage, number][]) {
      secondsByStage[stage] = round((secondsByStage[stage] ?? 0) + seconds);
    }
  }
  return {
    stored: count("stored"),
    replaced: count("replaced"),
    kept: count("kept"),
    failed: count("failed"),
    stopped: count("stopped"),
    // The pages of a file are read from the same bytes, each time again.
    bytesIn: withMaster.reduce((sum, { bytesIn }) => sum + bytesIn, 0),
    bytesOut: withMaster.reduce((sum, { bytesOut = 0 }) => sum + bytesOut, 0),
    secondsByStage,
  };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
