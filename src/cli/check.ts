import type { ServiceBuckets } from "../bucket/bucket.ts";
import { formatSkipped, type SkippedFiles } from "../job/skipped-files.ts";
import { failUnnamed } from "../job/source-failure.ts";
import { findFiles } from "../job/source-files.ts";
import type { Terminal } from "../node/terminal.ts";
import { refuseFaults } from "../settings/command-faults.ts";
import type { CheckOptions } from "../settings/options.ts";
import { ensureKernel } from "./build-kernels.ts";
import { formatBrief, formatTotals } from "./check-brief.ts";
import { openDrawer, openViewer } from "./check-drawer.ts";
import {
  type CheckedFile,
  checkFiles,
  countChecked,
  type FileToCheck,
  filesToCheck,
  type Totals,
} from "./check-files.ts";
import { printCheckJson } from "./check-json.ts";
import { showCheckProgress } from "./check-progress.ts";
import { mastersToCheck } from "./check-stored.ts";
import { formatCheck } from "./check-text.ts";
import { openBuckets } from "./choose-buckets.ts";
import type { CheckCommand } from "./command.ts";
import { exitStatus } from "./exit-status.ts";

/**
 * Runs `tessera check` and returns the exit status. Text and JSON are printed file by file as it is known. Throws
 * CommandFaults for paths that don't exist, and BucketError.
 */
export async function check({ sources, options }: CheckCommand, terminal: Terminal): Promise<number> {
  const { from: to } = options;
  if (to !== undefined) {
    const { brief, decode, strict, json, from, ...given } = options;
    const places = { terminal, asked: ["masters"], placeOption: "--from" } as const;
    const { buckets, service } = await openBuckets({ ...given, to }, places);
    try {
      return await checkStored(sources, { options, buckets, naming: service.naming, terminal });
    } finally {
      await buckets.close();
    }
  }
  const { files, unnamed, faults, skipped } = await findFiles(sources);
  refuseFaults(faults);
  terminal.say(formatSkipped(skipped).map((sentence) => `Note: ${sentence}`));
  const failed = unnamed.map(failUnnamed).map(({ source, failure }) => ({ path: source, report: undefined, failure }));
  const { totals, isStopped } = await run(filesToCheck(files), {
    options,
    terminal,
    failed,
    count: files.length,
    skipped,
  });
  return isStopped || totals.files < files.length + unnamed.length ? exitStatus.stopped : statusOf(totals, options);
}

interface StoredCheck {
  readonly options: CheckOptions;
  readonly buckets: ServiceBuckets;
  readonly naming: Parameters<typeof mastersToCheck>[2];
  readonly terminal: Terminal;
}

async function checkStored(
  names: readonly string[],
  { options, buckets, naming, terminal }: StoredCheck,
): Promise<number> {
  const unknown: string[] = [];
  const masters = mastersToCheck(buckets.masters, names, naming, (name) => void unknown.push(name));
  const { totals, isStopped } = await run(masters, { options, terminal, failed: [], count: undefined, skipped: [] });
  if (isStopped) return exitStatus.stopped;
  terminal.say(unknown.map((name) => `There is no image ${name}, and none whose identifier starts with it.`));
  return unknown.length > 0 ? exitStatus.failed : statusOf(totals, options);
}

function statusOf(totals: Totals, { strict }: CheckOptions): number {
  const isFailed = totals.part + totals.none > 0 || (strict === true && totals.warning > 0);
  return isFailed ? exitStatus.failed : exitStatus.well;
}

interface Run {
  readonly options: CheckOptions;
  readonly terminal: Terminal;
  /** Files that are no files to check. */
  readonly failed: readonly CheckedFile[];
  /** How many files there are, if that is known. */
  readonly count: number | undefined;
  readonly skipped: readonly SkippedFiles[];
}

async function run(
  files: Iterable<FileToCheck> | AsyncIterable<FileToCheck>,
  { options, terminal, failed, count, skipped }: Run,
): Promise<{ readonly totals: Totals; readonly isStopped: boolean }> {
  if (options.decode === true) await ensureKernel(terminal.projectFolder, terminal);
  const draw = options.decode === true ? openDrawer() : undefined;
  const see = options.decode === true ? openViewer() : undefined;
  const progress = showCheckProgress(count, terminal);
  const json = options.json === true ? printCheckJson(terminal) : undefined;
  const totals: Totals = { files: 0, whole: 0, part: 0, none: 0, error: 0, warning: 0, note: 0 };
  const tell = (file: CheckedFile): void => {
    countChecked(totals, file);
    if (json !== undefined) json.add(file);
    else terminal.print(options.brief === true ? [formatBrief(file)] : [...formatCheck(file), ""]);
  };
  // A check is only for who reads it: it ends when nobody does.
  const signal = AbortSignal.any([terminal.signal, terminal.unread]);
  let failure: unknown;
  try {
    for (const file of failed) tell(file);
    for await (const file of checkFiles(files, { draw, see, signal, onStart: progress.onStart })) {
      tell(file);
      progress.onEnd();
    }
  } catch (error) {
    failure = error;
  }
  terminal.show("");
  if (json === undefined) terminal.print([formatTotals(totals)]);
  else json.end(totals, skipped);
  // What was found before is told whole.
  if (failure !== undefined) throw failure;
  return { totals, isStopped: signal.aborted };
}
