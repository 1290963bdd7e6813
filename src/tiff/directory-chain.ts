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
}

/** One directory of the chain with its SubIFDs, in the order of the array. */
export interface Page {
  readonly directory: Directory;
  readonly subDirectories: readonly Directory[];
}

/**
 * Follows the chain of directories and the SubIFDs of each. Throws `source-malformed` if the chain returns to an
 * earlier directory or leaves the file, `source-unsupported` above `maxDirectories`.
 */
export async function readDirectoryChain(source: ByteSource): Promise<DirectoryChain> {
  const header = await readHeader(source);
  const visited = new Set<number>();
  const readOnce = async (offset: number): Promise<Directory> => {
    if (visited.has(offset)) throw malformed(`the directory at ${offset} is reached twice`);
    if (visited.size === maxDirectories) throw unsupported(`has more than ${maxDirectories} directories`);
    visited.add(offset);
    return readDirectory(source, header, offset);
  };
  const pages: Page[] = [];
  for (let offset = header.firstDirectory; offset !== 0; ) {
    const directory = await readOnce(offset);
    const offsets = await fieldsOf(source, header, directory).numbers(tags.subIfds, maxDirectories);
    const subDirectories: Directory[] = [];
    for (const subOffset of offsets ?? []) subDirectories.push(await readOnce(subOffset));
    pages.push({ directory, subDirectories });
    offset = directory.next;
  }
  if (pages.length === 0) throw malformed("the file has no directory");
  return { header, pages };
}
