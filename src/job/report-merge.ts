import type { Shard } from "../settings/shard.ts";
import type { CollectionOutcome } from "./collection-job.ts";
import { estimateCost } from "./estimate.ts";
import type { FeedOutcome, ObjectOutcome } from "./object-job.ts";
import { countObjects, type Report, type ReportedImage, sumUp } from "./report.ts";
import type { RunIdentity } from "./shard.ts";

/** The report of a share of a run, and what messages call it. */
export interface ShareReport {
  readonly name: string;
  /** Undefined of the one that was the last. */
  readonly shard: Shard | undefined;
  readonly report: Report & { readonly shard: string; readonly run: RunIdentity };
}

/** What a shard did, in figures. */
export interface ShardSummary {
  readonly shard: string;
  readonly started: string;
  readonly seconds: number;
  readonly images: number;
  readonly failed: number;
}

/** One of the images that took longest. */
export interface SlowImage {
  readonly identifier: string;
  readonly shard: string;
  /** Of all its stages. */
  readonly seconds: number;
}

/** The report of a run, made of those of its shards. */
export interface MergedReport extends Report {
  /** As `--shard` takes them. */
  readonly shards: {
    readonly merged: readonly ShardSummary[];
    readonly missing: readonly string[];
    /** Those with several reports, of which the latest counts. */
    readonly doubled: readonly string[];
  };
  /** From the start of the first to the end of the last; `seconds` is the sum of all. */
  readonly elapsedSeconds: number;
  readonly slowest: readonly SlowImage[];
  /** What should not be: images that are in two shards, or in none. Sentences without a full stop. */
  readonly faults: readonly string[];
}

const mostSlowest = 10;

/** Says why reports are not of one run, a sentence each without a full stop; none where they are. */
export function findStrangers(reports: readonly ShareReport[]): readonly string[] {
  const [first, ...others] = reports;
  if (first === undefined) return ["no report is named"];
  const shards = reports.find(({ shard }) => shard !== undefined)?.shard?.of;
  return [
    ...(shards === undefined ? ["no report is of a shard"] : []),
    ...others.flatMap(({ name, report }): readonly string[] => {
      const { run, to } = first.report;
      if (to !== report.to) return [`${name} went to ${report.to}, and ${first.name} to ${to}`];
      if (run.digest === report.run.digest) return [];
      const sources = [report.run, run].map(({ sources, images }) => `${images} images of ${sources.join(" ")}`);
      const differ =
        sources[0] === sources[1] ? "with other names, settings or tables" : `of ${sources.join(", not ")}`;
      return [`${name} is of another run than ${first.name}: ${differ}`];
    }),
    ...reports.flatMap(({ name, shard }) =>
      shard === undefined || shard.of === shards ? [] : [`${name} is of one of ${shard.of} shards, not ${shards}`],
    ),
  ];
}

/** Makes one report of those of the shards of a run, which `findStrangers` has found to be of one. Pure. */
export function mergeReports(given: readonly ShareReport[]): MergedReport {
  const byShard = Map.groupBy(given.toSorted(byStart), ({ report }) => report.shard);
  const kept = [...byShard.values()].flatMap((same) => same.slice(-1)).toSorted(byShardNumber);
  const reports = kept.map(({ report }) => report);
  const [first] = reports;
  if (first === undefined) throw new RangeError("There is a report to merge.");
  const { run, to } = first;
  const of = kept.find(({ shard }) => shard !== undefined)?.shard?.of ?? 0;
  const names = [
    ...Array.from({ length: of }, (_, index) => `${index + 1}/${of}`),
    ...(run.objects > 0 ? ["last"] : []),
  ];
  const missing = names.filter((name) => !byShard.has(name));
  const located = reports.flatMap(({ shard, images }) => images.map((image) => ({ shard, image })));
  const images = located.map(({ image }) => image).toSorted(bySource);
  const totals = sumUp(images);
  const objects = mergeByKey(reports.map(({ objects = [] }) => objects));
  const collections = mergeByKey(reports.map(({ collections = [] }) => collections));
  const operations = { classA: 0, classB: 0 };
  for (const { estimate } of reports) {
    operations.classA += estimate.operations.classA;
    operations.classB += estimate.operations.classB;
  }
  const recordsTo = reports.find((report) => report.recordsTo !== undefined)?.recordsTo;
  const feed = mergeFeeds(reports.flatMap(({ feed }) => (feed === undefined ? [] : [feed])));
  const starts = reports.map(({ started }) => Date.parse(started));
  const ends = reports.map(({ started, seconds }) => Date.parse(started) + seconds * 1000);
  return {
    run,
    shards: {
      merged: reports.map(({ shard, started, seconds, images, totals }) => {
        return { shard, started, seconds, images: images.length, failed: totals.failed };
      }),
      missing,
      doubled: [...byShard].filter(([, same]) => same.length > 1).map(([shard]) => shard),
    },
    started: new Date(Math.min(...starts)).toISOString(),
    seconds: round(reports.reduce((sum, { seconds }) => sum + seconds, 0)),
    elapsedSeconds: round((Math.max(...ends) - Math.min(...starts)) / 1000),
    to,
    ...(recordsTo !== undefined && { recordsTo }),
    images,
    totals,
    ...(objects.length + collections.length > 0 && { objects, collections, objectTotals: countObjects(objects) }),
    notes: union(reports.map(({ notes = [] }) => notes)),
    ...(feed && { feed }),
    skipped: first.skipped,
    warnings: union(reports.map(({ warnings }) => warnings)),
    estimate: estimateCost(totals.bytesOut, operations),
    slowest: findSlowest(located),
    faults: findFaults(located, { expected: missing.some((name) => name !== "last") ? undefined : run.images }),
  };
}

interface LocatedImage {
  readonly shard: string;
  readonly image: ReportedImage;
}

/** Where no shard is missing, `expected` images are there. */
function findFaults(
  located: readonly LocatedImage[],
  { expected }: { readonly expected: number | undefined },
): readonly string[] {
  const named = located.filter(({ image }) => image.identifier !== undefined);
  const twice = [...Map.groupBy(named, ({ image }) => image.identifier)].flatMap(([identifier, same]) =>
    same.length > 1 ? [`${identifier} is in the shards ${same.map(({ shard }) => shard).join(" and ")}`] : [],
  );
  const isOdd = expected !== undefined && located.length !== expected;
  return [...twice, ...(isOdd ? [`${located.length} images are reported, and the run has ${expected}`] : [])];
}

function findSlowest(located: readonly LocatedImage[]): readonly SlowImage[] {
  return located
    .map(({ shard, image: { identifier = "", seconds = {} } }): SlowImage => {
      return { identifier, shard, seconds: round(Object.values(seconds).reduce((sum, one) => sum + one, 0)) };
    })
    .filter(({ seconds }) => seconds > 0)
    .toSorted((one, other) => other.seconds - one.seconds)
    .slice(0, mostSlowest);
}

/** Objects that images of two shards have refreshed are reported by both; what failed in one of them has failed. */
function mergeByKey<Outcome extends ObjectOutcome | CollectionOutcome>(
  lists: readonly (readonly Outcome[])[],
): readonly Outcome[] {
  const ranks = ["unchanged", "written", "failed"] as const;
  const found = new Map<string, Outcome>();
  for (const outcome of lists.flat()) {
    const known = found.get(outcome.key);
    const isWorse = known !== undefined && ranks.indexOf(outcome.status) <= ranks.indexOf(known.status);
    if (!isWorse) found.set(outcome.key, outcome);
  }
  return [...found.values()].toSorted((one, other) => compareText(one.key, other.key));
}

function mergeFeeds(feeds: readonly FeedOutcome[]): FeedOutcome | undefined {
  const failure = feeds.find((feed) => "failure" in feed);
  if (failure !== undefined || feeds.length === 0) return failure;
  return { told: feeds.reduce((sum, feed) => sum + ("told" in feed ? feed.told : 0), 0) };
}

function union(lists: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(lists.flat())];
}

function byStart(one: ShareReport, other: ShareReport): number {
  return Date.parse(one.report.started) - Date.parse(other.report.started);
}

function byShardNumber(one: ShareReport, other: ShareReport): number {
  const numberOf = ({ shard }: ShareReport): number => shard?.number ?? Number.MAX_SAFE_INTEGER;
  return numberOf(one) - numberOf(other);
}

/** In the order in which a run of everything reports the images of a folder; those without a name come last, as there. */
function bySource(one: ReportedImage, other: ReportedImage): number {
  const isNamed = ({ identifier }: ReportedImage): number => (identifier === undefined ? 1 : 0);
  const parts = [one, other].map(({ source }) => source.split("/")) as [string[], string[]];
  const at = parts[0].findIndex((part, index) => part !== parts[1][index]);
  const byPath = at < 0 ? parts[0].length - parts[1].length : compareText(parts[0][at] ?? "", parts[1][at] ?? "");
  return isNamed(one) - isNamed(other) || byPath || (one.page ?? 0) - (other.page ?? 0);
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
