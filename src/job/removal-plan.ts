import type { StoredRecord } from "../catalogue/image-records.ts";
import { changePictures, without } from "../catalogue/picture-change.ts";
import type { Work } from "../catalogue/work.ts";

/** An image that is to be removed, as it is found. */
export interface FoundImage {
  readonly identifier: string;
  readonly isStored: boolean;
  readonly record: StoredRecord | undefined;
}

/** What a removal does. */
export interface RemovalPlan {
  /** Images of which there is a master, a record, or both. */
  readonly images: readonly FoundImage[];
  /** Of which there is neither. */
  readonly missing: readonly string[];
  /** Objects that lose pages, with how many are left. */
  readonly changed: readonly { readonly key: string; readonly pages: number }[];
  /** Objects that lose all their images, and go. */
  readonly emptied: readonly string[];
}

/** Plans a removal: `works` are the objects that the images are pages of. Pure. */
export function planRemoval(found: readonly FoundImage[], works: readonly Work[]): RemovalPlan {
  const images = found.filter(({ isStored, record }) => isStored || record !== undefined);
  // A page may show what is not there any more.
  const pictures = without(new Set(found.map(({ identifier }) => identifier)));
  const left = works.map((work) => ({ work, now: changePictures(work, pictures) }));
  return {
    images,
    missing: found.filter((image) => !images.includes(image)).map(({ identifier }) => identifier),
    changed: left.flatMap(({ work, now }) =>
      now === undefined || now.pages.length === work.pages.length ? [] : [{ key: work.key, pages: now.pages.length }],
    ),
    emptied: left.flatMap(({ work, now }) => (now === undefined ? [work.key] : [])),
  };
}
