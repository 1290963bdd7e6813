import { basename, resolve } from "node:path";
import { type CollectionPlan, planCollections } from "../catalogue/collection-plan.ts";
import type { CollectionRow } from "../catalogue/collection-table.ts";
import type { ObjectRow } from "../catalogue/object-table.ts";
import type { PageTable } from "../catalogue/page-table.ts";
import { planWorks, type WorkPlan, type WorkSettings } from "../catalogue/work-plan.ts";
import type { PlannedImage } from "./job-plan.ts";

/** What objects are made of besides images. */
export interface ObjectsRequest {
  readonly pages?: PageTable | undefined;
  readonly objects?: readonly ObjectRow[] | undefined;
  readonly collections?: readonly CollectionRow[] | undefined;
  readonly settings: Omit<WorkSettings, "asBook">;
  /** The key of the one object that all images are; `book` takes the name of the folder. */
  readonly as?: string | undefined;
}

/** The objects that a run makes. */
export interface PlannedObjects {
  readonly plans: readonly WorkPlan[];
  readonly collections: readonly CollectionPlan[];
  /** The object of each image, by identifiers. */
  readonly objectOf: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

/** Plans the objects of images that lie in folders, and of all images if they are said to be one. Adds to `faults`. */
export function planObjects(
  images: readonly PlannedImage[],
  request: ObjectsRequest,
  faults: string[],
): PlannedObjects {
  const { pages, objects, collections = [], settings, as } = request;
  const taken = images.filter(({ folder }) => folder !== undefined || as !== undefined);
  const asBook = as === "book" ? nameOfFolder(images, faults) : as?.normalize("NFC");
  const named = taken.map(({ path, identifier }) => ({ path, identifier }));
  const sources = { images: named, ...(pages && { pages }), ...(objects && { objects }) };
  const planned = planWorks(sources, { ...settings, ...(asBook !== undefined && { asBook }) });
  faults.push(...planned.faults);
  const inCollections = planned.plans.flatMap((plan) => plan.collections.map(({ key }) => key));
  const isEmpty = planned.plans.length + collections.length === 0;
  const continuous = planned.plans.filter(
    (plan) => plan.layout === "continuous" && plan.viewingDirection === undefined,
  );
  const labels = new Map(collections.flatMap(({ key, label }) => (label === undefined ? [] : [[key, label] as const])));
  return {
    // A table of collections has their labels; objects name them by their keys.
    plans: planned.plans.map((plan) => ({
      ...plan,
      collections: plan.collections.map(({ key, label }) => ({ key, label: labels.get(key) ?? label })),
    })),
    collections: isEmpty ? [] : planCollections([...new Set(inCollections)], collections, faults),
    objectOf: new Map(
      planned.plans.flatMap(({ key, pages }) =>
        pages.flatMap((page) => page.images.map(({ identifier }) => [identifier, key] as const)),
      ),
    ),
    notes: continuous.map(({ key }) => `${key} is continuous without a direction, and is read from left to right`),
  };
}

function nameOfFolder(images: readonly PlannedImage[], faults: string[]): string {
  const folders = [...new Set(images.map(({ folder }) => folder))];
  const [folder] = folders;
  if (folders.length === 1 && folder !== undefined) return basename(resolve(folder)).normalize("NFC");
  faults.push("--as book takes the name of one folder: name it by --as KEY where there are several, or files");
  return "book";
}
