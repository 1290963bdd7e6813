import { type ImageMove, lookAtMove, moveImage } from "../job/move-image.ts";
import type { MoveStep } from "../job/move-plan.ts";
import { formatMegabytes } from "../node/megabytes.ts";
import type { Terminal } from "../node/terminal.ts";
import { refuseFaults } from "../settings/command-faults.ts";
import { prefixElsewhere } from "../settings/naming.ts";
import { exitStatus } from "./exit-status.ts";
import { identifierFaults, nameMasterOf } from "./identifiers.ts";
import type { MvCommand } from "./image-commands.ts";
import { formatPurgeOutcome, purgeAfterwards } from "./purge-afterwards.ts";
import { onBuckets, settleGround } from "./service-buckets.ts";

const stepTexts: Readonly<Record<MoveStep, string>> = {
  copy: "copy and compare the master",
  record: "write its record under the new identifier",
  object: "name it anew in its object and the collections that show it",
  redirect: "lead from the old identifier to the new one",
  "delete-master": "delete the old master",
  "delete-record": "delete the old record",
};

/** Carries `tessera mv` out and returns the exit status. Throws CommandFaults and BucketError. */
export async function mv({ from, to, options: given }: MvCommand, terminal: Terminal): Promise<number> {
  const faults: string[] = [];
  const { options, open, naming, base } = await settleGround(given, { terminal, faults });
  faults.push(...identifierFaults([from, to], naming));
  if (from === to) faults.push(`${from} is both the old and the new identifier`);
  // There the service would look for it on another server, and the image would be lost to everybody.
  const elsewhere = prefixElsewhere(to, naming);
  if (elsewhere !== undefined)
    faults.push(`${to} is read from elsewhere by the service: ORIGINS has a rule for ${elsewhere}`);
  refuseFaults([...new Set(faults)]);
  const buckets = open();
  const { signal } = terminal;
  const move: ImageMove = {
    ...{ from, to, buckets, signal },
    keyOf: (identifier) => nameMasterOf(identifier, naming),
    onStep: (step) => terminal.show(stepTexts[step]),
    onCopied: (bytes, of) => terminal.show(`${formatMegabytes(bytes)} of ${formatMegabytes(of)} MB copied`),
  };
  const print = (report: object, lines: readonly string[]) =>
    terminal.print(options.json === true ? JSON.stringify({ from, to, ...report }, undefined, 2).split("\n") : lines);
  return onBuckets(buckets, terminal, async () => {
    const plan = await lookAtMove(move);
    if ("refusal" in plan) {
      terminal.say([plan.refusal]);
      return exitStatus.failed;
    }
    const { steps } = plan;
    if (options.dryRun === true) {
      print({ steps }, [...steps.map((step) => stepTexts[step]), `${steps.length} steps; nothing was done`]);
      return exitStatus.well;
    }
    const moved = await moveImage(move, steps);
    terminal.show("");
    const { object, collections, told } = moved;
    const changed = { images: [from, to], objects: object === undefined ? [] : [object], collections };
    const purge = await purgeAfterwards(changed, { choice: options, terminal, base });
    const what = steps.length === 0 ? "had moved before" : "moved";
    print({ ...moved, purge }, [
      `${from} ${what} to ${to}${object === undefined ? "" : `, a page of ${object}`}; in ${buckets.masters.name}`,
      ...(told > 0 ? [`The feed tells ${told} ${told === 1 ? "change" : "changes"}`] : []),
      ...formatPurgeOutcome(purge),
    ]);
    return exitStatus.well;
  });
}
