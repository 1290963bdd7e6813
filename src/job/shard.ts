import { createHash } from "node:crypto";
import { formatTreatment } from "../settings/ingest-config.ts";
import type { Shard, Share } from "../settings/shard.ts";
import type { IngestPlan, PlannedImage } from "./job-plan.ts";

/**
 * Returns the shard, from 1 to `of`, that a name belongs to: the first eight bytes of its SHA-256 modulo `of`. It depends on
 * nothing else, so that every machine finds the same.
 */
export function shardOf(name: string, of: number): number {
  const digest = createHash("sha256").update(name).digest();
  return Number(digest.readBigUInt64BE(0) % BigInt(of)) + 1;
}

/** The images of an object are of its shard, so that one run has all that its record needs. */
function shardOfImage({ identifier, object }: PlannedImage, of: number): number {
  return shardOf(object ?? identifier, of);
}

/**
 * Returns what a shard does of a plan, which was made and checked for all files. Images are of the shard of their object, those
 * without one of that of their identifier; files that fail by their names, which can't be told apart by one, are of the first.
 */
function planOfShard(plan: IngestPlan, { number, of }: Shard): IngestPlan {
  const { objects } = plan;
  return {
    ...plan,
    images: plan.images.filter((image) => shardOfImage(image, of) === number),
    failures: number === 1 ? plan.failures : [],
    objects: objects && { ...objects, plans: objects.plans.filter(({ key }) => shardOf(key, of) === number) },
  };
}

/** Returns what a share does of a plan; the last has no images, and all objects, to be put into collections. */
export function planOfShare(plan: IngestPlan, share: Share): IngestPlan {
  return share.kind === "part" ? planOfShard(plan, share) : { ...plan, images: [], failures: [] };
}

/** What tells whether two reports are of the same run, and how much all of it was. */
export interface RunIdentity {
  /** As they were named. */
  readonly sources: readonly string[];
  /** Images and files that fail before they are images, of all shards. */
  readonly images: number;
  readonly objects: number;
  /** SHA-256 in hexadecimal of names, settings and tables; not of where the files lie, nor of what is in them. */
  readonly digest: string;
}

/** Returns what tells a run from others, by its whole plan. */
export function identifyRun(plan: IngestPlan, sources: readonly string[]): RunIdentity {
  const digest = createHash("sha256");
  const add = (part: unknown): void => void digest.update(`${JSON.stringify(part)}\n`);
  for (const { identifier, key, path, object, treatment, record } of plan.images) {
    add([identifier, key, path, object, formatTreatment(treatment), record]);
  }
  for (const { bytesIn, failure } of plan.failures) add([bytesIn, failure.code]);
  for (const work of plan.objects?.plans ?? []) add(work);
  for (const collection of plan.objects?.collections ?? []) add(collection);
  return {
    sources,
    images: plan.images.length + plan.failures.length,
    objects: plan.objects?.plans.length ?? 0,
    digest: digest.digest("hex"),
  };
}
