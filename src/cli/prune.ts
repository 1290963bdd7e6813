import { type Bucket, BucketError } from "../bucket/bucket.ts";
import { type LastAccess, type LastAccessReading, readLastAccess } from "../job/last-access.ts";
import type { DerivativeCount, PruneOutcome, PruneReason } from "../job/prune.ts";
import { pruneDerivatives, pruneReasons } from "../job/prune.ts";
import { formatMegabytes } from "../node/megabytes.ts";
import type { Terminal } from "../node/terminal.ts";
import { longestKept } from "../operation/retention.ts";
import { CommandFaults } from "../settings/command-faults.ts";
import type { PruneOptions } from "../settings/operation-options.ts";
import { openBuckets } from "./choose-buckets.ts";
import type { StoredCommand } from "./command.ts";
import { count } from "./count.ts";
import { exitStatus } from "./exit-status.ts";
import { formatJson } from "./report-json.ts";

/** Carries `tessera prune` out and returns the exit status. Throws CommandFaults and BucketError. */
export async function prune(
  { options }: StoredCommand & { readonly kind: "prune" },
  terminal: Terminal,
): Promise<number> {
  const isByAge = options.olderThan !== undefined;
  const asked = isByAge ? (["masters", "derivatives", "catalogue"] as const) : (["masters", "derivatives"] as const);
  const { buckets, service } = await openBuckets(options, { terminal, asked });
  try {
    const rules = service.derivatives;
    // What a wrong configuration would ask for is not known, and all would look as if nobody did.
    if ("fault" in rules) throw new CommandFaults([`wrangler.toml is wrong: ${rules.fault}`]);
    const reasons = reasonsOf(options);
    const { olderThan: days = Number.POSITIVE_INFINITY, dryRun: isDry = false } = options;
    const now = Date.now();
    const known = { naming: service.naming, since: now - longestKept(days) };
    const lastAccess = isByAge ? await findLastAccess(buckets.catalogue, known, terminal) : undefined;
    const outcome = await pruneDerivatives(
      { ...buckets, rules },
      { reasons, days, now, isDry, ...(lastAccess && { lastAccess }) },
      { signal: terminal.signal, onProgress: (derivatives) => terminal.show(`${derivatives} looked at`) },
    );
    terminal.show("");
    terminal.print(options.json === true ? formatReport(outcome, isDry) : formatOutcome(outcome, { reasons, isDry }));
    const { failure } = outcome;
    if (failure === undefined) return exitStatus.well;
    terminal.say([...(failure.code === "stopped" ? [] : [failure.message]), "Run the same command again to go on."]);
    return failure.code === "stopped" ? exitStatus.stopped : exitStatus.failed;
  } finally {
    terminal.show("");
    await buckets.close();
  }
}

/** A roll-up that can't be read tells of no access, and then nothing is taken for unused: the run ends. */
function findLastAccess(
  catalogue: Bucket,
  known: Pick<LastAccessReading, "naming" | "since">,
  { signal, show }: Terminal,
): Promise<LastAccess> {
  const onProblem = (key: string, reason: string): never => {
    throw new BucketError("failed", `${key} can't be read, which says when images were asked for: ${reason}`);
  };
  return readLastAccess(catalogue, {
    ...known,
    signal,
    onProgress: (done) => show(`${done} roll-ups`),
    onProblem,
  });
}

function reasonsOf({ stale, orphans, unknownSettings, olderThan }: PruneOptions): ReadonlySet<PruneReason> {
  const named: readonly (readonly [PruneReason, boolean])[] = [
    ["stale", stale === true],
    ["orphan", orphans === true],
    ["unknown-settings", unknownSettings === true],
    ["old", olderThan !== undefined],
  ];
  const reasons = named.flatMap(([reason, isAsked]) => (isAsked ? [reason] : []));
  return new Set(reasons.length === 0 ? ["stale", "orphan"] : reasons);
}

function formatReport({ removed, kept, failure }: PruneOutcome, isDry: boolean): readonly string[] {
  return formatJson({ dryRun: isDry, removed, kept, ...(failure && { failure: failure.message }) });
}

const reasonWords: Readonly<Record<PruneReason, string>> = {
  stale: "master replaced",
  orphan: "master gone",
  "unknown-settings": "no request leads to them",
  old: "older than asked for",
};

function formatOutcome(
  { removed, kept }: PruneOutcome,
  { reasons, isDry }: { readonly reasons: ReadonlySet<PruneReason>; readonly isDry: boolean },
): readonly string[] {
  const verb = isDry ? "Would remove" : "Removed";
  const lines = pruneReasons
    .filter((reason) => reasons.has(reason))
    .map((reason) => `${verb} ${formatCount(removed[reason])}: ${reasonWords[reason]}`);
  return [...lines, `${isDry ? "Would keep" : "Kept"} ${formatCount(kept)}`];
}

function formatCount({ derivatives, bytes }: DerivativeCount): string {
  return `${count(derivatives, "derivative")} of ${formatMegabytes(bytes)} MB`;
}
