import { dirname } from "node:path";
import type { Policy } from "../access/policy.ts";
import { type Bucket, BucketError } from "../bucket/bucket.ts";
import type { CollectionPlan } from "../catalogue/collection-plan.ts";
import type { Resource } from "../catalogue/feed-run.ts";
import type { LanguageMap } from "../catalogue/language-map.ts";
import type { Work } from "../catalogue/work.ts";
import { completeWork, type KnownImage, type LabelSource } from "../catalogue/work-completion.ts";
import { planOfWork } from "../catalogue/work-former.ts";
import type { WorkPlan } from "../catalogue/work-plan.ts";
import { formatWork, parseWork, workKey } from "../catalogue/work-record.ts";
import { ImageError } from "../error.ts";
import { maxCatalogueRecordBytes } from "../limits.ts";
import { atOnce } from "./at-once.ts";
import { type FoundAttachments, findAttachments, withAttachments } from "./attachments.ts";
import { rewriteRecord } from "./catalogue-record.ts";
import { type CollectionOutcome, type WrittenObject, writeCollections } from "./collection-job.ts";
import { readCollectionLabels } from "./collection-labels.ts";
import { readImageFacts } from "./image-facts.ts";
import { readImageRecord } from "./image-record.ts";
import type { ImageOutcome } from "./job.ts";
import type { PlannedImage } from "./job-plan.ts";
import { leaveCollections } from "./left-collections.ts";
import { findLogos, type Logos } from "./logos.ts";
import { withTexts } from "./page-text-files.ts";
import { openJournal, type RunJournal } from "./run-journal.ts";
import type { Failure } from "./source-failure.ts";
import type { SourceStore } from "./source-store.ts";

/** What became of an object: `failed` has not been written, and a record that was there stays. */
export interface ObjectOutcome {
  readonly key: string;
  readonly status: "written" | "unchanged" | "failed";
  readonly pages?: number;
  /** Where its label is from. */
  readonly labelSource?: LabelSource;
  readonly notes?: readonly string[];
  readonly failure?: Failure;
}

/** What became of objects and collections, and of the feed that tells their changes. */
export interface ObjectOutcomes {
  readonly objects: readonly ObjectOutcome[];
  readonly collections: readonly CollectionOutcome[];
  /** What concerns several objects: sentences without a full stop. */
  readonly notes: readonly string[];
  readonly feed: FeedOutcome;
}

/** How many changes the feed has told; what it could not tell, the next run does. */
export type FeedOutcome = { readonly told: number } | { readonly failure: Failure };

/** What writing objects needs. */
export interface ObjectRun {
  readonly masters: Bucket;
  readonly catalogue: Bucket;
  /** Returns the key of the master of an image. */
  readonly keyOf: (identifier: string) => string | undefined;
  /** Identifiers of the logos of providers, by the URIs of these. */
  readonly logos: ReadonlyMap<string, string>;
  readonly canvases: "kept" | "new";
  readonly labels: "kept" | "by-rule";
  /** Whether collections are brought up to date, or left to `writeMemberships` when all shards of a run are done. */
  readonly collections?: "written" | "left";
  /** All images of the plan, those of other shards too, for what lies beside them; those of the outcomes without it. */
  readonly planned?: readonly PlannedImage[];
  /** Where the files beside images are; this machine without it. */
  readonly store?: SourceStore | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Objects, and images of one, that are worked on at once. */
const objectsAtOnce = 8;

/**
 * Writes the records of planned objects whose images are all stored, refreshes those of images that were named one by one,
 * and then the collections that they are in. A failure of one object leaves the others alone. Throws BucketError when a
 * bucket can't be used at all.
 */
export async function writeObjects(
  outcomes: readonly ImageOutcome[],
  {
    plans,
    collections: planned,
  }: {
    readonly plans: readonly WorkPlan[];
    readonly collections: readonly CollectionPlan[];
  },
  run: ObjectRun,
): Promise<ObjectOutcomes> {
  const isShard = run.collections === "left";
  const journal = openJournal(run.catalogue, Date.now, isShard ? "dead" : "all");
  const ended = new Map(outcomes.map((outcome) => [outcome.image.identifier, outcome]));
  const written: WrittenObject[] = [];
  const tell = async (key: string, write: () => Promise<ObjectOutcome>): Promise<ObjectOutcome> => {
    try {
      if (run.signal?.aborted) throw new BucketError("stopped", "Stopped.");
      return await write();
    } catch (error) {
      if (error instanceof BucketError && (error.isFinal || error.code === "stopped")) throw error;
      return { key, status: "failed", failure: failureOf(error) };
    }
  };
  const named = await refreshedBy(outcomes, run);
  const resource = (kind: Resource["kind"], key: string): Resource => ({ kind, key });
  journal.plan([
    ...[...plans.map(({ key }) => key), ...named.keys()].map((key) => resource("object", key)),
    ...(isShard ? [] : planned).map(({ key }) => resource("collection", key)),
  ]);
  const labels = await readCollectionLabels(planned, run.catalogue);
  const own = outcomes.map(({ image }) => image);
  const attachments = await findAttachments(run.planned === undefined ? own : besideThese(own, run.planned), run.store);
  const work = { run, journal, labels, logos: findLogos(run), attachments, ended, written };
  const objects = [
    ...(await atOnce(plans, objectsAtOnce, (plan) => tell(plan.key, () => writePlanned(plan, work)))),
    ...(await atOnce([...named], objectsAtOnce, ([key, images]) => tell(key, () => refresh(key, images, work)))),
  ];
  const notes: string[] = [...attachments.notes];
  const collecting = { ...run, journal, labels, notes };
  const collections = isShard
    ? await leaveCollections(written, new Set(plans.map(({ key }) => key)), collecting)
    : await writeCollections(written, planned, collecting);
  return { objects, collections, notes: [...work.logos.notes(), ...notes], feed: await tellFeed(journal) };
}

/** Images in the folders that these lie in. */
function besideThese(own: readonly PlannedImage[], all: readonly PlannedImage[]): readonly PlannedImage[] {
  const folders = new Set(own.map(({ source }) => dirname(source)));
  return all.filter(({ source }) => folders.has(dirname(source)));
}

/** Has the feed tell what was written; a failure of it is no failure of the run. Throws BucketError when a bucket can't be used at all. */
export async function tellFeed(journal: RunJournal): Promise<FeedOutcome> {
  try {
    return { told: await journal.finish() };
  } catch (error) {
    if (error instanceof BucketError && (error.isFinal || error.code === "stopped")) throw error;
    return { failure: failureOf(error) };
  }
}

interface ObjectWork {
  readonly run: ObjectRun;
  readonly journal: RunJournal;
  /** Labels of collections, by key. */
  readonly labels: ReadonlyMap<string, LanguageMap>;
  readonly logos: Logos;
  readonly attachments: FoundAttachments;
  readonly ended: ReadonlyMap<string, ImageOutcome>;
  readonly written: WrittenObject[];
}

async function writePlanned(plan: WorkPlan, work: ObjectWork): Promise<ObjectOutcome> {
  const identifiers = plan.pages.flatMap(({ images }) => images.map(({ identifier }) => identifier));
  const missing = identifiers.filter((identifier) => !hasMaster(work.ended.get(identifier)));
  if (missing.length > 0) throw new ObjectFault("images-missing", missingImages(missing));
  return writeOne(plan.key, work, async (former) => {
    const images = await knownImages(identifiers, { plan, former, work });
    return { plan, images };
  });
}

/** The record of an object stays as it is, but for what its images have become. */
async function refresh(key: string, images: readonly string[], work: ObjectWork): Promise<ObjectOutcome> {
  return writeOne(key, work, async (former) => {
    if (former === undefined) throw new ObjectFault("not-found", `there is no record of ${key}, which its images name`);
    const plan = planOfWork(former);
    const own = new Map(former.pages.flatMap((page) => page.images.map((image) => [image.identifier, image])));
    const changed = images.filter((identifier) => own.has(identifier));
    const known = await knownImages(changed, { plan, former, work });
    return { plan, images: new Map<string, KnownImage>([...own, ...known]) };
  });
}

type Planning = (
  former: Work | undefined,
) => Promise<{ readonly plan: WorkPlan; readonly images: ReadonlyMap<string, KnownImage> }>;

async function writeOne(
  key: string,
  { run, journal, labels, logos, attachments, ended, written }: ObjectWork,
  planning: Planning,
): Promise<ObjectOutcome> {
  let made: { readonly work: Work; readonly former: Work | undefined } | undefined;
  let told: Partial<ObjectOutcome> = {};
  const make = async (bytes: Uint8Array | undefined): Promise<Uint8Array> => {
    const former = bytes === undefined ? undefined : parseWork(bytes, key);
    const { plan, images } = await planning(former);
    const known = { images, former, canvases: run.canvases, labels: run.labels, collections: labels };
    const completion = completeWork(plan, known);
    if ("faults" in completion) throw new ObjectFault("record-refused", completion.faults.join("; "));
    const { labelSource } = completion;
    const notes = [...completion.notes];
    const imageOf = (identifier: string) => ended.get(identifier)?.image;
    const texts = { catalogue: run.catalogue, plan, imageOf, store: run.store, notes };
    const worded = await withTexts(await logos.addTo(completion.work), texts);
    const { catalogue, store, signal } = run;
    const work = await withAttachments(worded, { catalogue, found: attachments, store, signal, notes });
    const record = formatWork(work);
    if (record.byteLength > maxCatalogueRecordBytes)
      throw new ObjectFault("record-refused", tooLarge(record.byteLength));
    made = { work, former };
    told = { labelSource, ...(notes.length > 0 && { notes }) };
    return record;
  };
  const ending = await rewriteRecord(run.catalogue, workKey(key), make, journal.of({ kind: "object", key }));
  if (made === undefined) throw new Error("a record was made");
  written.push(made);
  const status = ending === "unchanged" ? "unchanged" : "written";
  return { key, status, pages: made.work.pages.length, ...told };
}

interface Knowing {
  readonly plan: WorkPlan;
  readonly former: Work | undefined;
  readonly work: ObjectWork;
}

/** What the record knows of a master that was kept is not read again, unless its title is asked for. */
async function knownImages(
  identifiers: readonly string[],
  { plan, former, work: { run, ended } }: Knowing,
): Promise<ReadonlyMap<string, KnownImage>> {
  const own = new Map(former?.pages.flatMap((page) => page.images.map((image) => [image.identifier, image])));
  const titled = plan.told.object && plan.label === undefined ? identifiers[0] : undefined;
  const known = await atOnce(identifiers, objectsAtOnce, async (identifier): Promise<[string, KnownImage]> => {
    const outcome = ended.get(identifier);
    const image = own.get(identifier);
    const master = hasMaster(outcome) ? outcome.master : undefined;
    const isSame = image?.width === master?.width && image?.height === master?.height;
    // What this run has read or written of its record counts; else what the object's record has said.
    const policy = hasMaster(outcome) && outcome.record !== undefined ? outcome.record.policy : image?.policy;
    if (image !== undefined && isSame && outcome?.status === "kept" && identifier !== titled)
      return [identifier, withPolicy(image, policy)];
    const facts = await readImageFacts(run.masters, outcome?.image.key ?? run.keyOf(identifier) ?? identifier);
    if (facts === undefined) throw new ObjectFault("images-missing", missingImages([identifier]));
    return [identifier, withPolicy(facts, policy)];
  });
  return new Map(known);
}

function withPolicy({ policy: _, ...image }: KnownImage, policy: Policy | undefined): KnownImage {
  return policy === undefined ? image : { ...image, policy };
}

/** Returns the images that were named one by one, by the objects that their records name. */
async function refreshedBy(
  outcomes: readonly ImageOutcome[],
  { catalogue }: ObjectRun,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const named = outcomes.filter((outcome) => hasMaster(outcome) && isNamedAlone(outcome.image));
  const pairs = await atOnce(named, objectsAtOnce, async ({ image: { identifier } }) => {
    const record = await readImageRecord(catalogue, identifier);
    return { identifier, object: record?.object };
  });
  const byObject = new Map<string, readonly string[]>();
  for (const { identifier, object } of pairs) {
    if (object !== undefined) byObject.set(object, [...(byObject.get(object) ?? []), identifier]);
  }
  return byObject;
}

function isNamedAlone({ folder, object }: PlannedImage): boolean {
  return folder === undefined && object === undefined;
}

function hasMaster(
  outcome: ImageOutcome | undefined,
): outcome is Exclude<ImageOutcome, { status: "failed" | "stopped" }> {
  return outcome !== undefined && outcome.status !== "failed" && outcome.status !== "stopped";
}

/** Why the record of an object was not written. */
class ObjectFault extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = "ObjectFault";
    this.code = code;
  }
}

/** Says why an object was not written. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ObjectFault || error instanceof BucketError) return { code: error.code, message: error.message };
  if (error instanceof ImageError) return { code: error.code, message: error.detail ?? error.message };
  return { code: "internal", message: error instanceof Error ? error.message : String(error) };
}

const toldImages = 5;

function missingImages(identifiers: readonly string[]): string {
  const shown = identifiers.slice(0, toldImages).join(", ");
  const more = identifiers.length > toldImages ? ` and ${identifiers.length - toldImages} more` : "";
  return `its images are not all stored: ${shown}${more}`;
}

function tooLarge(bytes: number): string {
  return `its record would have ${bytes} bytes, and may have ${maxCatalogueRecordBytes}: divide it into volumes`;
}
