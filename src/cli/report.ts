import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { findStrangers, mergeReports, type ShareReport } from "../job/report-merge.ts";
import type { Terminal } from "../node/terminal.ts";
import { refuseFaults } from "../settings/command-faults.ts";
import { shardKind } from "../settings/shard.ts";
import type { ReportCommand } from "./command.ts";
import { exitStatus } from "./exit-status.ts";
import { formatMergedReport } from "./merged-text.ts";
import type { PurgeOutcome } from "./purge-afterwards.ts";
import { formatJson } from "./report-json.ts";

/** Carries `tessera report merge` out and returns the exit status. Throws CommandFaults where reports are not of one run. */
export async function report({ files, options }: ReportCommand, terminal: Terminal): Promise<number> {
  const faults: string[] = [];
  const reports: (ShareReport & { readonly purge: PurgeOutcome | undefined })[] = [];
  for (const name of new Set(files)) {
    const read = await readReport(resolve(terminal.folder, name));
    if (typeof read === "string") faults.push(`${name} ${read}`);
    else reports.push({ name, ...read });
  }
  refuseFaults(faults.length > 0 ? faults : findStrangers(reports));
  const merged = mergeReports(reports);
  const purges = reports.flatMap(({ purge }) => (purge === undefined ? [] : [purge]));
  const { totals, objectTotals, shards, faults: odd } = merged;
  terminal.print(
    options.json === true
      ? formatJson({ ...merged, ...(purges.length > 0 && { purges }) })
      : formatMergedReport(merged, purges),
  );
  const failed = totals.failed + totals.stopped + (objectTotals?.failed ?? 0) + shards.missing.length + odd.length;
  const isWhole = failed === 0 && (merged.collections ?? []).every(({ failure }) => failure === undefined);
  return isWhole && !(merged.feed && "failure" in merged.feed) ? exitStatus.well : exitStatus.failed;
}

type ReadReport = Pick<ShareReport, "shard" | "report"> & { readonly purge: PurgeOutcome | undefined };

/** Returns what is wrong with a file as text, to follow its name. */
async function readReport(path: string): Promise<ReadReport | string> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    return `can't be read: ${error instanceof Error ? error.message : error}`;
  }
  if (!isReport(content)) return "is not a report of tessera ingest, as --report and --json write it";
  const { shard, run, purge } = content;
  if (content.dryRun === true) return "is the report of a dry run, and nothing was done";
  if (shard === undefined || run === undefined) return "is the report of a run without shards, and has no others to it";
  const checked = shardKind.check(shard);
  if (!("value" in checked) || checked.value.kind === "auto") return `is of the shard ${shard}, which can't be`;
  return {
    shard: checked.value.kind === "part" ? checked.value : undefined,
    report: { ...content, shard, run },
    purge,
  };
}

type WrittenReport = ShareReport["report"] & { readonly purge?: PurgeOutcome; readonly dryRun?: boolean };

/** A report is a file of ours, which is taken as it is but for what tells it from other JSON. */
function isReport(content: unknown): content is Omit<WrittenReport, "shard" | "run"> & Partial<WrittenReport> {
  if (typeof content !== "object" || content === null || !("images" in content && "estimate" in content)) return false;
  if ("dryRun" in content) return true;
  const isTimed = "started" in content && Number.isFinite(Date.parse(String(content.started)));
  const isIdentified = !("run" in content) || typeof (content.run as { digest?: unknown } | null)?.digest === "string";
  return isTimed && isIdentified && Array.isArray(content.images) && "totals" in content && "to" in content;
}
