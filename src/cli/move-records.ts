import { type MoveOutcome, moveFormerRecords } from "../job/former-records.ts";
import type { Terminal } from "../node/terminal.ts";
import { openBuckets } from "./choose-buckets.ts";
import type { MoveRecordsCommand } from "./command.ts";
import { exitStatus } from "./exit-status.ts";

/** Carries `tessera move-records` out and returns the exit status. Throws CommandFaults. */
export async function moveRecords({ options: given }: MoveRecordsCommand, terminal: Terminal): Promise<number> {
  const { buckets } = await openBuckets(given, { terminal, asked: ["masters", "catalogue"] });
  try {
    const outcome = await moveFormerRecords(buckets, {
      signal: terminal.signal,
      onProgress: (objects) => terminal.show(`${objects} done`),
      onLeft: (key, reason) => terminal.say([`left      ${key}: ${reason}`]),
    });
    terminal.show("");
    terminal.print(formatMove(outcome, { from: buckets.masters.name, to: buckets.catalogue.name }));
    const { left, failure } = outcome;
    if (failure?.code === "stopped") return exitStatus.stopped;
    if (failure !== undefined) terminal.say([failure.message]);
    return left > 0 || failure !== undefined ? exitStatus.failed : exitStatus.well;
  } finally {
    terminal.show("");
    await buckets.close();
  }
}

function formatMove(
  { moved, copiedBefore, left, failure }: MoveOutcome,
  { from, to }: { readonly from: string; readonly to: string },
): readonly string[] {
  const counts = [
    `${moved} moved`,
    ...(copiedBefore > 0 ? [`${copiedBefore} copied before and now deleted`] : []),
    ...(left > 0 ? [`${left} left`] : []),
  ];
  return [
    `Records: ${counts.join(", ")}; from ${from} to ${to}`,
    ...(left > 0 ? ["docs/ingest.md says what to do with those that are left."] : []),
    ...(failure === undefined ? [] : ["Run the same command again to resume."]),
  ];
}
