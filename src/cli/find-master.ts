import type { Bucket, StoredObject } from "../bucket/bucket.ts";
import type { Identifier } from "../identity/identifier.ts";
import { type MasterName, nameOfText } from "../identity/master-name.ts";
import type { Naming } from "../settings/naming.ts";

/** A stored master that was named, and which of its pages. */
export interface FoundMaster extends StoredObject, MasterName {
  readonly identifier: Identifier;
}

/** Finds the master that an identifier means; undefined where there is none. Throws BucketError. */
export async function findMaster(masters: Bucket, text: string, naming: Naming): Promise<FoundMaster | undefined> {
  const name = nameOfText(text, naming);
  const object = name && (await masters.head(name.key));
  return name && object && { ...object, ...name };
}
