import { BucketError, type ServiceBuckets } from "../bucket/bucket.ts";
import { collectionKey, parseCollection } from "../catalogue/collection.ts";
import type { StoredImage } from "../catalogue/stored-image.ts";
import { parseWork, workKey } from "../catalogue/work-record.ts";
import { ImageError } from "../error.ts";
import type { Naming } from "../settings/naming.ts";
import { listMasters } from "./stored-masters.ts";

/** Which images are meant: named ones, those whose identifiers start so, or those of the pages of objects. */
export type ImageChoice =
  | { readonly kind: "images"; readonly identifiers: readonly string[] }
  | { readonly kind: "prefix"; readonly prefix: string }
  | { readonly kind: "object"; readonly key: string }
  | { readonly kind: "collection"; readonly key: string };

/** An image that is meant. */
export interface ChosenImage {
  readonly identifier: string;
  /** The object that it was found in. */
  readonly object?: string;
  /** The bytes of its master, where a listing told them. */
  readonly bytes?: number;
}

/** Where chosen images are looked for. */
export interface ChoiceGround {
  readonly buckets: Pick<ServiceBuckets, "masters" | "catalogue">;
  readonly naming: Naming;
  /** Called for each object whose images are told. */
  readonly onObject?: (key: string) => void;
}

/** Most objects of a collection that are kept in mind, so that each is told once. */
const mostObjects = 1_000_000;

/**
 * Finds the images that a choice means, as they come: those of a prefix in the order of their keys, those of an object in the
 * order of its pages, each once in an object. Throws BucketError, `failed` also for an object or a collection that is not there
 * or can't be read.
 */
export async function* chosenImages(
  ground: ChoiceGround,
  choice: ImageChoice,
): AsyncGenerator<ChosenImage, undefined, undefined> {
  if (choice.kind === "images") {
    for (const identifier of new Set(choice.identifiers)) yield { identifier };
  } else if (choice.kind === "prefix") {
    const { naming, buckets } = ground;
    for await (const { identifier, bytes } of listMasters(buckets.masters, { naming, prefix: choice.prefix })) {
      yield { identifier, bytes };
    }
  } else if (choice.kind === "object") yield* imagesOfObject(ground, choice.key);
  else {
    const told = { objects: new Set<string>(), collections: new Set<string>() };
    yield* imagesOfCollection(ground, choice.key, told);
  }
}

async function* imagesOfObject({ buckets, onObject }: ChoiceGround, key: string): AsyncGenerator<ChosenImage> {
  const { pages } = await readRecord(buckets.catalogue, { key: workKey(key), what: `object ${key}` }, (bytes) =>
    parseWork(bytes, key),
  );
  onObject?.(key);
  const images = pages.flatMap((page): readonly StoredImage[] => page.images);
  for (const identifier of new Set(images.map((image) => image.identifier))) yield { identifier, object: key };
}

async function* imagesOfCollection(
  ground: ChoiceGround,
  key: string,
  told: { readonly objects: Set<string>; readonly collections: Set<string> },
): AsyncGenerator<ChosenImage> {
  told.collections.add(key);
  const name = { key: collectionKey(key), what: `collection ${key}` };
  const { members } = await readRecord(ground.buckets.catalogue, name, (bytes) => parseCollection(bytes, key));
  for (const member of members) {
    const known = member.kind === "object" ? told.objects : told.collections;
    if (known.has(member.key)) continue;
    if (known.size >= mostObjects) {
      throw new BucketError("failed", `The collection ${key} has more than ${mostObjects} members; name smaller ones.`);
    }
    known.add(member.key);
    if (member.kind === "object") yield* imagesOfObject(ground, member.key);
    else yield* imagesOfCollection(ground, member.key, told);
  }
}

async function readRecord<Value>(
  { name, get }: ServiceBuckets["catalogue"],
  record: { readonly key: string; readonly what: string },
  parse: (bytes: Uint8Array) => Value,
): Promise<Value> {
  const stored = await get(record.key);
  if (stored === undefined) throw new BucketError("failed", `There is no ${record.what} in ${name}.`);
  try {
    return parse(stored.bytes);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    const reason = error.detail ?? error.message;
    throw new BucketError("failed", `The record of the ${record.what} can't be read: ${reason}`);
  }
}
