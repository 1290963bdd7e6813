import type { MergedReport } from "../job/report-merge.ts";
import { count } from "./count.ts";
import { formatPurgeOutcome, type PurgeOutcome } from "./purge-afterwards.ts";
import { formatReport } from "./report-text.ts";

/** Formats a report that was made of those of shards for a person, as lines. */
export function formatMergedReport(merged: MergedReport, purges: readonly PurgeOutcome[]): readonly string[] {
  const { shards, slowest, faults, elapsedSeconds, warnings } = merged;
  const seconds = shards.merged.map((shard) => shard.seconds);
  const fastest = seconds.length > 0 ? Math.min(...seconds) : 0;
  const longest = shards.merged.find((shard) => shard.seconds === Math.max(...seconds));
  const spread =
    longest && `; the fastest took ${fastest.toFixed(1)} s, ${longest.shard} ${longest.seconds.toFixed(1)} s`;
  const shown = slowest.slice(0, 3).map((image) => `${image.identifier} ${image.seconds.toFixed(1)} s`);
  const unpurged = purges.filter(({ state }) => state === "not-purged");
  return [
    ...warnings.map((warning) => `Note: ${warning}`),
    ...formatReport(merged, { isComplete: false }),
    `Shards: ${count(shards.merged.length, "report")}, ${elapsedSeconds.toFixed(1)} s from the first start to the last end${spread ?? ""}`,
    ...(shown.length > 0 ? [`Slowest: ${shown.join(", ")}`] : []),
    ...unpurged.flatMap(formatPurgeOutcome),
    ...shards.doubled.map((shard) => `Note: shard ${shard} has several reports, of which the latest counts.`),
    ...faults.map((fault) => `Wrong: ${fault}.`),
    ...shards.missing.map((shard) =>
      shard === "last"
        ? "Missing: --shard last, which writes collections when all shards are done."
        : `Missing: the report of shard ${shard}.`,
    ),
  ];
}
