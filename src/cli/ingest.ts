import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { BucketError, type ServiceBuckets } from "../bucket/bucket.ts";
import { countOperations } from "../bucket/operations.ts";
import { inspectPlan, runIngest } from "../job/job.ts";
import type { Converter } from "../job/job-image.ts";
import { type IngestPlan, planIngest } from "../job/job-plan.ts";
import { readRecords } from "../job/read-records.ts";
import { makeDryReport, makeReport, type Report } from "../job/report.ts";
import type { Terminal } from "../node/terminal.ts";
import { gatherFaults, refuseFaults } from "../settings/command-faults.ts";
import { defaultTemplate } from "../settings/identifier-template.ts";
import { readIngestConfig } from "../settings/ingest-config.ts";
import { readServiceSettings } from "../settings/service-settings.ts";
import { ensureKernel } from "./build-kernels.ts";
import { bucketsOpener } from "./choose-buckets.ts";
import type { IngestCommand } from "./command.ts";
import { ingestContradictions } from "./contradictions.ts";
import { showProgress } from "./progress.ts";
import { formatJson } from "./report-json.ts";
import { formatDryReport, formatReport, formatWhereToLook } from "./report-text.ts";

/** Exit statuses. 128 and the number of SIGINT is what shells expect of a command that was stopped. */
export const exitStatus = { well: 0, failed: 1, wrong: 2, stopped: 130 } as const;

/** Files worked on at once, unless it is said: each takes a core, and memory. */
const mostJobs = 8;

/** Carries `tessera ingest` out and returns the exit status. Throws CommandFaults and BucketError. */
export async function ingest(command: IngestCommand, terminal: Terminal, converter: Converter): Promise<number> {
  const settled = await settle(command, terminal, converter);
  const { plan } = settled;
  terminal.say(plan.warnings.map((warning) => `Note: ${warning}`));
  return command.options.dryRun === true
    ? dryRun(plan, { command, terminal, converter })
    : run(plan, { command, terminal, converter, settled });
}

interface Settled {
  readonly plan: IngestPlan;
  readonly jobs: number;
  readonly openBuckets: () => ServiceBuckets;
  /** Says where the images are shown, as far as that is known. */
  readonly whereToLook: (report: Report) => string | undefined;
}

/** Puts command line, configuration and environment together. Everything that is wrong is told at once. */
async function settle(command: IngestCommand, terminal: Terminal, converter: Converter): Promise<Settled> {
  const faults: string[] = [];
  const { options: given } = command;
  const config = (await gatherFaults(faults, () => readIngestConfig(terminal.folder, given.config))) ?? {};
  const options = { ...config, ...given };
  faults.push(...ingestContradictions(given));
  const service = await gatherFaults(faults, () => readServiceSettings(terminal.service.configFile, terminal));
  const recordsFile = options.records;
  const records =
    recordsFile === undefined
      ? undefined
      : await gatherFaults(faults, () => readRecords(resolve(terminal.folder, recordsFile)));
  const stored = recordsFile === undefined ? (["masters"] as const) : (["masters", "catalogue"] as const);
  const asked = given.dryRun === true ? [] : stored;
  const openBuckets = bucketsOpener({ options, service, terminal, asked, faults });
  const naming = { pageSuffix: "", keyTemplate: "{identifier}", ...service?.naming };
  const plan = await gatherFaults(faults, () =>
    planIngest({
      sources: command.sources,
      template: options.identifier ?? defaultTemplate,
      collection: options.collection ?? "",
      prefix: options.prefix ?? "",
      naming: options.keyTemplate === undefined ? naming : { ...naming, keyTemplate: options.keyTemplate },
      records,
      pages: options.pages ?? "first",
      conversion: given,
      config,
      countPages: converter.countPages,
      signal: terminal.signal,
    }),
  );
  refuseFaults([...new Set(faults)]);
  if (plan === undefined) throw new Error("a plan was made, for nothing was wrong");
  const server = options.state === undefined ? "npm start" : `npx wrangler dev --persist-to ${options.state}`;
  return {
    plan,
    openBuckets,
    jobs: options.jobs ?? Math.min(mostJobs, availableParallelism()),
    whereToLook: (report) => (options.to === "local" ? formatWhereToLook(report, server) : undefined),
  };
}

interface RunContext {
  readonly command: IngestCommand;
  readonly terminal: Terminal;
  readonly converter: Converter;
}

async function dryRun(plan: IngestPlan, { command, terminal, converter }: RunContext): Promise<number> {
  const report = makeDryReport(await inspectPlan(plan, { converter, signal: terminal.signal }), plan.warnings);
  await hand(report, formatDryReport(report), { command, terminal });
  if (terminal.signal.aborted) return exitStatus.stopped;
  return report.images.some(({ failure }) => failure !== undefined) ? exitStatus.failed : exitStatus.well;
}

async function run(
  plan: IngestPlan,
  { command, terminal, converter, settled }: RunContext & { readonly settled: Settled },
): Promise<number> {
  await ensureKernel(terminal.projectFolder, terminal);
  const started = new Date();
  const start = performance.now();
  const isVerbose = command.options.verbose === true;
  const { buckets, operations } = countOperations(settled.openBuckets());
  const progress = showProgress(plan.images, { terminal, isVerbose });
  try {
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
    const seconds = (performance.now() - start) / 1000;
    const report = makeReport({
      started,
      seconds,
      bucketNames: { masters: buckets.masters.name, catalogue: buckets.catalogue.name },
      outcomes,
      warnings: plan.warnings,
      operations: operations(),
    });
    const where = settled.whereToLook(report);
    const lines = [...formatReport(report, { isComplete: isVerbose }), ...(where === undefined ? [] : [where])];
    await hand(report, lines, { command, terminal });
    if (report.totals.failed > 0) return exitStatus.failed;
    return report.totals.stopped > 0 ? exitStatus.stopped : exitStatus.well;
  } catch (error) {
    if (error instanceof BucketError && error.code === "stopped") return exitStatus.stopped;
    throw error;
  } finally {
    progress.end();
    await buckets.close();
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
  if (file !== undefined) await writeFile(resolve(terminal.folder, file), `${content.join("\n")}\n`);
  terminal.print(json === true ? content : lines);
}
