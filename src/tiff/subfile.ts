import type { Size } from "../geometry.ts";
import { unlessBroken } from "../pyramid/faults.ts";
import type { Fields } from "./fields.ts";
import { readSize } from "./level.ts";
import { tags } from "./tags.ts";

/** What a directory says of itself, as far as it tells pages, levels, thumbnails and masks apart. */
export interface Subfile {
  /** Flagged as a reduced version of another image of the file. */
  readonly isReduced: boolean;
  /** Flagged as a page of a document. */
  readonly isPage: boolean;
  readonly isMask: boolean;
  readonly pageNumber: PageNumber | undefined;
  readonly isTiled: boolean;
  /** Undefined if the directory states none. */
  readonly size: Size | undefined;
}

/** Tag 297. Source: TIFF 6.0 §12, PageNumber. */
export interface PageNumber {
  readonly number: number;
  /** Pages of the document; 0 if the writer did not know. */
  readonly total: number;
}

/** Flags of tag 254. Source: TIFF 6.0 §8, NewSubfileType. */
const subfileFlags = { reduced: 1, page: 2, mask: 4 } as const;

/** The values of tag 255 as flags of tag 254. Source: TIFF 6.0 §8, SubfileType. */
const oldSubfileTypes: ReadonlyMap<number, number> = new Map([
  [2, subfileFlags.reduced],
  [3, subfileFlags.page],
]);

/**
 * Reads what a directory says of itself. Tag 255 counts where tag 254 says nothing; a broken tag says nothing. Throws
 * what the source throws.
 */
export async function readSubfile(fields: Fields): Promise<Subfile> {
  const numberOf = async (tag: number): Promise<number> => (await unlessBroken(() => fields.number(tag))) ?? 0;
  const flags =
    (await numberOf(tags.newSubfileType)) || (oldSubfileTypes.get(await numberOf(tags.oldSubfileType)) ?? 0);
  return {
    isReduced: (flags & subfileFlags.reduced) !== 0,
    isPage: (flags & subfileFlags.page) !== 0,
    isMask: (flags & subfileFlags.mask) !== 0,
    pageNumber: await readPageNumber(fields),
    isTiled: fields.origin.directory.entries.has(tags.tileWidth),
    size: await unlessBroken(() => readSize(fields)),
  };
}

async function readPageNumber(fields: Fields): Promise<PageNumber | undefined> {
  const values = await unlessBroken(() => fields.numbers(tags.pageNumber, 2));
  const [number, total] = values ?? [];
  return number === undefined || total === undefined ? undefined : { number, total };
}
