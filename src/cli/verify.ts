import type { VerifyFinding } from "../check/verify-finding.ts";
import { type VerifyCounts, verifyStored } from "../job/verify.ts";
import type { Terminal } from "../node/terminal.ts";
import { ensureKernel } from "./build-kernels.ts";
import { openDrawer } from "./check-drawer.ts";
import { openBuckets } from "./choose-buckets.ts";
import type { StoredCommand } from "./command.ts";
import { count } from "./count.ts";
import { exitStatus } from "./exit-status.ts";

/** Carries `tessera verify` out and returns the exit status. Throws CommandFaults. */
export async function verify(
  { options }: StoredCommand & { readonly kind: "verify" },
  terminal: Terminal,
): Promise<number> {
  const { deep = false, json = false, sample: percent = 100 } = options;
  const { buckets, service } = await openBuckets(options, { terminal, asked: ["masters", "catalogue"] });
  // It is only for who reads it: it ends when nobody does.
  const signal = AbortSignal.any([terminal.signal, terminal.unread]);
  try {
    if (deep) await ensureKernel(terminal.projectFolder, terminal);
    const { failure, ...counts } = await verifyStored({
      ...buckets,
      naming: service.naming,
      percent,
      draw: deep ? openDrawer() : undefined,
      signal,
      onFinding: (finding) => terminal.print([json ? JSON.stringify(finding) : formatFinding(finding)]),
      onProgress: (done) => terminal.show(formatProgress(done)),
    });
    terminal.show("");
    const isEmpty = failure === undefined && isNothing(counts);
    const summary = isEmpty ? [formatNothing(percent)] : formatCounts(counts, percent);
    if (json) terminal.say(summary);
    else terminal.print(summary);
    if (failure?.code === "stopped") return exitStatus.stopped;
    if (failure !== undefined) terminal.say([failure.message]);
    return failure !== undefined || counts.findings > 0 || isEmpty ? exitStatus.failed : exitStatus.well;
  } finally {
    terminal.show("");
    await buckets.close();
  }
}

function formatFinding({ kind, name, code, message, mend }: VerifyFinding): string {
  return `${kind} ${name}: ${message} ${mend} (${code})`;
}

function formatProgress({ masters, records, objects, collections, findings }: VerifyCounts): string {
  return `${masters + records + objects + collections} verified, ${count(findings, "finding")}`;
}

/** Whether there was nothing to look at, which must not pass for a service that is well. */
function isNothing({ masters, records, objects, collections, findings }: VerifyCounts): boolean {
  return masters + records + objects + collections + findings === 0;
}

function formatNothing(percent: number): string {
  const why = percent < 100 ? `the sample of ${percent} % has nothing of what is stored` : "nothing is stored";
  return `Nothing was verified: ${why}.`;
}

function formatCounts(counts: VerifyCounts, percent: number): readonly string[] {
  const { masters, unsealed, records, objects, collections, findings } = counts;
  const verified = [
    count(masters, "master"),
    `${count(records, "record")} of images`,
    count(objects, "object"),
    count(collections, "collection"),
  ];
  return [
    `Verified ${verified.join(", ")}: ${findings === 0 ? "nothing is wrong" : count(findings, "finding")}`,
    ...(percent < 100 ? [`They are ${percent} % of all, and the same ones every time.`] : []),
    ...(unsealed > 0 ? [`${count(unsealed, "master")} without a checksum: their bytes could not be compared.`] : []),
  ];
}
