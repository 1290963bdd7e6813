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
  readonly pages: readonly Page[];
  /** Why links between directories were not followed, one sentence part each. */
  readonly brokenLinks: readonly string[];
}

/** One directory of the chain with its SubIFDs, in the order of the array. */
export interface Page {
  readonly directory: Directory;
  readonly subDirectories: readonly Directory[];
}

/**
 * Follows the chain of directories and the SubIFDs of each. A link that leads nowhere, or back, costs only what it leads
 * to: the chain ends there, or the SubIFD is left out. Throws `source-malformed` if the first directory can't be read,
 * `source-unsupported` above `maxDirectories`, and what the source throws.
 */
export async function readDirectoryChain(source: ByteSource): Promise<DirectoryChain> {
  const header = await readHeader(source);
  const visited = new Set<number>();
  const brokenLinks: string[] = [];
  const readOnce = async (offset: number): Promise<Directory> => {
    if (visited.has(offset)) throw malformed(`the directory at ${offset} is reached twice`);
    if (visited.size === maxDirectories) throw unsupported(`has more than ${maxDirectories} directories`);
    visited.add(offset);
    return readDirectory(source, header, offset);
  };
  const follow = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ImageError && error.code === "source-malformed")) throw error;
      brokenLinks.push(error.detail ?? error.message);
      return undefined;
    }
  };
  const readPage = async (directory: Directory): Promise<Page> => {
    const subDirectories: Directory[] = [];
    const offsets = await follow(() => fieldsOf(source, header, directory).numbers(tags.subIfds, maxDirectories));
    for (const offset of offsets ?? []) {
      const found = await follow(() => readOnce(offset));
      if (found !== undefined) subDirectories.push(found);
    }
    return { directory, subDirectories };
  };
  if (header.firstDirectory === 0) throw malformed("the file has no directory");
  const pages = [await readPage(await readOnce(header.firstDirectory))];
  for (let offset = pages[0]?.directory.next ?? 0; offset !== 0; ) {
    const directory = await follow(() => readOnce(offset));
    if (directory === undefined) break;
    pages.push(await readPage(directory));
    offset = directory.next;
  }
  return { header, pages, brokenLinks };
}
