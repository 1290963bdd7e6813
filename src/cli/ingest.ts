import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { BucketError, type ServiceBuckets } from "../bucket/bucket.ts";
import { countOperations } from "../bucket/operations.ts";
import { type ImageOutcome, inspectPlan, runIngest } from "../job/job.ts";
import type { Converter } from "../job/job-image.ts";
import { type IngestPlan, planIngest } from "../job/job-plan.ts";
import { writeMemberships } from "../job/memberships.ts";
import { type ObjectOutcomes, writeObjects } from "../job/object-job.ts";
import { sizeTexts } from "../job/page-text-files.ts";
import { makeDryReport, makeReport, type Report } from "../job/report.ts";
import { identifyRun, planOfShare } from "../job/shard.ts";
import { findFiles } from "../job/source-files.ts";
import { findServer } from "../node/server-address.ts";
import type { Terminal } from "../node/terminal.ts";
import { findWriteFault, writeResult } from "../node/writable-file.ts";
import { gatherFaults, refuseFaults } from "../settings/command-faults.ts";
import { checkIdentifier, defaultTemplate, type Naming } from "../settings/identifier-template.ts";
import { bucketOptions, conversionOptions, tableOptions } from "../settings/options.ts";
import { readServiceSettings } from "../settings/service-settings.ts";
import { formatShare, type Share, shardOfEnvironment } from "../settings/shard.ts";
import { ensureKernel } from "./build-kernels.ts";
import { bucketsOpener } from "./choose-buckets.ts";
import type { IngestCommand } from "./command.ts";
import { ingestContradictions } from "./contradictions.ts";
import { exitStatus, isPassing } from "./exit-status.ts";
import { formatNotes } from "./note-text.ts";
import { readTables } from "./object-tables.ts";
import { showProgress } from "./progress.ts";
import { formatPurgeOutcome, notPurged, type PurgeOutcome, purgeAfterwards } from "./purge-afterwards.ts";
import type { ServiceChoice } from "./purging.ts";
import { readConfiguration } from "./readable-configuration.ts";
import { formatJson } from "./report-json.ts";
import { formatDryReport, formatFailure, formatReport, formatWhereToLook } from "./report-text.ts";
import { formatShareOf } from "./share-text.ts";

/** Files worked on at once, unless it is said: each takes a core, and memory. */
const mostJobs = 8;

/** Carries `tessera ingest` out and returns the exit status. Throws CommandFaults and BucketError. */
export async function ingest(command: IngestCommand, terminal: Terminal, converter: Converter): Promise<number> {
  try {
    const settled = await settle(command, terminal, converter);
    const { plan, whole, share } = settled;
    terminal.say(plan.warnings.map((warning) => `Note: ${warning}`));
    if (share !== undefined) terminal.say([formatShareOf(share, plan, whole)]);
    const context = { command, terminal, converter, settled };
    return await (command.options.dryRun === true ? dryRun(plan, context) : run(plan, context));
  } catch (error) {
    if (!(error instanceof BucketError) || !isPassing(error.code)) throw error;
    terminal.say([error.message]);
    return exitStatus.again;
  }
}

/** Finds all that an ingest would say before it begins, and asks no bucket. Throws CommandFaults. */
export async function planOnly(command: IngestCommand, terminal: Terminal, converter: Converter): Promise<IngestPlan> {
  const options = { ...command.options, dryRun: true };
  return (await settle({ ...command, options }, terminal, converter)).plan;
}

interface Settled {
  /** What this run does. */
  readonly plan: IngestPlan;
  /** What all runs do; the same where there are no shards. */
  readonly whole: IngestPlan;
  readonly share: Share | undefined;
  readonly jobs: number;
  readonly openBuckets: () => ServiceBuckets;
  readonly keyOf: (identifier: string) => string | undefined;
  readonly logos: ReadonlyMap<string, string>;
  /** Which service is purged of what was replaced, and its BASE_URL. */
  readonly choice: ServiceChoice;
  readonly base: string;
  /** Says where the images are shown, as far as that is known. */
  readonly whereToLook: (report: Report) => Promise<string | undefined>;
}

/** What decides how images are named and treated. */
const planOptions = [
  ...["identifier", "collection", "prefix", "keyTemplate", "pages", "conversions"],
  ...Object.keys(tableOptions),
  ...Object.keys(conversionOptions),
];

/**
 * Puts command line, configuration and environment together. Everything that is wrong is told at once, and nothing twice:
 * what depends on a value that is wrong is not judged.
 */
async function settle(command: IngestCommand, terminal: Terminal, converter: Converter): Promise<Settled> {
  const faults: string[] = [];
  const { options: given, sources } = command;
  const { config, isSure } = await readConfiguration(given, terminal, faults);
  const options = { ...config, ...given };
  faults.push(...ingestContradictions(given));
  const service = await gatherFaults(faults, () => readServiceSettings(terminal.service.configFile, terminal));
  const tables = await readTables(options, { folder: terminal.folder, institution: config.institution, faults });
  const hasObjects = options.noObjects !== true;
  const share = given.shard?.kind === "auto" ? shardOfEnvironment(terminal.environment, faults) : given.shard;
  const stored =
    hasObjects || tables.records !== undefined ? (["masters", "catalogue"] as const) : (["masters"] as const);
  const asked = given.dryRun === true ? [] : stored;
  const bucketFaults = isSure(Object.keys(bucketOptions)) ? faults : [];
  const openBuckets = bucketsOpener({ options, service, terminal, asked, faults: bucketFaults });
  const naming = { pageSuffix: "", keyTemplate: "{identifier}", ...service?.naming };
  const request = {
    sources,
    template: options.identifier ?? defaultTemplate,
    collection: options.collection ?? "",
    prefix: options.prefix ?? "",
    naming: options.keyTemplate === undefined ? naming : { ...naming, keyTemplate: options.keyTemplate },
    records: tables.records,
    objects: hasObjects ? tables.request : undefined,
    pages: options.pages ?? "first",
    conversion: given,
    config,
    countPages: converter.countPages,
    signal: terminal.signal,
  };
  const isPlanned = isSure(planOptions);
  const plan = isPlanned ? await gatherFaults(faults, () => planIngest(request)) : undefined;
  if (!isPlanned) faults.push(...(await findFiles(sources)).faults);
  const files = [...(plan?.images ?? []).map(({ source }) => source), ...tables.files];
  if (given.report !== undefined) faults.push(...(await findReportFaults(given.report, { terminal, files })));
  refuseFaults([...new Set(faults)]);
  if (plan === undefined) throw new Error("a plan was made, for nothing was wrong");
  const startCommand = options.state === undefined ? "npm start" : `npx wrangler dev --persist-to ${options.state}`;
  const stateFolder =
    options.state === undefined ? terminal.service.stateFolder : resolve(terminal.folder, options.state);
  return {
    plan: share === undefined ? plan : planOfShare(plan, share),
    whole: plan,
    share,
    openBuckets,
    keyOf: (identifier) => keyOf(identifier, request.naming),
    logos: tables.logos,
    choice: options,
    base: service?.base ?? "",
    jobs: options.jobs ?? Math.min(mostJobs, availableParallelism()),
    whereToLook: async (report) =>
      options.to === "local"
        ? formatWhereToLook(report, { command: startCommand, running: (await findServer(stateFolder))?.url })
        : undefined,
  };
}

function keyOf(identifier: string, naming: Naming): string | undefined {
  const checked = checkIdentifier(identifier, naming);
  return "key" in checked ? checked.key : undefined;
}

/** A report that can't be written is better known before hours of work, and none is written over what is read. */
async function findReportFaults(
  name: string,
  { terminal, files }: { readonly terminal: Terminal; readonly files: readonly string[] },
): Promise<readonly string[]> {
  const path = resolve(terminal.folder, name);
  const fault = await findWriteFault(path);
  if (fault !== undefined) return [`--report ${name} ${fault}`];
  return files.some((file) => resolve(terminal.folder, file) === path)
    ? [`--report ${name} is a file that is to be read`]
    : [];
}

interface RunContext {
  readonly command: IngestCommand;
  readonly terminal: Terminal;
  readonly converter: Converter;
  readonly settled: Settled;
}

async function dryRun(plan: IngestPlan, { command, terminal, converter, settled }: RunContext): Promise<number> {
  const inspections = await inspectPlan(plan, { converter, signal: terminal.signal });
  const images = new Map(plan.images.map((image) => [image.identifier, image]));
  const texts = await sizeTexts(plan.objects?.plans ?? [], (identifier) => images.get(identifier));
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
    const outcomes = await runIngest(plan, {
      converter,
      masters: buckets.masters,
      catalogue: buckets.catalogue,
      jobs: settled.jobs,
      isForced: command.options.force === true,
      signal: terminal.signal,
      onEvent: progress.onEvent,
      onFolder: terminal.onFolder,
    });
    progress.end();
    const objects = await writeRecords(outcomes, buckets, { command, terminal, settled });
    const purge = await purgeReplaced(outcomes, { terminal, settled });
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

/** Writes objects, and collections unless that is left to the last of all shards; undefined where there are none, or no more. */
async function writeRecords(
  outcomes: readonly ImageOutcome[],
  buckets: ServiceBuckets,
  { command, terminal, settled }: Omit<RunContext, "converter">,
): Promise<ObjectOutcomes | undefined> {
  const { plan, whole, share, keyOf, logos } = settled;
  if (plan.objects === undefined || terminal.signal.aborted) return undefined;
  const { signal } = terminal;
  if (share?.kind === "last") return writeMemberships(plan.objects, { ...buckets, keyOf, logos, signal });
  return writeObjects(outcomes, plan.objects, {
    ...buckets,
    keyOf,
    logos,
    canvases: command.options.newCanvas === true ? "new" : "kept",
    labels: command.options.pageLabels === undefined ? "kept" : "by-rule",
    ...(share && { collections: "left", planned: whole.images }),
    signal,
  });
}

/** What passes is tried again, though something else has failed for good: that will be all that is left. */
function statusOf({ images, objects = [], collections = [], feed = { told: 0 }, totals }: Report): number {
  const failures = [...images, ...objects, ...collections, feed].flatMap((one) =>
    "failure" in one && one.failure !== undefined ? [one.failure] : [],
  );
  if (failures.some(({ code }) => isPassing(code))) return exitStatus.again;
  if (failures.length > 0) return exitStatus.failed;
  return totals.stopped > 0 ? exitStatus.stopped : exitStatus.well;
}

/** Purges what is kept of masters that others have taken the place of; undefined where there are none. */
async function purgeReplaced(
  outcomes: readonly ImageOutcome[],
  { terminal, settled }: Pick<RunContext, "terminal" | "settled">,
): Promise<PurgeOutcome | undefined> {
  const images = outcomes.flatMap(({ status, image }) => (status === "replaced" ? [image.identifier] : []));
  if (images.length === 0) return undefined;
  const { choice, base } = settled;
  if (terminal.signal.aborted) return notPurged({ images }, choice, "The run was stopped");
  try {
    return await purgeAfterwards({ images }, { choice, terminal, base });
  } catch (error) {
    if (error !== terminal.signal.reason) throw error;
    return notPurged({ images }, choice, "The run was stopped");
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
