import { ImageError } from "../error.ts";
import type { Size } from "../geometry.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { type HeldRun, readAhead } from "../source/read-ahead.ts";
import { type DirectoryChain, readDirectoryChain } from "./directory-chain.ts";
import { type Fields, fieldsOf } from "./fields.ts";
import { type Level, readLevel, readSize } from "./level.ts";
import { tags } from "./tags.ts";

/** An image as its resolutions, plain data: what is kept of a master between requests. */
export interface Pyramid extends Size {
  /** How the stored rows and columns lie in the picture. Source: TIFF 6.0 §8, Orientation. */
  readonly orientation: Orientation;
  /** From the image itself down; at least one. Width and height are as stored, before orientation. */
  readonly levels: readonly [Level, ...Level[]];
}

/** The values of tag 274. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** Directories and their arrays are read in runs of this many bytes: the arrays of 4,000 tiles fit behind a directory. */
const directoryRunBytes = 65_536;

const subfileFlags = { reduced: 1, mask: 4 } as const;

/**
 * Reads the first image of a TIFF and the levels that belong to it, from the chain and from its SubIFDs. Pages of other
 * proportions, masks, pages of the same size and pages that are not tiled are no levels; a level that can't be read is
 * left out. `held` are bytes of the file read before. Throws `source-malformed`, `source-unsupported`, and what the
 * source throws.
 */
export async function openPyramid(source: ByteSource, held: readonly HeldRun[] = []): Promise<Pyramid> {
  const ahead = readAhead(source, directoryRunBytes, held);
  const chain = await readDirectoryChain(ahead);
  const candidates = await findCandidates(ahead, chain);
  const main = candidates[0];
  if (main === undefined) throw new Error("a chain has at least one page");
  const full = await readLevel(main.fields);
  const levels: [Level, ...Level[]] = [full];
  for (const candidate of candidates.slice(1)) {
    const level = await readReducedLevel(candidate.fields, full);
    if (level !== undefined && !levels.some((other) => other.width === level.width)) levels.push(level);
  }
  levels.sort((a, b) => b.width - a.width || b.height - a.height);
  return { width: full.width, height: full.height, orientation: await readOrientation(main.fields), levels };
}

interface Candidate {
  readonly fields: Fields;
  readonly subfileType: number;
}

/** The image itself first: the first page that is neither a reduced version nor a mask, else the first page. */
async function findCandidates(source: ByteSource, { header, pages }: DirectoryChain): Promise<Candidate[]> {
  const candidateOf = async (directory: DirectoryChain["pages"][number]["directory"]): Promise<Candidate> => {
    const fields = fieldsOf(source, header, directory);
    return { fields, subfileType: (await fields.number(tags.newSubfileType)) ?? 0 };
  };
  const chain = await Promise.all(pages.map((page) => candidateOf(page.directory)));
  const found = chain.findIndex(({ subfileType }) => (subfileType & (subfileFlags.reduced | subfileFlags.mask)) === 0);
  const mainIndex = Math.max(0, found);
  const main = chain[mainIndex];
  const subDirectories = pages[mainIndex]?.subDirectories ?? [];
  const others = [
    ...chain.filter((_, index) => index !== mainIndex),
    ...(await Promise.all(subDirectories.map(candidateOf))),
  ];
  return [...(main ? [main] : []), ...others.filter(({ subfileType }) => (subfileType & subfileFlags.mask) === 0)];
}

async function readReducedLevel(fields: Fields, full: Level): Promise<Level | undefined> {
  try {
    const size = await readSize(fields);
    if (!isReduction(size, full)) return undefined;
    const level = await readLevel(fields);
    return level.encoding.model === full.encoding.model && level.encoding.isWhiteZero === full.encoding.isWhiteZero
      ? level
      : undefined;
  } catch (error) {
    const isOfFile = error instanceof ImageError && error.code.startsWith("source-") && error.code !== "source-changed";
    if (isOfFile) return undefined;
    throw error;
  }
}

/** Says whether a page has the proportions of the image, as far as whole pixels allow, and is smaller. */
function isReduction(size: Size, full: Size): boolean {
  if (size.width >= full.width && size.height >= full.height) return false;
  const factor = Math.max(full.width, full.height) / Math.max(size.width, size.height);
  // Halving over and over may lose a pixel more than dividing once.
  return Math.abs(full.width / factor - size.width) <= 2 && Math.abs(full.height / factor - size.height) <= 2;
}

async function readOrientation(fields: Fields): Promise<Orientation> {
  const orientation = await fields.number(tags.orientation);
  // Values outside 1 to 8 are met in files that are otherwise fine; libtiff reads them as 1.
  return orientation !== undefined && orientation >= 1 && orientation <= 8 ? (orientation as Orientation) : 1;
}
