import { mostPolicySeconds } from "../access/grant.ts";
import { formatPolicy, type Policy } from "../access/policy.ts";
import { unknownNames } from "../access/rules.ts";
import type { Bucket } from "../bucket/bucket.ts";
import { listObjects } from "../bucket/list-objects.ts";
import { recordKey } from "../catalogue/image-records.ts";
import { readStoredRules } from "../job/access-rules.ts";
import { type PoliciesSet, setPolicies } from "../job/set-policies.ts";
import { listMasters } from "../job/stored-masters.ts";
import type { Terminal } from "../node/terminal.ts";
import { statedPolicy } from "../settings/access-options.ts";
import { refuseFaults } from "../settings/command-faults.ts";
import type { Naming } from "../settings/naming.ts";
import type { ServiceSettings } from "../settings/service-settings.ts";
import type { PolicyCommand } from "./access-commands.ts";
import { describePolicy } from "./access-text.ts";
import { count } from "./count.ts";
import { exitStatus } from "./exit-status.ts";
import { identifierFaults, nameMasterOf } from "./identifiers.ts";
import { formatPurgeOutcome, type PurgeOutcome, purgeAfterwards } from "./purge-afterwards.ts";
import { onBuckets, settleGround } from "./service-buckets.ts";

/** Images that are told one by one; of more it is said how many. */
const mostTold = 20;

/** Carries `tessera access set` out and returns the exit status. Throws CommandFaults, BucketError, ImageError. */
export async function setAccess({ names, options: given }: PolicyCommand, terminal: Terminal): Promise<number> {
  const faults: string[] = [];
  const { options, open, naming, base, service } = await settleGround(given, { terminal, faults });
  faults.push(...identifierFaults(names, naming));
  refuseFaults([...new Set(faults)]);
  const buckets = open();
  const { signal } = terminal;
  const isDry = options.dryRun === true;
  return onBuckets(buckets, terminal, async () => {
    const part = statedPolicy(options);
    const { rules } = await readStoredRules(buckets.catalogue);
    refuseFaults(unknownNames(part, rules));
    const { prefix } = options;
    const identifiers = prefix === undefined ? names : await findImages(buckets, { prefix, naming });
    const set = await setPolicies({
      ...{ identifiers, buckets, isDry, signal },
      objects: options.allObjects === true ? "all" : "named",
      keyOf: (identifier) => nameMasterOf(identifier, naming),
      change: (former): Policy => ({ ...(options.clear === true ? {} : former), ...part }),
      onProgress: (images) => terminal.show(`${images} of ${count(identifiers.length, "image")}`),
    });
    terminal.show("");
    const { images, objects, collections } = set;
    const changed = { images: images.map(({ identifier }) => identifier), objects, collections };
    const purge =
      isDry || images.length === 0 ? undefined : await purgeAfterwards(changed, { choice: options, terminal, base });
    const told = { options, terminal, service };
    print(set, purge, told);
    if (prefix !== undefined && identifiers.length === 0)
      terminal.say([`There is no image whose identifier starts with ${prefix}.`]);
    // On this machine nothing stands in front of the service.
    const isPurged = options.to === "local" || purge === undefined || purge.state === "purged";
    return isPurged && set.missing.length === 0 && images.length > 0 ? exitStatus.well : exitStatus.failed;
  });
}

/** Finds the images whose identifiers start so, by their masters and by their records. */
async function findImages(
  { masters, catalogue }: { readonly masters: Bucket; readonly catalogue: Bucket },
  { prefix, naming }: { readonly prefix: string; readonly naming: Naming },
): Promise<readonly string[]> {
  const found = new Set<string>();
  for await (const { identifier } of listMasters(masters, { naming, prefix })) found.add(identifier);
  const [start = "", end = ""] = recordKey("|").split("|");
  for await (const { key } of listObjects(catalogue, `${start}${prefix}`)) {
    if (key.endsWith(end)) found.add(key.slice(start.length, -end.length));
  }
  return [...found].toSorted();
}

interface Told {
  readonly options: PolicyCommand["options"];
  readonly terminal: Terminal;
  readonly service: ServiceSettings | undefined;
}

function print(set: PoliciesSet, purge: PurgeOutcome | undefined, { options, terminal, service }: Told): void {
  const { images, missing, objects, told } = set;
  const isDry = options.dryRun === true;
  if (options.json === true) {
    const policies = images.map(({ policy, ...image }) => ({ ...image, policy: formatPolicy(policy) }));
    const report = { ...(isDry && { dryRun: true }), ...set, images: policies, ...(purge && { purge }) };
    terminal.print(JSON.stringify(report, undefined, 2).split("\n"));
  } else {
    const shown = images.slice(0, mostTold);
    const changed = images.filter(({ ending }) => ending !== "unchanged").length;
    terminal.print([
      ...shown.map(({ identifier, policy }) => `${identifier}: ${describePolicy(policy)}`),
      ...(images.length > shown.length ? [`and ${images.length - shown.length} more`] : []),
      `${count(changed, "image")} ${isDry ? "would change" : "changed"}, ${images.length - changed} as before; ${count(objects.length, "object")} of them`,
      ...(told > 0 ? [`The feed tells ${count(told, "change")}`] : []),
      ...(purge === undefined ? [] : formatPurgeOutcome(purge)),
      ...(purge === undefined || service === undefined ? [] : [worstCase(service)]),
    ]);
  }
  terminal.say(missing.map((identifier) => `There is no image ${identifier}, and no record of it.`));
}

/** Says how long anything may still be shown as it was. */
function worstCase({ masterTtlSeconds, imageMaxAgeSeconds }: ServiceSettings): string {
  return `Isolates that know it as it was trust that for ${masterTtlSeconds} s. Browsers that have a picture keep it for up to ${mostPolicySeconds} s, and for ${imageMaxAgeSeconds} s where nothing was stated of the image before.`;
}
