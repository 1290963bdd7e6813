import type { AccessRules } from "../access/rules.ts";
import { type Bucket, BucketError } from "../bucket/bucket.ts";
import { IngestError } from "../node/ingest-error.ts";
import { openWorkFolder } from "../node/work-folder.ts";
import type { SourceSummary } from "../settings/conversion.ts";
import { type Activity, type Converter, checksumFile, type TreatedImage, treatImage, withSource } from "./job-image.ts";
import type { IngestPlan, PlannedImage } from "./job-plan.ts";
import type { Failure } from "./source-failure.ts";
import { localStore, type SourceStore } from "./source-store.ts";

/** How the work on an image ended. `stopped` images were not reached or broken off: nothing of them was kept. */
export type ImageOutcome =
  | ({ readonly image: PlannedImage } & TreatedImage)
  | { readonly image: PlannedImage; readonly status: "failed"; readonly failure: Failure }
  | { readonly image: PlannedImage; readonly status: "stopped" };

/** What happens during a run, as it happens. */
export type IngestEvent =
  | { readonly kind: "activity"; readonly image: PlannedImage; readonly activity: Activity }
  | { readonly kind: "stored-bytes"; readonly image: PlannedImage; readonly bytes: number; readonly of: number }
  | { readonly kind: "ended"; readonly outcome: ImageOutcome };

/** What a run needs. */
export interface IngestRun {
  readonly converter: Converter;
  readonly masters: Bucket;
  /** Asked only where an image has a record. */
  readonly catalogue: Bucket;
  /** Who may see what by identifiers; needed where a table says who may see images. */
  readonly rules?: AccessRules | undefined;
  /** Images worked on at once. */
  readonly jobs: number;
  readonly isForced: boolean;
  /** Where the files are; this machine without it. */
  readonly store?: SourceStore | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: (event: IngestEvent) => void;
  /** Called with what removes the temporary files at once, for a process that must end. */
  readonly onFolder?: (removeNow: () => void) => void;
}

/**
 * Makes and stores the masters of a plan. A failure of one image leaves the others alone, unless a bucket refuses
 * everything. Returns the outcomes in the order of the plan. Throws BucketError when a bucket can't be used at all.
 */
export async function runIngest(plan: IngestPlan, run: IngestRun): Promise<readonly ImageOutcome[]> {
  await run.masters.check();
  if (usesCatalogue(plan)) await run.catalogue.check();
  const folder = await openWorkFolder();
  run.onFolder?.(folder.removeNow);
  try {
    return await workThrough(plan.images, { run, folder: folder.path });
  } finally {
    await folder.remove();
  }
}

/** Whether a plan stores records: of images, or of objects. */
function usesCatalogue({ images, objects }: IngestPlan): boolean {
  return objects !== undefined || images.some(({ record }) => record !== undefined);
}

/** What a dry run tells of an image. */
export type Inspection =
  | { readonly image: PlannedImage; readonly summary: SourceSummary }
  | { readonly image: PlannedImage; readonly failure: Failure };

/** Looks at the images of a plan without converting or storing anything. */
export async function inspectPlan(
  plan: IngestPlan,
  { converter, store = localStore, signal }: Pick<IngestRun, "converter" | "store" | "signal">,
): Promise<readonly Inspection[]> {
  const inspections: Inspection[] = [];
  for (const image of plan.images) {
    if (signal?.aborted) break;
    try {
      const { page } = image.treatment.settings;
      const inspect = (path: string) => converter.inspectSource(path, page);
      inspections.push({ image, summary: await withSource(image, store, ({ path }) => inspect(path)) });
    } catch (error) {
      inspections.push({ image, failure: failureOf(error) });
    }
  }
  return inspections;
}

interface Work {
  readonly run: IngestRun;
  readonly folder: string;
}

async function workThrough(images: readonly PlannedImage[], { run, folder }: Work): Promise<readonly ImageOutcome[]> {
  const outcomes: ImageOutcome[] = [];
  const final = new AbortController();
  const signal = run.signal === undefined ? final.signal : AbortSignal.any([run.signal, final.signal]);
  const checksumOf = shareChecksums(images, signal);
  const queue = images.entries();
  const worker = async () => {
    for (const [index, image] of queue) {
      const outcome = signal.aborted
        ? ({ image, status: "stopped" } as const)
        : await endOf(image, { run, folder, signal, checksumOf, stopAll: () => final.abort() });
      outcomes[index] = outcome;
      run.onEvent?.({ kind: "ended", outcome });
    }
  };
  await Promise.all(Array.from({ length: Math.min(run.jobs, images.length) }, worker));
  return outcomes;
}

interface OneImage extends Work {
  readonly signal: AbortSignal;
  readonly checksumOf: (file: string) => Promise<string>;
  readonly stopAll: () => void;
}

async function endOf(image: PlannedImage, one: OneImage): Promise<ImageOutcome> {
  const { run, folder, signal, checksumOf, stopAll } = one;
  try {
    const treated = await treatImage(image, {
      converter: run.converter,
      masters: run.masters,
      catalogue: run.catalogue,
      rules: run.rules,
      folder,
      isForced: run.isForced,
      store: run.store ?? localStore,
      signal,
      checksumOf,
      onActivity: (activity) => run.onEvent?.({ kind: "activity", image, activity }),
      onStoredBytes: (bytes, of) => run.onEvent?.({ kind: "stored-bytes", image, bytes, of }),
    });
    return { image, ...treated };
  } catch (error) {
    if (error instanceof BucketError && error.isFinal) stopAll();
    else if (signal.aborted) return { image, status: "stopped" };
    return { image, status: "failed", failure: failureOf(error) };
  }
}

function failureOf(error: unknown): Failure {
  if (error instanceof IngestError || error instanceof BucketError) return { code: error.code, message: error.message };
  return { code: "internal", message: error instanceof Error ? error.message : String(error) };
}

/** The pages of a file follow each other; only the checksum of a file with several is kept, until its last was asked for. */
function shareChecksums(images: readonly PlannedImage[], signal: AbortSignal): (file: string) => Promise<string> {
  const pagesLeft = new Map<string, number>();
  for (const { source } of images) pagesLeft.set(source, (pagesLeft.get(source) ?? 0) + 1);
  const known = new Map<string, Promise<string>>();
  return (file) => {
    const checksum = known.get(file) ?? checksumFile(file, signal);
    const left = (pagesLeft.get(file) ?? 1) - 1;
    pagesLeft.set(file, left);
    if (left > 0) known.set(file, checksum);
    else known.delete(file);
    return checksum;
  };
}
