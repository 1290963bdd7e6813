import type { ServiceBuckets } from "../bucket/bucket.ts";
import { pruneDerivatives, pruneReasons } from "../job/prune.ts";
import { addStoredRollUps, countAllStored } from "../job/statistics.ts";
import type { Terminal } from "../node/terminal.ts";
import type { ServiceSettings } from "../settings/service-settings.ts";
import { hourMilliseconds } from "../statistics/hour.ts";
import { StatisticsSum } from "../statistics/report.ts";
import { openBuckets } from "./choose-buckets.ts";
import type { StoredCommand } from "./command.ts";
import { exitStatus } from "./exit-status.ts";
import { formatJson } from "./report-json.ts";
import { addRunning } from "./running-hours.ts";
import { describeStatistics, describeStorage, formatStatistics, type StorageReport } from "./stats-text.ts";

type StatsCommand = StoredCommand & { readonly kind: "stats" };

/** Carries `tessera stats` out and returns the exit status. Throws CommandFaults and BucketError. */
export async function stats({ options: given }: StatsCommand, terminal: Terminal): Promise<number> {
  const asked = given.storage === true ? (["masters", "catalogue", "derivatives"] as const) : (["catalogue"] as const);
  const { options, service, buckets } = await openBuckets(given, { terminal, asked });
  const { since = 24, by = "class", json = false } = options;
  let problems = 0;
  try {
    const sum = new StatisticsSum(Date.now() - since * hourMilliseconds);
    await addStoredRollUps(buckets.catalogue, sum, {
      signal: terminal.signal,
      onProgress: (done) => terminal.show(`${done} roll-ups`),
      onProblem: (key, reason) => {
        problems += 1;
        terminal.say([`problem   ${key}: ${reason}`]);
      },
    });
    const missing = await addRunning(sum, { choice: options, base: service.base }, terminal);
    const storage = given.storage === true ? await findStorage(service.derivatives, buckets, terminal) : undefined;
    terminal.show("");
    const report = {
      since,
      by,
      rows: sum.rows(by),
      total: sum.tally.total,
      others: sum.tally.others,
      periods: sum.periods,
      missing,
    };
    if (json) terminal.print(formatJson({ ...describeStatistics(report), ...(storage && { storage }) }));
    else terminal.print([...formatStatistics(report), ...(storage === undefined ? [] : describeStorage(storage))]);
    return problems > 0 ? exitStatus.failed : exitStatus.well;
  } finally {
    terminal.show("");
    await buckets.close();
  }
}

/** Counts what is stored, and what of the derivatives nothing asks for any longer. */
async function findStorage(
  rules: ServiceSettings["derivatives"],
  buckets: ServiceBuckets,
  { signal, show }: Terminal,
): Promise<StorageReport> {
  const counts = await countAllStored(buckets, { signal, onProgress: (done) => show(`${done} objects`) });
  if ("fault" in rules) return { counts, unused: undefined };
  const judged = await pruneDerivatives(
    { ...buckets, rules },
    { reasons: new Set(pruneReasons), days: Number.POSITIVE_INFINITY, now: Date.now(), isDry: true },
    { signal, onProgress: (derivatives) => show(`${derivatives} derivatives looked at`) },
  );
  if (judged.failure !== undefined) throw judged.failure;
  const { stale, orphan, "unknown-settings": unknownSettings } = judged.removed;
  return { counts, unused: { stale, orphan, unknownSettings } };
}
