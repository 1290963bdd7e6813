import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type AccessRules, noRules, parseRules, rulesKey } from "../access/rules.ts";
import { type Bucket, mostReadBytes, type ServiceBuckets } from "../bucket/bucket.ts";
import { checkedBytes } from "../bucket/upload.ts";
import { recordHeaders } from "../job/catalogue-record.ts";
import { affectedBy, idleRules, readStated, type StatedThings, undescribed } from "../job/rules-effect.ts";
import type { Terminal } from "../node/terminal.ts";
import { refuseFaults } from "../settings/command-faults.ts";
import type { PolicyCommand } from "./access-commands.ts";
import { describePolicy } from "./access-text.ts";
import { count } from "./count.ts";
import { exitStatus } from "./exit-status.ts";
import { formatPurgeOutcome, purgeAfterwards } from "./purge-afterwards.ts";
import { onBuckets, type ServiceGround, settleGround } from "./service-buckets.ts";

/** Records with unknown names that are told one by one. */
const mostTold = 20;

/** Carries `tessera access rules` out and returns the exit status. Throws CommandFaults and BucketError. */
export async function accessRules(command: PolicyCommand, terminal: Terminal): Promise<number> {
  const { names, options: given } = command;
  const [what = "show", file = ""] = names;
  const faults: string[] = [];
  const made = what === "show" ? undefined : await readRulesFile(file, { folder: terminal.folder, faults });
  if (what === "check" && given.to === undefined) {
    refuseFaults(faults);
    terminal.print([
      ...describeRules(made?.rules ?? noRules),
      "Nothing is wrong; --to says where records are looked at",
    ]);
    return exitStatus.well;
  }
  const ground = await settleGround(given, { terminal, faults });
  refuseFaults([...new Set(faults)]);
  const buckets = ground.open();
  return onBuckets(buckets, terminal, async () => {
    if (made === undefined) return show(buckets.catalogue, command, terminal);
    return what === "set" ? store(made, { ground, buckets, terminal }) : check(made, { ground, buckets, terminal });
  });
}

interface RulesFile {
  readonly bytes: Uint8Array;
  readonly rules: AccessRules;
}

async function readRulesFile(
  file: string,
  { folder, faults }: { readonly folder: string; readonly faults: string[] },
): Promise<RulesFile | undefined> {
  try {
    const bytes = await readFile(resolve(folder, file));
    const read =
      bytes.byteLength > mostReadBytes
        ? ({ kind: "faulty", faults: [`it has more than ${mostReadBytes} bytes`] } as const)
        : parseRules(bytes);
    if (read.kind === "rules") return { bytes, rules: read.rules };
    faults.push(...read.faults.map((fault) => `${file}: ${fault}`));
  } catch (error) {
    faults.push(`${file} can't be read: ${error instanceof Error ? error.message : error}`);
  }
  return undefined;
}

async function show(catalogue: Bucket, { options }: PolicyCommand, terminal: Terminal): Promise<number> {
  const stored = await catalogue.get(rulesKey);
  if (stored === undefined) {
    terminal.say([`There is no ${rulesKey} in ${catalogue.name}: what records don't state is open.`]);
    return exitStatus.well;
  }
  const read = parseRules(stored.bytes);
  if (options.json === true || read.kind === "faulty")
    terminal.print(new TextDecoder().decode(stored.bytes).trimEnd().split(/\r?\n/));
  else terminal.print(describeRules(read.rules));
  if (read.kind === "rules") return exitStatus.well;
  terminal.say([...read.faults, `${rulesKey} in ${catalogue.name} is wrong, and no image is shown`]);
  return exitStatus.failed;
}

function describeRules({ patterns, networks, clicks, roles, watermarks }: AccessRules): readonly string[] {
  const names = (kind: string, map: ReadonlyMap<string, unknown>): readonly string[] =>
    map.size === 0 ? [] : [`${kind}: ${[...map.keys()].join(", ")}`];
  return [
    ...patterns.map(({ match, policy }) => `${match}: ${describePolicy(policy)}`),
    ...names("networks", networks),
    ...names("clicks", clicks),
    ...names("roles", roles),
    ...names("watermarks", watermarks),
  ];
}

interface RulesRun {
  readonly ground: ServiceGround<PolicyCommand["options"]>;
  readonly buckets: ServiceBuckets;
  readonly terminal: Terminal;
}

/** Reads what is stored, and refuses rules that don't describe a name in it. */
async function readChecked({ rules }: RulesFile, { ground, buckets, terminal }: RulesRun): Promise<StatedThings> {
  const { signal } = terminal;
  const onProgress = (records: number) => terminal.show(`${count(records, "record")} read`);
  const stated = await readStated({ buckets, naming: ground.naming, signal, onProgress });
  terminal.show("");
  terminal.say(stated.damaged.map((fault) => `Note: ${fault}; tessera verify says more`));
  const faults = undescribed(stated, rules);
  const more = faults.length > mostTold ? [`${faults.length - mostTold} more records have such names`] : [];
  refuseFaults([...faults.slice(0, mostTold), ...more]);
  return stated;
}

async function check(made: RulesFile, run: RulesRun): Promise<number> {
  const stated = await readChecked(made, run);
  const former = await run.buckets.catalogue.get(rulesKey);
  const { images, objects } = affectedBy(stated, { before: rulesOf(former?.bytes), after: made.rules });
  run.terminal.print([
    ...describeRules(made.rules),
    ...notesOf(stated, made.rules),
    `Nothing is wrong; ${count(images.length, "image")} and ${count(objects.length, "object")} would be affected`,
  ]);
  return exitStatus.well;
}

async function store(made: RulesFile, run: RulesRun): Promise<number> {
  const { ground, buckets, terminal } = run;
  const { catalogue } = buckets;
  const { options, base } = ground;
  const former = await catalogue.get(rulesKey);
  const stated = await readChecked(made, run);
  const affected = affectedBy(stated, { before: rulesOf(former?.bytes), after: made.rules });
  if (former !== undefined && Buffer.compare(former.bytes, made.bytes) === 0) {
    terminal.print([
      `${rulesKey} in ${catalogue.name} is the same already`,
      `After a run that broke off: npx tessera purge --everything --to ${options.to}`,
    ]);
    return exitStatus.well;
  }
  const headers = recordHeaders(made.bytes);
  const content = checkedBytes(made.bytes);
  const etag =
    former === undefined
      ? await catalogue.create(rulesKey, content, headers)
      : await catalogue.replace(rulesKey, content, { etag: former.etag, headers });
  if (etag === undefined) {
    terminal.say([`${rulesKey} in ${catalogue.name} was changed by somebody else meanwhile. Nothing was stored.`]);
    return exitStatus.failed;
  }
  const { images, objects, collections } = affected;
  const isNothing = images.length + objects.length === 0;
  const purge = isNothing ? undefined : await purgeAfterwards(affected, { choice: options, terminal, base });
  const idle = idleRules(stated, made.rules);
  const report = { stored: rulesKey, ...affected, idle, ...(purge && { purge }) };
  terminal.print(
    options.json === true
      ? JSON.stringify(report, undefined, 2).split("\n")
      : [
          ...describeRules(made.rules),
          ...notesOf(stated, made.rules),
          `${rulesKey} stored in ${catalogue.name}; ${count(images.length, "image")}, ${count(objects.length, "object")} and ${count(collections.length, "collection")} are affected`,
          ...(purge === undefined ? [] : formatPurgeOutcome(purge)),
        ],
  );
  return options.to === "local" || purge === undefined || purge.state === "purged"
    ? exitStatus.well
    : exitStatus.failed;
}

function notesOf(stated: StatedThings, rules: AccessRules): readonly string[] {
  return idleRules(stated, rules).map((sentence) => `Note: ${sentence}`);
}

/** Rules that can't be read show no image: nothing is kept by them. */
function rulesOf(bytes: Uint8Array | undefined): AccessRules {
  const read = bytes === undefined ? undefined : parseRules(bytes);
  return read?.kind === "rules" ? read.rules : noRules;
}
