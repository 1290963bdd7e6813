import { matchesGlob } from "node:path";
import type { Bucket } from "../bucket/bucket.ts";
import {
  lookAtRemoval,
  type PlannedRemoval,
  type Removal,
  type Removed,
  readObject,
  removeImages,
} from "../job/remove-images.ts";
import { listMasters } from "../job/stored-masters.ts";
import type { Terminal } from "../node/terminal.ts";
import { CommandFaults, refuseFaults } from "../settings/command-faults.ts";
import type { Naming } from "../settings/naming.ts";
import type { RmOptions } from "../settings/operation-options.ts";
import { count } from "./count.ts";
import { exitStatus } from "./exit-status.ts";
import { identifierFaults, nameMasterOf } from "./identifiers.ts";
import type { RmCommand } from "./image-commands.ts";
import { formatPurgeOutcome, type PurgeOutcome, purgeAfterwards } from "./purge-afterwards.ts";
import { onBuckets, settleGround } from "./service-buckets.ts";

/** More images than this are removed only once somebody said yes. */
const mostUnasked = 10;

/** Carries `tessera rm` out and returns the exit status. Throws CommandFaults and BucketError. */
export async function rm({ identifiers: named, options: given }: RmCommand, terminal: Terminal): Promise<number> {
  const faults: string[] = [];
  const { options, open, naming, base } = await settleGround(given, { terminal, faults });
  faults.push(...identifierFaults(named, naming));
  refuseFaults([...new Set(faults)]);
  const buckets = open();
  const { signal } = terminal;
  return onBuckets(buckets, terminal, async () => {
    const found = await findIdentifiers({ named, options, naming }, buckets);
    const removal: Removal = {
      identifiers: found,
      object: options.object,
      buckets,
      keyOf: (identifier) => nameMasterOf(identifier, naming),
      keepsGone: options.keepGone === true,
      signal,
      onProgress: (images) => terminal.show(`${images} of ${count(found.length, "image")} removed`),
    };
    const plan = await lookAtRemoval(removal);
    if (options.dryRun === true) {
      printDry(plan, { options, terminal });
      return isAllThere(plan, options) ? exitStatus.well : exitStatus.failed;
    }
    if (!(await isWanted(plan, { options, terminal }))) {
      if (signal.aborted) return exitStatus.stopped;
      terminal.say(["Nothing was removed."]);
      return exitStatus.failed;
    }
    const choice = { choice: options, terminal, base };
    // What is not there may have been removed by a run that broke off before it was purged.
    let images: PurgeOutcome | undefined;
    const purge = async () => {
      terminal.show("");
      images = found.length === 0 ? undefined : await purgeAfterwards({ images: found }, choice);
    };
    const removed = await removeImages(removal, plan, purge);
    const objects = plan.objects;
    const documents =
      objects.length === 0
        ? undefined
        : await purgeAfterwards({ images: [], objects, collections: removed.collections }, choice);
    return finish({ plan, removed, purges: [images, documents] }, { options, terminal });
  });
}

interface Wanted {
  readonly named: readonly string[];
  readonly options: RmOptions;
  readonly naming: Naming;
}

/** Returns the identifiers that are meant. Throws CommandFaults where a pattern or an object means none. */
async function findIdentifiers(
  { named, options, naming }: Wanted,
  { masters, catalogue }: { readonly masters: Bucket; readonly catalogue: Bucket },
): Promise<readonly string[]> {
  const { match, object } = options;
  if (match !== undefined) return matchIdentifiers(masters, match, naming);
  if (object === undefined) return named;
  const work = await readObject(catalogue, object);
  const images = work?.pages.flatMap(({ images }) => images.map(({ identifier }) => identifier)) ?? [];
  return [...new Set(images)];
}

/** The characters of a pattern that stand for others. */
const patternCharacters = /[*?[{(!+@\\]/;

async function matchIdentifiers(masters: Bucket, pattern: string, naming: Naming): Promise<readonly string[]> {
  const [start = ""] = pattern.split(patternCharacters, 1);
  const found: string[] = [];
  for await (const { identifier } of listMasters(masters, { naming, prefix: start })) {
    if (matchesGlob(identifier, pattern)) found.push(identifier);
  }
  return found;
}

interface Told {
  readonly options: RmOptions;
  readonly terminal: Terminal;
}

/** Whether all that was named is there; of an object images may have gone before. */
function isAllThere({ images, missing, emptied }: PlannedRemoval, { object }: RmOptions): boolean {
  if (object !== undefined) return emptied.includes(object);
  return images.length > 0 && missing.length === 0;
}

async function isWanted({ images }: PlannedRemoval, { options, terminal }: Told): Promise<boolean> {
  if (images.length <= mostUnasked || options.yes === true) return true;
  if (terminal.confirm === undefined) {
    throw new CommandFaults([`${images.length} images would be removed: add --yes, or --dry-run to see which`]);
  }
  return terminal.confirm(`Remove ${images.length} images?`);
}

function printDry(plan: PlannedRemoval, { options, terminal }: Told): void {
  const { images, missing, changed, emptied } = plan;
  const identifiers = images.map(({ identifier }) => identifier);
  const report = { dryRun: true, images: identifiers, missing, changed, emptied };
  const lines = [
    ...identifiers,
    ...changed.map(({ key, pages }) => `the object ${key} keeps ${count(pages, "page")}`),
    ...emptied.map((key) => `the object ${key} has no page left, and goes`),
    `${count(images.length, "image")}; nothing was removed`,
  ];
  terminal.print(options.json === true ? JSON.stringify(report, undefined, 2).split("\n") : lines);
  tellMissing(plan, { options, terminal });
}

function tellMissing({ missing, images, emptied }: PlannedRemoval, { options, terminal }: Told): void {
  const { object, match } = options;
  if (object !== undefined && !emptied.includes(object)) terminal.say([`There is no object ${object}.`]);
  if (object === undefined) terminal.say(missing.map((identifier) => `There is no image ${identifier}.`));
  if (match !== undefined && images.length === 0) terminal.say([`No image fits ${match}.`]);
}

function formatPurges([images, documents]: Done["purges"]): readonly string[] {
  const lines = images === undefined ? [] : formatPurgeOutcome(images);
  if (documents === undefined) return lines;
  if (documents.state === "not-purged") return [...lines, ...formatPurgeOutcome(documents)];
  return [...lines, "Purged: the documents of objects and collections that have changed"];
}

interface Done {
  readonly plan: PlannedRemoval;
  readonly removed: Removed;
  /** Of images, and of documents. */
  readonly purges: readonly (PurgeOutcome | undefined)[];
}

function finish({ plan, removed, purges }: Done, { options, terminal }: Told): number {
  const { images, missing, changed, emptied } = plan;
  const outcomes = purges.filter((outcome) => outcome !== undefined);
  const identifiers = images.map(({ identifier }) => identifier);
  const report = { images: identifiers, missing, changed, emptied, ...removed, purges: outcomes };
  terminal.print(
    options.json === true
      ? JSON.stringify(report, undefined, 2).split("\n")
      : [
          `Removed: ${count(images.length, "image")}, ${count(emptied.length, "object")}; ${count(changed.length, "object")} changed`,
          ...(removed.told > 0 ? [`The feed tells ${count(removed.told, "change")}`] : []),
          ...formatPurges(purges),
          ...(emptied.length + changed.length > 0 && options.to !== undefined
            ? [`Searches find the text of the pages until you run: npx tessera index --to ${options.to}`]
            : []),
        ],
  );
  tellMissing(plan, { options, terminal });
  // On this machine nothing stands in front of the service.
  const isWithdrawn = options.to === "local" || outcomes.every(({ state }) => state === "purged");
  return isAllThere(plan, options) && isWithdrawn ? exitStatus.well : exitStatus.failed;
}
