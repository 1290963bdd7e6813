import { anybody } from "../access/decide.ts";
import { formatPolicy } from "../access/policy.ts";
import { findPattern, unknownNames } from "../access/rules.ts";
import { readStoredRules } from "../job/access-rules.ts";
import { readStatedRecord } from "../job/image-record.ts";
import type { Terminal } from "../node/terminal.ts";
import { isClosedUnrecorded, policiesOf } from "../policies.ts";
import { refuseFaults } from "../settings/command-faults.ts";
import type { PolicyCommand } from "./access-commands.ts";
import { describeNow, describePolicy } from "./access-text.ts";
import { alignRows, type Row } from "./check-text.ts";
import { exitStatus } from "./exit-status.ts";
import { findMaster } from "./find-master.ts";
import { identifierFaults } from "./identifiers.ts";
import { onBuckets, settleGround } from "./service-buckets.ts";

/** Carries `tessera access show` out and returns the exit status. Throws CommandFaults, BucketError, ImageError. */
export async function showAccess({ names, options: given }: PolicyCommand, terminal: Terminal): Promise<number> {
  const faults: string[] = [];
  const { options, open, naming } = await settleGround(given, { terminal, faults });
  faults.push(...identifierFaults(names, naming));
  refuseFaults([...new Set(faults)]);
  const buckets = open();
  return onBuckets(buckets, terminal, async () => {
    const { rules } = await readStoredRules(buckets.catalogue);
    const now = Date.now();
    let missing = 0;
    for (const identifier of names) {
      const record = await readStatedRecord(buckets.catalogue, identifier);
      const isStored = (await findMaster(buckets.masters, identifier, naming)) !== undefined;
      if (!isStored) {
        missing += 1;
        terminal.say([`There is no image ${identifier} in ${buckets.masters.name}.`]);
        if (record === undefined) continue;
      }
      const rule = findPattern(rules, identifier);
      const policies = policiesOf(rules, identifier, record);
      const unknown = record?.policy === undefined ? [] : unknownNames(record.policy, rules);
      const rows: readonly Row[] = [
        [
          "record",
          record === undefined ? formatMissing(isClosedUnrecorded(rules, identifier)) : describePolicy(record.policy),
        ],
        ["rule", rule === undefined ? "none" : `${rule.match}: ${describePolicy(rule.policy)}`],
        ...describeNow(policies, anybody, { rules, now }),
        ...unknown.map((fault): Row => ["wrong", `${fault}: nobody is let in by it`]),
      ];
      terminal.print(
        options.json === true
          ? [
              JSON.stringify({
                identifier,
                policy: record?.policy && formatPolicy(record.policy),
                rule: rule && { match: rule.match, ...formatPolicy(rule.policy) },
                ...Object.fromEntries(describeNow(policies, anybody, { rules, now })),
              }),
            ]
          : [identifier, ...alignRows(rows)],
      );
    }
    return missing === 0 ? exitStatus.well : exitStatus.failed;
  });
}

function formatMissing(isClosed: boolean): string {
  return isClosed ? "none, so it is closed: its rule is not open to all" : "none";
}
