import type { Bucket, ListedObject } from "../bucket/bucket.ts";
import { listObjects } from "../bucket/list-objects.ts";
import type { Identifier } from "../identity/identifier.ts";
import { identifierOfKey, keyPrefixOf, type MasterKey } from "../identity/master-name.ts";
import type { Naming } from "../settings/naming.ts";

/** A master as its bucket lists it. */
export interface ListedMaster extends Omit<ListedObject, "key"> {
  readonly identifier: Identifier;
  readonly key: MasterKey;
}

/** How masters are listed. */
export interface MasterListing {
  readonly naming: Naming;
  /** What their identifiers start with; all of them start with nothing. */
  readonly prefix: string;
  /** Called for an object that no identifier means. */
  readonly onOther?: (key: string) => void;
}

/** Lists the masters of a bucket in the order of their keys, a page of the listing at a time. Throws BucketError. */
export async function* listMasters(
  masters: Bucket,
  { naming, prefix, onOther }: MasterListing,
): AsyncGenerator<ListedMaster, undefined, undefined> {
  for await (const object of listObjects(masters, keyPrefixOf(prefix, naming))) {
    const name = identifierOfKey(object.key, naming);
    if (name === undefined) onOther?.(object.key);
    else yield { ...object, ...name };
  }
}
