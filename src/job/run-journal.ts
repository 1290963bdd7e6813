import { randomUUID } from "node:crypto";
import type { Bucket } from "../bucket/bucket.ts";
import { listObjects } from "../bucket/list-objects.ts";
import { checkedBytes } from "../bucket/upload.ts";
import {
  type Announced,
  announcedBy,
  announcedName,
  byKind,
  type FeedRun,
  feedRunKey,
  feedRunPrefix,
  formatFeedRun,
  parseFeedRun,
  type Resource,
  resourceKey,
} from "../catalogue/feed-run.ts";
import { atOnce, inOrder } from "./at-once.ts";
import { type RecordJournal, recordHeaders, type WrittenEnding } from "./catalogue-record.ts";
import { appendToFeed, type Change } from "./feed-append.ts";

/** What a run writes of objects and collections, to be told by the feed. */
export interface RunJournal {
  /** Names what this run may write: announced together, before the first of it is written. */
  readonly plan: (resources: readonly Resource[]) => void;
  /** Returns what keeps account of one record. */
  readonly of: (resource: Resource) => RecordJournal;
  /** Takes the record of an object away by `remove`, and keeps account of it. */
  readonly remove: (object: string, remove: () => Promise<void>) => Promise<void>;
  /**
   * Tells the feed what was written, by this run and by those that broke off before. Returns how many changes. Throws
   * BucketError and `record-malformed`; what was not told then is told by the next run.
   */
  readonly finish: () => Promise<number>;
}

/** Resources of one record, so that it can be read whole. */
const mostResources = 20_000;

/** How often a run says that it is alive, while it writes, and how long one counts as alive that does not. */
const renewMilliseconds = 5 * 60_000;
const aliveMilliseconds = 3 * renewMilliseconds;

const headsAtOnce = 8;

const changeTypes: Readonly<Record<WrittenEnding, Change["type"]>> = { created: "Create", replaced: "Update" };

/**
 * Opens the journal of a run. Before the first record is written, one write says which may be; each is marked with the run
 * that wrote it. So whatever breaks a run off, a later one finds what it wrote and did not tell. A run that changes
 * nothing writes nothing. In the end it tells for all others what they have not told: for all that are there, or, as one of many at once,
 * for those alone that are dead, so that not each of them looks at what each of the others writes.
 */
export function openJournal(
  catalogue: Bucket,
  now: () => number = Date.now,
  toldFor: "all" | "dead" = "all",
): RunJournal {
  const run = randomUUID();
  const planned = new Map<string, Announced>();
  /** Planned, and not announced yet. */
  const waiting = new Map<string, Announced>();
  const changes: Change[] = [];
  /** Records that were sent, and may be there though no answer said so. */
  const begun = new Map<string, Announced>();
  let records = 0;
  let seenAlive = 0;
  let announcing: Promise<void> = Promise.resolve();

  const plan = (announced: Announced): void => {
    const name = announcedName(announced);
    if (planned.has(name)) return;
    planned.set(name, announced);
    waiting.set(name, announced);
  };
  const announceAll = async (): Promise<void> => {
    while (waiting.size > 0) {
      const group = [...waiting.values()].slice(0, mostResources);
      const at = new Date(now()).toISOString();
      await writeRun(catalogue, feedRunKey(run, records + 1), { run, at, ...byKind(group) });
      records += 1;
      for (const announced of group) waiting.delete(announcedName(announced));
    }
  };
  const renew = async (): Promise<void> => {
    if (records > 0 && now() - seenAlive < renewMilliseconds) return;
    seenAlive = now();
    for (let number = 1; number <= records; number += 1) {
      const key = feedRunKey(run, number);
      const stored = await catalogue.get(key);
      // Another run that took this one for dead tells what it had written; the rest is announced again.
      if (stored === undefined) for (const [name, announced] of planned) waiting.set(name, announced);
      else {
        const at = new Date(now()).toISOString();
        await writeRun(catalogue, key, { ...parseFeedRun(stored.bytes, key), at }, stored.etag);
      }
    }
  };

  const announce = async (announced: Announced): Promise<void> => {
    plan(announced);
    announcing = announcing
      .catch(() => undefined)
      .then(renew)
      .then(announceAll);
    await announcing;
    begun.set(announcedName(announced), announced);
  };

  return {
    plan(resources) {
      for (const resource of resources) plan(resource);
    },
    of: (resource) => ({
      announce: () => announce(resource),
      metadata: (ending) => ({ run, change: ending }),
      tell(ending) {
        begun.delete(announcedName(resource));
        changes.push({ type: changeTypes[ending], kind: resource.kind, key: resource.key });
      },
    }),
    async remove(key, remove) {
      const announced: Announced = { kind: "object", key, isRemoved: true };
      await announce(announced);
      await remove();
      begun.delete(announcedName(announced));
      changes.push({ type: "Delete", kind: "object", key });
    },
    async finish() {
      const [own, present] = await readRuns(catalogue, run);
      const others = toldFor === "all" ? present : present.filter(({ left }) => !isAlive(left, now()));
      const recovered = await atOnce(others, headsAtOnce, ({ left }) => changesBy(catalogue, left, left.run));
      changes.push(...(await changesBy(catalogue, byKind([...begun.values()]), run)).changes);
      begun.clear();
      // What another run has told in place of this one is no longer announced.
      const untold = new Set(own.flatMap(({ left }) => announcedBy(left).map(announcedName)));
      const isWhole = own.length === records;
      const mine = isWhole ? changes.filter((change) => untold.has(nameOfChange(change))) : changes;
      const isIdle = changes.length + others.length === 0;
      // Nothing says which run took a record away: what two had announced, this one tells for both.
      const removed = new Set(changes.filter(({ type }) => type === "Delete").map(nameOfChange));
      const untoldElsewhere = recovered.map(({ run, changes }) => ({
        run,
        changes: changes.filter((change) => !removed.has(nameOfChange(change))),
      }));
      const told = isIdle ? 0 : await appendToFeed(catalogue, { run, changes: mine, recovered: untoldElsewhere, now });
      for (const { key } of own) await catalogue.delete(key);
      await atOnce([...others.entries()], headsAtOnce, ([index, other]) =>
        settle(catalogue, { other, told: recovered[index]?.changes ?? [], now: now() }),
      );
      return told;
    },
  };
}

interface StoredRun {
  readonly key: string;
  readonly etag: string;
  readonly left: FeedRun;
}

async function writeRun(catalogue: Bucket, key: string, record: FeedRun, etag?: string): Promise<void> {
  const bytes = formatFeedRun(record);
  const headers = recordHeaders(bytes);
  if (etag === undefined) await catalogue.put(key, checkedBytes(bytes), headers);
  else await catalogue.replace(key, checkedBytes(bytes), { etag, headers });
}

/** Returns what this run has announced, and what others have. */
async function readRuns(
  catalogue: Bucket,
  run: string,
): Promise<readonly [own: readonly StoredRun[], others: readonly StoredRun[]]> {
  const found: StoredRun[] = [];
  const read = async ({ key }: { readonly key: string }) => ({ key, stored: await catalogue.get(key) });
  // A task leaves one for each object that it has written.
  for await (const { key, stored } of inOrder(listObjects(catalogue, feedRunPrefix), headsAtOnce, read)) {
    if (stored !== undefined) found.push({ key, etag: stored.etag, left: parseFeedRun(stored.bytes, key) });
  }
  return [found.filter(({ left }) => left.run === run), found.filter(({ left }) => left.run !== run)];
}

function nameOfChange({ type, kind, key }: Change): string {
  return announcedName(type === "Delete" ? { kind, key, isRemoved: true } : { kind, key });
}

/**
 * Returns what a run has done of what it announced: records that it wrote are marked with it, and those that it took away
 * are not there.
 */
async function changesBy(
  catalogue: Bucket,
  announced: Pick<FeedRun, "objects" | "collections" | "removed">,
  run: string,
): Promise<{ readonly run: string; readonly changes: readonly Change[] }> {
  const changes = await atOnce(announcedBy(announced), headsAtOnce, async (one): Promise<readonly Change[]> => {
    const { kind, key, isRemoved } = one;
    const stored = await catalogue.head(resourceKey(one));
    if (isRemoved) return stored === undefined ? [{ type: "Delete", kind, key }] : [];
    if (stored?.metadata.run !== run) return [];
    return [{ type: stored.metadata.change === "created" ? "Create" : "Update", kind, key }];
  });
  return { run, changes: changes.flat() };
}

function isAlive({ at }: FeedRun, now: number): boolean {
  return now - Date.parse(at) <= aliveMilliseconds;
}

/** Of a run that may be alive only what was told is taken off: it may write the rest yet, and tell it. */
async function settle(
  catalogue: Bucket,
  { other, told, now }: { readonly other: StoredRun; readonly told: readonly Change[]; readonly now: number },
): Promise<void> {
  const { key, etag, left } = other;
  const done = new Set(told.map(nameOfChange));
  const rest = announcedBy(left).filter((announced) => !done.has(announcedName(announced)));
  if (!isAlive(left, now)) await catalogue.delete(key);
  else if (done.size > 0) await writeRun(catalogue, key, { run: left.run, at: left.at, ...byKind(rest) }, etag);
}
