import type { ByteSource } from "../source/byte-source.ts";
import { readAhead } from "../source/read-ahead.ts";
import { type DirectoryChain, readDirectoryChain } from "../tiff/directory-chain.ts";
import { readHeader } from "../tiff/header.ts";
import { listPages } from "../tiff/page.ts";
import { unlessFault } from "./faults.ts";
import type { Container } from "./report.ts";

/** Directories are read in runs of this many bytes. */
const runBytes = 65_536;

/** A container and the images in it that can be requested. */
export interface OpenedContainer {
  readonly container: Container;
  /** Set for a TIFF whose directories can be followed. */
  readonly chain: DirectoryChain | undefined;
  readonly pages: number;
  /** The file for code that reads directories again, which are held in memory. */
  readonly directories: ByteSource;
}

const plainFormats: readonly (readonly [Container["format"], RegExp])[] = [
  ["JPEG", /^ffd8ff/],
  ["PNG", /^89504e470d0a1a0a/],
  ["WebP", /^52494646.{8}57454250/],
];

/**
 * Returns what holds the image, and counts its pages: one if the directories of a TIFF can't be followed, so that
 * opening it says why. Undefined for bytes that no reader here recognises. Throws what the source throws.
 */
export async function openContainer(source: ByteSource, prefix: Uint8Array): Promise<OpenedContainer | undefined> {
  const start = Array.from(prefix.subarray(0, 12), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const plain = plainFormats.find(([, pattern]) => pattern.test(start))?.[0];
  if (plain !== undefined) {
    return { container: { format: plain }, chain: undefined, pages: 1, directories: source };
  }
  const ahead = readAhead(source, runBytes, [{ offset: 0, bytes: prefix }]);
  const header = await unlessFault(() => readHeader(ahead));
  if (header === undefined) return undefined;
  const format = header.isBigTiff ? "BigTIFF" : "TIFF";
  const byteOrder = header.isLittleEndian ? "little" : "big";
  const chain = await unlessFault(() => readDirectoryChain(ahead));
  const directories = chain?.pages.reduce((sum, { subDirectories }) => sum + 1 + subDirectories.length, 0);
  const pages = chain === undefined ? 1 : await countPages(ahead, chain);
  return { container: { format, byteOrder, directories }, chain, pages, directories: ahead };
}

async function countPages(source: ByteSource, chain: DirectoryChain): Promise<number> {
  return (await unlessFault(() => listPages(source, chain)))?.length ?? 1;
}
