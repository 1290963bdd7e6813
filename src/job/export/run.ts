import type { Bucket } from "../../bucket/bucket.ts";
import { folderOf } from "../../export/names.ts";
import type { ExportSettings } from "../../export/settings.ts";
import type { DrawingTools } from "../../picture.ts";
import { inOrder } from "../at-once.ts";
import type { ExportFailure } from "./export-source.ts";
import { type ExportResult, exportSource } from "./image.ts";
import { type LeftOutObject, writeManifests } from "./manifests.ts";
import type { ExportPlan, PlannedExport, RestrictedImage } from "./plan.ts";
import type { ExportPlace, ExportTarget } from "./target.ts";

/** What is to be exported and how. */
export interface ExportOrder {
  readonly plan: ExportPlan;
  readonly settings: ExportSettings;
  readonly place: ExportPlace;
  readonly tools: DrawingTools;
  /** Images that are worked on at once. */
  readonly jobs: number;
  /** Where the records of objects are, whose manifests are written too; undefined writes none. */
  readonly catalogue: Bucket | undefined;
  /** Whether objects have a manifest too whose documents not anybody may see. */
  readonly includesRestricted: boolean;
  /** Removes images that are there and not among these. */
  readonly isDeleting: boolean;
  readonly signal: AbortSignal;
  readonly onFile: (identifier: string) => void;
  readonly onImage: (identifier: string, image: ExportResult) => void;
}

/** What became of an export. */
export interface ExportOutcome {
  readonly exported: number;
  /** Whose pictures were there: only what is said of them was written. */
  readonly updated: number;
  readonly unchanged: number;
  readonly removed: number;
  /** Written by this run, without the files that say what is whole. */
  readonly files: number;
  readonly bytes: number;
  readonly manifests: number;
  readonly failures: readonly ExportFailure[];
  /** Images that not anybody may see, with those that the plan left out. */
  readonly restricted: readonly RestrictedImage[];
  /** Objects that got no manifest. */
  readonly leftOut: readonly LeftOutObject[];
}

/**
 * Exports images, then the manifests of the objects that have all of theirs among them. Throws what concerns all of it:
 * WriteError, BucketError and the signal's reason; what is whole by then stays and is not made again.
 */
export async function runExport(order: ExportOrder): Promise<ExportOutcome> {
  const { plan, settings, place, tools, jobs, signal, isDeleting } = order;
  const outcome = { exported: 0, updated: 0, unchanged: 0, removed: 0, files: 0, bytes: 0, manifests: 0 };
  const failures = [...plan.failures];
  const restricted = [...plan.restricted];
  const target = await place.open();
  let isWhole = false;
  try {
    const work = async (planned: PlannedExport) => {
      const { identifier } = planned.source;
      const onFile = (): void => order.onFile(identifier);
      return { planned, image: await exportSource(planned, { settings, tools, target, signal, onFile }) };
    };
    const there = new Map<string, PlannedExport>();
    for await (const { planned, image } of inOrder(plan.images.values(), jobs, work)) {
      const { identifier } = planned.source;
      order.onImage(identifier, image);
      if (image.status === "failed") {
        failures.push(image.failure);
        continue;
      }
      if (image.status === "left-out") {
        restricted.push({ identifier, message: image.message });
        continue;
      }
      outcome[image.status] += 1;
      outcome.files += image.files;
      outcome.bytes += image.bytes;
      there.set(identifier, planned);
    }
    if (isDeleting) outcome.removed = await removeOthers(target, { plan, restricted, settings, signal });
    const leftOut: LeftOutObject[] = [];
    if (order.catalogue !== undefined) {
      const written = await writeManifests({
        catalogue: order.catalogue,
        images: there,
        settings,
        target,
        includesRestricted: order.includesRestricted,
        signal,
      });
      outcome.manifests = written.manifests;
      outcome.files += written.manifests;
      outcome.bytes += written.bytes;
      leftOut.push(...written.leftOut);
    }
    await target.finish();
    isWhole = true;
    return { ...outcome, failures, restricted, leftOut };
  } finally {
    if (!isWhole) await target.abandon();
  }
}

/**
 * Removes the images that are not in the plan, or not anybody may see; those that could not be read now stay as they are.
 * Returns how many.
 */
async function removeOthers(
  target: ExportTarget,
  { plan, restricted, settings, signal }: Pick<ExportOrder, "plan" | "settings" | "signal"> & Restricted,
): Promise<number> {
  const closed = new Set(restricted.map(({ identifier }) => identifier));
  const meant = [...plan.images.keys(), ...plan.failures.map(({ identifier }) => identifier)];
  const kept = meant.filter((identifier) => !closed.has(identifier));
  const folders = new Set(
    settings.versions.flatMap((version) => kept.map((identifier) => folderOf(settings, version, identifier))),
  );
  const others: string[] = [];
  for await (const folder of target.listMarked()) if (folder !== "" && !folders.has(folder)) others.push(folder);
  for (const folder of others) {
    signal.throwIfAborted();
    await target.clear(folder);
  }
  return others.length;
}

type Restricted = Pick<ExportOutcome, "restricted">;
