import { resolve } from "node:path";
import type { ServiceBuckets } from "../bucket/bucket.ts";
import { webpQuality } from "../config.ts";
import type { ExportSettings } from "../export/settings.ts";
import { bucketPlace } from "../job/export/bucket.ts";
import { folderPlace } from "../job/export/folder.ts";
import { type ExportPlan, planExport } from "../job/export/plan.ts";
import { type ExportOutcome, runExport } from "../job/export/run.ts";
import { type ExportPlace, PlaceFault } from "../job/export/target.ts";
import { zipPlace } from "../job/export/zip.ts";
import { openDrawingTools } from "../node/compiled-modules.ts";
import type { Terminal } from "../node/terminal.ts";
import { CommandFaults, gatherFaults, refuseFaults } from "../settings/command-faults.ts";
import type { ExportOptions } from "../settings/options.ts";
import { readServiceSettings, type ServiceSettings } from "../settings/service-settings.ts";
import { ensureKernel } from "./build-kernels.ts";
import { formatCheckProgress } from "./check-progress.ts";
import { bucketsOpener, nameBuckets } from "./choose-buckets.ts";
import type { ExportCommand } from "./command.ts";
import { exportContradictions } from "./contradictions.ts";
import { exitStatus } from "./exit-status.ts";
import { fileSources, storedSources } from "./export-sources.ts";
import {
  exportReport,
  forecastOf,
  formatExported,
  formatForecast,
  formatOutcome,
  formatRestricted,
} from "./export-text.ts";

/** Above this many files an export is only made with `--yes`. */
const mostUnconfirmedFiles = 100_000;

/** Images worked on at once: one is drawn at a time, while others are read and written. */
const usualJobs = 4;

/** Carries `tessera export` out and returns the exit status. Throws CommandFaults, BucketError and WriteError. */
export async function exportFiles(command: ExportCommand, terminal: Terminal): Promise<number> {
  const { options } = command;
  const faults = [...exportContradictions(command)];
  const { service, open } = await nameSource(options, terminal, faults);
  const settings = service && settingsOf(options, service, faults);
  const openPlace = await namePlace(options, { terminal, service, faults });
  refuseFaults([...new Set(faults)]);
  if (service === undefined || settings === undefined || openPlace === undefined) {
    throw new Error("what is not known is a fault");
  }
  const buckets = open?.();
  try {
    const place = await openPlace();
    const plan = await planSources(command, { terminal, service, settings, buckets });
    return await carryOut(command, { terminal, settings, plan, buckets, place });
  } catch (error) {
    if (error === terminal.signal.reason) terminal.say(["Run the same command again."]);
    if (error instanceof PlaceFault) throw new CommandFaults([error.message]);
    throw error;
  } finally {
    terminal.show("");
    await buckets?.close();
  }
}

/** Finds out which buckets the masters are in; files of this machine are in none. */
async function nameSource(
  options: ExportOptions,
  terminal: Terminal,
  faults: string[],
): Promise<{ readonly service: ServiceSettings | undefined; readonly open?: () => ServiceBuckets }> {
  const { from, state, bucket, catalogueBucket, account, endpoint, region, config } = options;
  if (from === undefined) {
    return { service: await gatherFaults(faults, () => readServiceSettings(terminal.service.configFile, terminal)) };
  }
  // An account may be that of the bucket that is written to.
  const isTargetRemote = from === "local" && options.to?.startsWith("r2:") === true;
  const storage = isTargetRemote ? {} : { account, endpoint, region };
  const given = { to: from, state, bucket, catalogueBucket, config, ...storage };
  const named = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    to: typeof from;
  };
  return nameBuckets(named, { terminal, asked: ["masters", "catalogue"], faults, placeOption: "--from" });
}

function settingsOf(options: ExportOptions, service: ServiceSettings, faults: string[]): ExportSettings | undefined {
  const { api = "3", tile, thumbs = [], alsoRounded = false, base = service.base } = options;
  const rules = service.derivatives;
  if (base === "") faults.push("--base is missing, because wrangler.toml has no BASE_URL: the address of the export");
  if ("fault" in rules) {
    faults.push(`wrangler.toml is wrong: ${rules.fault}`);
    return undefined;
  }
  const { jpegQuality, colorProfile, keepMetadata } = rules.settings;
  return {
    base,
    imagePrefix: service.imagePrefix,
    versions: api === "both" ? [3, 2] : [api === "3" ? 3 : 2],
    tile,
    style: { qualities: { jpeg: options.quality ?? jpegQuality, webp: webpQuality }, colorProfile, keepMetadata },
    limits: rules.limits,
    thumbnailWidths: thumbs,
    isAlsoRounded: alsoRounded,
  };
}

interface NamedPlace {
  readonly terminal: Terminal;
  readonly service: ServiceSettings | undefined;
  readonly faults: string[];
}

async function namePlace(
  options: ExportOptions,
  { terminal, service, faults }: NamedPlace,
): Promise<(() => Promise<ExportPlace>) | undefined> {
  const { to = "", account, endpoint, region } = options;
  const [, bucket, path = ""] = /^r2:([a-z\d][a-z\d.-]*)(?:\/(.*))?$/.exec(to) ?? [];
  if (bucket !== undefined) {
    const storage = Object.fromEntries(
      Object.entries({ account, endpoint, region }).filter(([, value]) => value !== undefined),
    );
    const request = {
      options: { to: "remote", bucket, ...storage },
      service,
      terminal,
      asked: ["masters"],
      faults,
    } as const;
    const open = bucketsOpener(request);
    const prefix = path.replace(/^\/+|\/+$/g, "");
    return () => bucketPlace(open().masters, prefix === "" ? "" : `${prefix}/`);
  }
  if (to.startsWith("r2:")) faults.push(`--to is ${JSON.stringify(to)}, not r2:BUCKET/PREFIX`);
  if (to === "" || to.startsWith("r2:")) return undefined;
  const file = resolve(terminal.folder, to);
  const place = await unlessTaken(faults, () => (to.toLowerCase().endsWith(".zip") ? zipPlace : folderPlace)(file));
  return place && (async () => place);
}

/** Returns a place; where it is taken, adds that to the faults. */
async function unlessTaken(faults: string[], look: () => Promise<ExportPlace>): Promise<ExportPlace | undefined> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof PlaceFault)) throw error;
    faults.push(error.message);
    return undefined;
  }
}

interface Planning {
  readonly terminal: Terminal;
  readonly service: ServiceSettings;
  readonly settings: ExportSettings;
  readonly buckets: ServiceBuckets | undefined;
}

async function planSources(
  { sources: names, options }: ExportCommand,
  { terminal, service, settings, buckets }: Planning,
): Promise<ExportPlan & { readonly unknown: readonly string[] }> {
  const unknown: string[] = [];
  const { object, match, includeRestricted: includesRestricted = false } = options;
  const { naming } = service;
  const onUnknown = (name: string): void => void unknown.push(name);
  const found =
    buckets === undefined
      ? await fileSources(names, { naming, match })
      : {
          sources: storedSources(buckets, { names, object, match, naming, includesRestricted, onUnknown }),
          failures: [],
        };
  const { signal } = terminal;
  const onPlanned = (images: number): void => terminal.show(`${images} looked at`);
  const { images, failures, restricted } = await planExport(found.sources, settings, { signal, onPlanned });
  return { images, failures: [...found.failures, ...failures], restricted, unknown };
}

interface Carrying extends Pick<Planning, "terminal" | "settings" | "buckets"> {
  readonly plan: ExportPlan & { readonly unknown: readonly string[] };
  readonly place: ExportPlace;
}

async function carryOut(
  { options }: ExportCommand,
  { terminal, settings, buckets, plan, place }: Carrying,
): Promise<number> {
  const { dryRun = false, json = false, manifests = false, jobs = usualJobs, yes = false } = options;
  const unknown = plan.unknown.map((name) => `There is no image ${name}, and none whose identifier starts with it.`);
  terminal.say(unknown);
  terminal.say(formatRestricted(plan.restricted));
  const forecast = forecastOf(plan, place);
  const { files } = forecast;
  terminal.show("");
  if (dryRun) {
    terminal.print(
      json
        ? exportReport({
            isDry: true,
            place,
            forecast,
            failures: plan.failures,
            restricted: plan.restricted,
            unknown: plan.unknown,
          })
        : formatForecast(forecast, plan.failures),
    );
    return plan.failures.length + unknown.length > 0 ? exitStatus.failed : exitStatus.well;
  }
  if (files > mostUnconfirmedFiles && !yes) {
    throw new CommandFaults([...formatForecast(forecast, []), `above ${mostUnconfirmedFiles} files, --yes is needed`]);
  }
  if (!json) terminal.say(formatForecast(forecast, []));
  let done = 0;
  await ensureKernel(terminal.projectFolder, terminal);
  const outcome: ExportOutcome = await runExport({
    plan,
    settings,
    place,
    tools: openDrawingTools(),
    jobs,
    catalogue: manifests ? buckets?.catalogue : undefined,
    includesRestricted: options.includeRestricted === true,
    isDeleting: options.delete === true,
    signal: terminal.signal,
    onFile: (identifier) => {
      done += 1;
      terminal.show(formatCheckProgress({ files, done, path: identifier }));
    },
    onImage: (identifier, image) => {
      const isTold = image.status === "failed" || image.status === "left-out";
      if (!terminal.isWatched || isTold) terminal.say([formatExported(identifier, image)]);
    },
  });
  terminal.show("");
  const told = {
    isDry: false,
    place,
    forecast,
    failures: outcome.failures,
    restricted: outcome.restricted,
    unknown: plan.unknown,
    outcome,
  };
  terminal.print(json ? exportReport(told) : formatOutcome(outcome, place));
  const isWell = outcome.failures.length + outcome.leftOut.length + unknown.length === 0;
  return isWell ? exitStatus.well : exitStatus.failed;
}
