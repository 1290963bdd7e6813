import * as v from "valibot";
import type { Access } from "../access/access.ts";
import { accessSchema } from "../access/policy.ts";
import { type Described, describedEntries } from "./described.ts";
import { type LanguageMap, languageMapSchema } from "./language-map.ts";
import { formatRecordJson } from "./record-json.ts";
import { type StoredImage, storedImageSchema } from "./stored-image.ts";
import type { CollectionName } from "./work.ts";
import { parseRecord } from "./work-record.ts";

/** A member of a collection, with what a list of members shows of it. */
export interface Member {
  readonly kind: "object" | "collection";
  readonly key: string;
  readonly label: LanguageMap;
  readonly thumbnail?: StoredImage;
  readonly navDate?: string;
  /** Whether it is a collection of the volumes of one work. */
  readonly isMultiPart?: boolean;
  /** Who may see the manifest of an object; open to all unless it is stated. */
  readonly access?: Access;
}

/** A collection of objects and of other collections. */
export interface Collection extends Described {
  /** Decoded; slashes divide it. */
  readonly key: string;
  readonly thumbnail?: StoredImage;
  /** The collections it is in. */
  readonly collections: readonly CollectionName[];
  /** Whether its members are the volumes of one work. */
  readonly isMultiPart: boolean;
  readonly members: readonly Member[];
}

/** The key of the collection of all that is in no other. */
export const topCollection = "top";

const text = v.pipe(v.string(), v.minLength(1));

const memberSchema: v.GenericSchema<unknown, Member> = v.object({
  kind: v.picklist(["object", "collection"]),
  key: text,
  label: languageMapSchema,
  thumbnail: v.exactOptional(storedImageSchema),
  navDate: v.exactOptional(text),
  isMultiPart: v.exactOptional(v.boolean()),
  access: v.exactOptional(accessSchema),
});

const collectionSchema: v.GenericSchema<unknown, Collection> = v.object({
  key: text,
  ...describedEntries,
  thumbnail: v.exactOptional(storedImageSchema),
  collections: v.array(v.object({ key: text, label: languageMapSchema })),
  isMultiPart: v.boolean(),
  members: v.array(memberSchema),
});

/** Returns the key, in the catalogue, of the record of a collection. */
export function collectionKey(collection: string): string {
  return `collections/${collection}.json`;
}

/** Reads the record of a collection. Throws `record-malformed`, whose detail says what is wrong and where. */
export function parseCollection(bytes: Uint8Array, key: string): Collection {
  return parseRecord(bytes, { name: collectionKey(key), schema: collectionSchema });
}

/** Returns the record of a collection as it is stored. */
export function formatCollection(collection: Collection): Uint8Array {
  return new TextEncoder().encode(formatRecordJson(collection));
}
