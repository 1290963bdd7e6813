import { resolve } from "node:path";
import { BucketError } from "../bucket/bucket.ts";
import { countOperations } from "../bucket/operations.ts";
import type { BucketStore } from "../job/bucket-store.ts";
import { inspectPlan, runIngest } from "../job/job.ts";
import type { Converter } from "../job/job-image.ts";
import type { IngestPlan } from "../job/job-plan.ts";
import { sizeTexts } from "../job/page-text-files.ts";
import { makeDryReport, makeReport } from "../job/report.ts";
import { identifyRun } from "../job/shard.ts";
import type { Terminal } from "../node/terminal.ts";
import { writeResult } from "../node/writable-file.ts";
import { formatShare } from "../settings/shard.ts";
import { ensureKernel } from "./build-kernels.ts";
import type { IngestCommand } from "./command.ts";
import { exitStatus, isPassing } from "./exit-status.ts";
import { changedThings, readRulesOf } from "./ingest-access.ts";
import { statusOf, writeRecords } from "./ingest-records.ts";
import { type Settled, settle } from "./ingest-settings.ts";
import { formatNotes } from "./note-text.ts";
import { showProgress } from "./progress.ts";
import {
  type ChangedThings,
  formatPurgeOutcome,
  notPurged,
  type PurgeOutcome,
  purgeAfterwards,
} from "./purge-afterwards.ts";
import { formatJson } from "./report-json.ts";
import { formatDryReport, formatFailure, formatReport } from "./report-text.ts";
import { formatShareOf } from "./share-text.ts";

/** Carries `tessera ingest` out and returns the exit status. Throws CommandFaults and BucketError. */
export async function ingest(command: IngestCommand, given: Terminal, converter: Converter): Promise<number> {
  const terminal = withFolders(given);
  let store: BucketStore | undefined;
  try {
    const settled = await settle(command, terminal, converter);
    ({ store } = settled);
    const { plan, whole, share } = settled;
    terminal.say(plan.warnings.map((warning) => `Note: ${warning}`));
    if (share !== undefined) terminal.say([formatShareOf(share, plan, whole)]);
    const context = { command, terminal, converter, settled };
    return await (command.options.dryRun === true ? dryRun(plan, context) : run(plan, context));
  } catch (error) {
    if (!(error instanceof BucketError) || !isPassing(error.code)) throw error;
    terminal.say([error.message]);
    return exitStatus.again;
  } finally {
    await store?.close();
  }
}

/** Several folders hold temporary files, and all of them go when there is no time to wait. */
function withFolders(terminal: Terminal): Terminal {
  const removals: (() => void)[] = [];
  return {
    ...terminal,
    onFolder(removeNow) {
      removals.push(removeNow);
      terminal.onFolder(() => {
        for (const remove of removals) remove();
      });
    },
  };
}

interface RunContext {
  readonly command: IngestCommand;
  readonly terminal: Terminal;
  readonly converter: Converter;
  readonly settled: Settled;
}

async function dryRun(plan: IngestPlan, { command, terminal, converter, settled }: RunContext): Promise<number> {
  const { store } = settled;
  const inspections = await inspectPlan(plan, { converter, store, signal: terminal.signal });
  const images = new Map(plan.images.map((image) => [image.identifier, image]));
  const texts = await sizeTexts(plan.objects?.plans ?? [], {
    imageOf: (identifier) => images.get(identifier),
    store,
  });
  const report = makeDryReport(inspections, { plan, jobs: settled.jobs, texts });
  await hand(report, formatDryReport(report), { command, terminal });
  if (terminal.signal.aborted) return exitStatus.stopped;
  return report.images.some(({ failure }) => failure !== undefined) ? exitStatus.failed : exitStatus.well;
}

async function run(plan: IngestPlan, { command, terminal, converter, settled }: RunContext): Promise<number> {
  await ensureKernel(terminal.projectFolder, terminal);
  const { whole, share } = settled;
  const started = new Date();
  const start = performance.now();
  const isVerbose = command.options.verbose === true;
  const { buckets, operations } = countOperations(settled.openBuckets());
  const progress = showProgress(plan.images, { terminal, isVerbose });
  try {
    terminal.say(plan.failures.map(({ source, failure }) => formatFailure(source, failure)));
    const rules = await readRulesOf(settled.tables, buckets.catalogue);
    const outcomes = await runIngest(plan, {
      converter,
      masters: buckets.masters,
      catalogue: buckets.catalogue,
      jobs: settled.jobs,
      isForced: command.options.force === true,
      rules,
      store: settled.store,
      signal: terminal.signal,
      onEvent: progress.onEvent,
      onFolder: terminal.onFolder,
    });
    progress.end();
    const objects = await writeRecords(outcomes, buckets, { command, terminal, settled });
    const purge = await purgeChanged(changedThings(outcomes, objects), { terminal, settled });
    const seconds = (performance.now() - start) / 1000;
    const report = makeReport({
      started,
      seconds,
      bucketNames: { masters: buckets.masters.name, catalogue: buckets.catalogue.name },
      outcomes,
      objects,
      plan,
      part: share && { shard: formatShare(share), run: identifyRun(whole, command.sources) },
      operations: operations(),
    });
    if (!isVerbose) terminal.say(formatNotes(report.images));
    const where = await settled.whereToLook(report);
    const lines = [
      ...formatReport(report, { isComplete: isVerbose }),
      ...(purge === undefined ? [] : formatPurgeOutcome(purge)),
      ...(where === undefined ? [] : [where]),
    ];
    await hand({ ...report, ...(purge && { purge }) }, lines, { command, terminal });
    return statusOf(report);
  } catch (error) {
    if (error instanceof BucketError && error.code === "stopped") return exitStatus.stopped;
    throw error;
  } finally {
    progress.end();
    await buckets.close();
  }
}

/** Purges what is kept of things that have changed; undefined where there are none. */
async function purgeChanged(
  changed: ChangedThings,
  { terminal, settled }: Pick<RunContext, "terminal" | "settled">,
): Promise<PurgeOutcome | undefined> {
  if (changed.images.length === 0) return undefined;
  const { choice, base } = settled;
  if (terminal.signal.aborted) return notPurged(changed, choice, "The run was stopped");
  try {
    return await purgeAfterwards(changed, { choice, terminal, base });
  } catch (error) {
    if (error !== terminal.signal.reason) throw error;
    return notPurged(changed, choice, "The run was stopped");
  }
}

/** Hands a report over: as text or as JSON on standard output, and into a file where one is named. */
async function hand(
  report: unknown,
  lines: readonly string[],
  { command, terminal }: Pick<RunContext, "command" | "terminal">,
): Promise<void> {
  const { json, report: file } = command.options;
  const content = formatJson(report);
  // First what can't fail: a report that can't be written after all is not lost.
  terminal.print(json === true ? content : lines);
  if (file !== undefined) await writeResult(resolve(terminal.folder, file), `${content.join("\n")}\n`);
}
