import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import type { ServiceBuckets } from "../bucket/bucket.ts";
import { defaultTemplate } from "../identity/identifier-template.ts";
import type { BucketStore } from "../job/bucket-store.ts";
import type { Converter } from "../job/job-image.ts";
import { type IngestPlan, planIngest } from "../job/job-plan.ts";
import type { PolicyTables } from "../job/policy-names.ts";
import type { Report } from "../job/report.ts";
import { planOfShare } from "../job/shard.ts";
import { findFiles } from "../job/source-files.ts";
import { isInBucket } from "../job/source-place.ts";
import { findServer } from "../node/server-address.ts";
import type { Terminal } from "../node/terminal.ts";
import { findWriteFault } from "../node/writable-file.ts";
import { gatherFaults, refuseFaults } from "../settings/command-faults.ts";
import { checkIdentifier, type Naming } from "../settings/naming.ts";
import { bucketOptions, conversionOptions, tableOptions } from "../settings/options.ts";
import { readServiceSettings } from "../settings/service-settings.ts";
import { type Share, shardOfEnvironment } from "../settings/shard.ts";
import { bucketsOpener } from "./choose-buckets.ts";
import type { IngestCommand } from "./command.ts";
import { ingestContradictions } from "./contradictions.ts";
import { readTables } from "./object-tables.ts";
import { openSources } from "./open-sources.ts";
import type { ServiceChoice } from "./purging.ts";
import { readConfiguration } from "./readable-configuration.ts";
import { formatWhereToLook } from "./report-text.ts";

/** Files worked on at once, unless it is said: each takes a core, and memory. */
const mostJobs = 8;

/** Finds all that an ingest would say before it begins, and asks no bucket. Throws CommandFaults. */
export async function planOnly(command: IngestCommand, terminal: Terminal, converter: Converter): Promise<IngestPlan> {
  const options = { ...command.options, dryRun: true };
  return (await settle({ ...command, options }, terminal, converter)).plan;
}

/** What an ingest is to do, and with what. */
export interface Settled {
  /** What this run does. */
  readonly plan: IngestPlan;
  /** What all runs do; the same where there are no shards. */
  readonly whole: IngestPlan;
  readonly share: Share | undefined;
  readonly jobs: number;
  readonly openBuckets: () => ServiceBuckets;
  /** Where sources are; this machine alone where it is undefined. */
  readonly store: BucketStore | undefined;
  readonly keyOf: (identifier: string) => string | undefined;
  readonly logos: ReadonlyMap<string, string>;
  /** What may say who may see images and manifests. */
  readonly tables: PolicyTables;
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
export async function settle(command: IngestCommand, terminal: Terminal, converter: Converter): Promise<Settled> {
  const faults: string[] = [];
  const { options: given, sources } = command;
  const { config, isSure } = await readConfiguration(given, terminal, faults);
  const options = { ...config, ...given };
  faults.push(...ingestContradictions(given));
  const service = await gatherFaults(faults, () => readServiceSettings(terminal.service.configFile, terminal));
  const { records, objects, collections } = options;
  const names = [...sources, records, objects, collections];
  const buckets = openSources({ names, options: given, terminal, faults });
  const tables = await readTables(options, {
    folder: terminal.folder,
    institution: config.institution,
    faults,
    buckets,
  });
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
    buckets,
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
  const nearby = sources.filter((source) => buckets !== undefined || !isInBucket(source));
  const isPlanned = isSure(planOptions) && nearby.length === sources.length;
  const plan = isPlanned ? await gatherFaults(faults, () => planIngest(request)) : undefined;
  if (!isPlanned) faults.push(...(await findFiles(nearby, buckets)).faults);
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
    store: buckets,
    keyOf: (identifier) => keyOf(identifier, request.naming),
    logos: tables.logos,
    tables: hasObjects ? tables.request : { pages: tables.request.pages },
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
