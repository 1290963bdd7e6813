import { ImageError } from "../error.ts";
import { maxDirectories } from "../limits.ts";
import { malformed, unsupported } from "../pyramid/faults.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { type Directory, readDirectory } from "./directory.ts";
import { fieldsOf } from "./fields.ts";
import { readHeader, type TiffHeader } from "./header.ts";
import { tags } from "./tags.ts";

/** All directories of a file: the chain in order, and the SubIFDs of each page. */
export interface DirectoryChain {
  readonly header: TiffHeader;
  readonly pages: readonly [Page, ...Page[]];
  /** Why links between directories were not followed, one sentence part each. */
  readonly brokenLinks: readonly string[];
}

/** One directory of the chain with those of its SubIFDs that can be read, in the order of the array. */
export interface Page {
  readonly directory: Directory;
  readonly subDirectories: readonly SubDirectory[];
}

/** A SubIFD and its index in the array of tag 330. */
export interface SubDirectory extends Directory {
  readonly index: number;
}

/**
 * Follows the chain of directories and the SubIFDs of each. A link that leads nowhere, or back, costs only what it leads
 * to: the chain ends there, or the SubIFD is left out. So do SubIFDs beyond the `most` directories that are read. What a
 * SubIFD leads to is not listed again where the chain comes by. Throws `source-malformed` if the first directory can't be
 * read, `source-unsupported` for a chain of more than `most`, and what the source throws.
 */
export async function readDirectoryChain(source: ByteSource, most: number = maxDirectories): Promise<DirectoryChain> {
  const header = await readHeader(source);
  const chained = new Set<number>();
  const nested = new Map<number, Directory>();
  const brokenLinks: string[] = [];
  const follow = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ImageError && error.code === "source-malformed")) throw error;
      brokenLinks.push(error.detail ?? error.message);
      return undefined;
    }
  };
  const readChained = async (offset: number): Promise<Directory> => {
    if (chained.has(offset)) throw malformed(`the directory at ${offset} is reached twice`);
    if (chained.size + nested.size >= most) throw unsupported(`has more than ${most} directories`);
    const directory = nested.get(offset) ?? (await readDirectory(source, header, offset));
    chained.add(offset);
    return directory;
  };
  const readNested = async (offset: number): Promise<Directory> => {
    if (chained.has(offset) || nested.has(offset)) throw malformed(`the directory at ${offset} is reached twice`);
    if (chained.size + nested.size >= most) throw malformed(`SubIFDs beyond the first ${most} directories`);
    const directory = await readDirectory(source, header, offset);
    nested.set(offset, directory);
    return directory;
  };
  const readPage = async (directory: Directory): Promise<Page> => {
    const subDirectories: SubDirectory[] = [];
    const offsets = await follow(() => fieldsOf(source, header, directory).numbers(tags.subIfds, maxDirectories));
    for (const [index, offset] of (offsets ?? []).entries()) {
      const found = await follow(() => readNested(offset));
      if (found !== undefined) subDirectories.push({ ...found, index });
    }
    return { directory, subDirectories };
  };
  if (header.firstDirectory === 0) throw malformed("the file has no directory");
  const pages: [Page, ...Page[]] = [await readPage(await readChained(header.firstDirectory))];
  for (let offset = pages[0].directory.next; offset !== 0; ) {
    const directory = await follow(() => readChained(offset));
    if (directory === undefined) break;
    if (!nested.has(offset)) pages.push(await readPage(directory));
    offset = directory.next;
  }
  return { header, pages, brokenLinks };
}
