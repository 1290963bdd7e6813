import { ImageError } from "../error.ts";
import type { Size } from "../geometry.ts";
import { isReduction } from "../pyramid/pyramid.ts";
import type { ByteSource } from "../source/byte-source.ts";
import type { Directory } from "./directory.ts";
import type { DirectoryChain } from "./directory-chain.ts";
import { type Fields, fieldsOf } from "./fields.ts";
import { readSize } from "./level.ts";
import { tags } from "./tags.ts";

/** The directories of one image of a file. */
export interface PageFields {
  readonly main: Fields;
  /** The directories that may be its levels. */
  readonly reduced: readonly Fields[];
}

/** Flags of tag 254. Source: TIFF 6.0 §8, NewSubfileType. */
const subfileFlags = { reduced: 1, page: 2, mask: 4 } as const;

interface Candidate {
  readonly fields: Fields;
  readonly subfileType: number;
  readonly isTiled: boolean;
  /** Undefined if the directory states none. */
  readonly size: Size | undefined;
}

/**
 * Finds image number `page` of a chain, counted from 1. An image is a directory that is not flagged as a mask or as
 * reduced and is not a reduction of the image before it; the directories up to the next image belong to it. Strips only
 * count as a level if they are flagged as reduced: otherwise they may be any thumbnail. Throws `not-found` after the
 * last image, and what the source throws.
 */
export async function findPage(
  source: ByteSource,
  { header, pages }: DirectoryChain,
  page: number,
): Promise<PageFields> {
  const read = (directory: Directory): Promise<Candidate> => readCandidate(fieldsOf(source, header, directory));
  const chain = await Promise.all(pages.map(({ directory }) => read(directory)));
  const starts = findStarts(chain);
  const start = starts[page - 1];
  const main = start === undefined ? undefined : chain[start];
  if (start === undefined || main === undefined) {
    throw new ImageError("not-found", `There is no page ${page}: the stored file has ${starts.length}.`);
  }
  const nested = await Promise.all((pages[start]?.subDirectories ?? []).map(read));
  // Directories before the first image belong to it: some writers begin with the smallest level.
  const before = page === 1 ? chain.slice(0, start) : [];
  const following = [...before, ...chain.slice(start + 1, starts[page] ?? chain.length)];
  const levels = following.filter(({ isTiled, subfileType }) => isTiled || (subfileType & subfileFlags.reduced) !== 0);
  const reduced = [...levels, ...nested].filter(({ subfileType }) => (subfileType & subfileFlags.mask) === 0);
  return { main: main.fields, reduced: reduced.map(({ fields }) => fields) };
}

/** Returns the indexes in the chain where images begin; the first directory if all are flagged otherwise. */
function findStarts(chain: readonly Candidate[]): readonly number[] {
  let starts: readonly number[] = [];
  for (const [index, candidate] of chain.entries()) {
    if ((candidate.subfileType & (subfileFlags.reduced | subfileFlags.mask)) !== 0) continue;
    const owner = starts.findLastIndex((start) => !candidate.isTiled || chain[start]?.isTiled === true);
    const image = chain[starts[owner] ?? -1];
    // Strips between an image and its tiled level are a thumbnail, as slide scanners write them.
    starts = image !== undefined && isLevel(candidate, image) ? starts.slice(0, owner + 1) : [...starts, index];
  }
  return starts.length > 0 ? starts : [0];
}

/** Levels shrink by half or more; a page slightly smaller than the one before is a different page. */
const leastReduction = 1.5;

function isLevel({ subfileType, size }: Candidate, { size: full }: Candidate): boolean {
  if ((subfileType & subfileFlags.page) !== 0 || size === undefined || full === undefined) return false;
  return isReduction(size, full) && size.width * leastReduction <= full.width;
}

async function readCandidate(fields: Fields): Promise<Candidate> {
  return {
    fields,
    subfileType: (await fields.number(tags.newSubfileType)) ?? 0,
    isTiled: (await fields.number(tags.tileWidth)) !== undefined,
    size: await readSize(fields).catch(() => undefined),
  };
}
