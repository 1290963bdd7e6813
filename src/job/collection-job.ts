import { type Bucket, BucketError } from "../bucket/bucket.ts";
import {
  type Collection,
  collectionKey,
  formatCollection,
  type Member,
  parseCollection,
  topCollection,
} from "../catalogue/collection.ts";
import { type CollectionPlan, changeCollection, collectionLabel, memberName } from "../catalogue/collection-plan.ts";
import { defined } from "../catalogue/defined.ts";
import type { LanguageMap } from "../catalogue/language-map.ts";
import { type PictureChange, withPictures } from "../catalogue/picture-change.ts";
import type { StoredImage } from "../catalogue/stored-image.ts";
import type { Work } from "../catalogue/work.ts";
import { ImageError } from "../error.ts";
import { maxCatalogueRecordBytes } from "../limits.ts";
import { rewriteRecord } from "./catalogue-record.ts";
import { relabelMembers } from "./collection-labels.ts";
import { readImageFacts } from "./image-facts.ts";
import type { RunJournal } from "./run-journal.ts";
import type { Failure } from "./source-failure.ts";

/** The record of an object as it is now, and as it was. */
export interface WrittenObject {
  readonly work: Work;
  readonly former: Work | undefined;
}

/** What became of a collection: `failed` has not been written, and a record that was there stays. */
export interface CollectionOutcome {
  readonly key: string;
  readonly status: "written" | "unchanged" | "failed";
  readonly members?: number;
  /** Sentences without a full stop. */
  readonly notes?: readonly string[];
  readonly failure?: Failure;
}

/** What writing collections needs. */
export interface CollectionRun {
  /** Labels of planned collections, by key. */
  readonly labels: ReadonlyMap<string, LanguageMap>;
  /** Is told what can't be brought up to date, a sentence without a full stop each. */
  readonly notes: string[];
  readonly masters: Bucket;
  readonly catalogue: Bucket;
  readonly journal: RunJournal;
  /** Returns the key of the master of an image; undefined for what can be no identifier. */
  readonly keyOf: (identifier: string) => string | undefined;
  /** Objects that are about to be taken away. */
  readonly removed?: readonly Work[];
  /** What has become of images that records may show: another name, or nothing. */
  readonly pictures?: PictureChange;
}

interface Changes {
  readonly members: Map<string, Member>;
  readonly gone: Set<string>;
}

/**
 * Writes the records of the collections that objects are in and were in, and of those planned, the innermost first, so that
 * each is listed with its label and its picture. What is in no other is in the top one. Throws BucketError when a bucket
 * can't be used at all.
 */
export async function writeCollections(
  objects: readonly WrittenObject[],
  planned: readonly CollectionPlan[],
  run: CollectionRun,
): Promise<readonly CollectionOutcome[]> {
  const { removed = [], pictures } = run;
  if (objects.length + planned.length + removed.length === 0) return [];
  const changes = new Map<string, Changes>();
  const changesOf = (key: string): Changes => {
    const known = changes.get(key) ?? { members: new Map(), gone: new Set() };
    changes.set(key, known);
    return known;
  };
  const move = (member: Member, now: readonly string[], before: readonly string[]): void => {
    const name = memberName(member);
    const places = now.length > 0 ? now : [topCollection];
    for (const key of places) changesOf(key).members.set(name, member);
    for (const key of [topCollection, ...before]) if (!places.includes(key)) changesOf(key).gone.add(name);
  };
  for (const { work, former } of objects) {
    move(memberOf(work), keysOf(work.collections), keysOf(former?.collections ?? []));
  }
  for (const { key, collections } of removed) {
    const name = memberName({ kind: "object", key });
    for (const place of [topCollection, ...keysOf(collections)]) changesOf(place).gone.add(name);
  }
  const plans = new Map(planned.map((plan) => [plan.key, plan]));
  const done = new Set<string>();
  /** Where a collection goes, or was, another changes that may not be planned. */
  const next = (): string | undefined =>
    [...plans.keys(), ...changes.keys()].find((key) => key !== topCollection && !done.has(key)) ??
    (done.has(topCollection) ? undefined : topCollection);
  run.journal.plan([...changes.keys(), topCollection].map((key) => ({ kind: "collection", key })));
  const outcomes: CollectionOutcome[] = [];
  const labels = new Map(run.labels);
  /** Members of collections whose labels have changed. */
  const relabelled: Member[] = [];
  for (let key = next(); key !== undefined; key = next()) {
    outcomes.push(await writeOne(key));
    done.add(key);
  }
  const own = new Set(objects.map(({ work }) => work.key));
  const others = relabelled.filter(({ kind, key }) => !(kind === "object" ? own : done).has(key));
  await relabelMembers(others, labels, run);
  return outcomes;

  async function writeOne(key: string): Promise<CollectionOutcome> {
    const plan = plans.get(key) ?? { key, row: undefined, parents: [] };
    const thumbnail = await thumbnailOf(plan, run);
    const named = plan.row?.thumbnail;
    const isMissing = named !== undefined && thumbnail === undefined;
    const notes = isMissing ? [`its thumbnail ${named} is not stored, and another is shown`] : [];
    const work = async (): Promise<CollectionOutcome> => {
      let made: { readonly collection: Collection; readonly former: Collection | undefined } | undefined;
      const make = (bytes: Uint8Array | undefined): Uint8Array => {
        const former = bytes === undefined ? undefined : parseCollection(bytes, key);
        // What a table of another run has said stays.
        const parents = plan.row === undefined && former !== undefined ? keysOf(former.collections) : plan.parents;
        const { members, gone } = changesOf(key);
        const known = new Map([
          ...(former?.collections ?? []).map(({ key, label }) => [key, label] as const),
          ...labels,
        ]);
        const change = { plan: { ...plan, parents }, thumbnail, labels: known, members: [...members.values()], gone };
        const shown = former && pictures ? withPictures(former, pictures) : former;
        made = { collection: changeCollection(shown, change), former };
        const record = formatCollection(made.collection);
        if (record.byteLength > maxCatalogueRecordBytes) throw new BucketError("failed", tooLarge(key));
        return record;
      };
      const account = run.journal.of({ kind: "collection", key });
      const ending = await rewriteRecord(run.catalogue, collectionKey(key), make, account);
      if (made === undefined) throw new Error("a record was made");
      const { collection, former } = made;
      labels.set(key, collectionLabel(plan, former));
      if (former !== undefined && JSON.stringify(former.label) !== JSON.stringify(collection.label)) {
        relabelled.push(...collection.members);
      }
      if (key !== topCollection) {
        const member = defined<Member>({
          kind: "collection",
          key,
          label: collection.label,
          thumbnail: collection.thumbnail,
          isMultiPart: collection.isMultiPart || undefined,
        });
        move(member, keysOf(collection.collections), keysOf(former?.collections ?? []));
      }
      const status = ending === "unchanged" ? "unchanged" : "written";
      return { key, status, members: collection.members.length, ...(notes.length > 0 && { notes }) };
    };
    return told(key, work);
  }
}

async function told(key: string, work: () => Promise<CollectionOutcome>): Promise<CollectionOutcome> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BucketError && (error.isFinal || error.code === "stopped")) throw error;
    const message = error instanceof ImageError ? (error.detail ?? error.message) : String(error);
    const code = error instanceof ImageError || error instanceof BucketError ? error.code : "internal";
    return { key, status: "failed", failure: { code, message } };
  }
}

/** The picture that a row names; none where the image is not there. */
async function thumbnailOf({ row }: CollectionPlan, run: CollectionRun): Promise<StoredImage | undefined> {
  const identifier = row?.thumbnail;
  const key = identifier === undefined ? undefined : run.keyOf(identifier);
  if (identifier === undefined || key === undefined) return undefined;
  const facts = await readImageFacts(run.masters, key);
  if (facts === undefined) return undefined;
  const { width, height, sizes } = facts;
  return { identifier, width, height, sizes };
}

function memberOf({ key, label, navDate, pages, thumbnail, access }: Work): Member {
  const named = pages.find((page) => page.key === thumbnail);
  const page = named ?? pages.find(({ images }) => images.length > 0);
  const image = page?.images[0];
  const picture =
    image &&
    defined<StoredImage>({
      identifier: image.identifier,
      width: image.width,
      height: image.height,
      sizes: image.sizes,
      policy: image.policy,
    });
  return defined<Member>({ kind: "object", key, label, thumbnail: picture, navDate, access });
}

function keysOf(collections: readonly { readonly key: string }[]): readonly string[] {
  return collections.map(({ key }) => key);
}

function tooLarge(key: string): string {
  return `the record of the collection ${key} would have more than ${maxCatalogueRecordBytes} bytes: divide it into collections`;
}
