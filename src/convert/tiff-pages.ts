import type { Size } from "../geometry.ts";
import { malformed, unsupported } from "../pyramid/faults.ts";
import { isReduction } from "../pyramid/pyramid.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { readAhead } from "../source/read-ahead.ts";
import { type Directory, readDirectory } from "../tiff/directory.ts";
import { type Fields, fieldsOf } from "../tiff/fields.ts";
import { readHeader, type TiffHeader } from "../tiff/header.ts";
import { readSize } from "../tiff/level.ts";
import { tags } from "../tiff/tags.ts";

/** One image of a TIFF, which may hold several. */
export interface TiffImage {
  /** Its index in the chain of directories, from 0, as libvips counts pages. */
  readonly index: number;
  readonly directory: Directory;
  readonly fields: Fields;
}

/** The images of a TIFF, in the order of the chain. */
export interface TiffImages {
  readonly header: TiffHeader;
  readonly images: readonly [TiffImage, ...TiffImage[]];
}

/** Scanned books have one directory per page; a longer chain is not a book. */
const maxChain = 65_536;

const runBytes = 65_536;
const subfileFlags = { reduced: 1, page: 2, mask: 4 } as const;

/**
 * Lists the images of a TIFF: directories that are not flagged as reduced or as masks and are not a reduction of the
 * image before them; the first directory if none are left. Throws `source-malformed`, `source-unsupported`, and what
 * the source throws.
 */
export async function listTiffImages(file: ByteSource): Promise<TiffImages> {
  const header = await readHeader(file);
  const visited = new Set<number>();
  const images: TiffImage[] = [];
  let first: TiffImage | undefined;
  let last: Size | undefined;
  for (let offset = header.firstDirectory; offset !== 0; ) {
    if (visited.has(offset)) throw malformed(`the directory at ${offset} is reached twice`);
    if (visited.size === maxChain) throw unsupported(`has more than ${maxChain} directories`);
    // Bytes held for a directory are dropped with it: a chain may be spread over gigabytes.
    const directory = await readDirectory(readAhead(file, runBytes, []), header, offset);
    const image = { index: visited.size, directory, fields: fieldsOf(file, header, directory) };
    visited.add(offset);
    first ??= image;
    const subfileType = (await image.fields.number(tags.newSubfileType)) ?? 0;
    const size = await readSize(image.fields).catch(() => undefined);
    const isFlagged = (subfileType & (subfileFlags.reduced | subfileFlags.mask)) !== 0;
    const isPage = (subfileType & subfileFlags.page) !== 0;
    const isLevel = !isPage && size !== undefined && last !== undefined && isReduction(size, last);
    if (!isFlagged && !isLevel) {
      images.push(image);
      last = size;
    }
    offset = directory.next;
  }
  if (first === undefined) throw malformed("the file has no directory");
  const [one = first, ...others] = images;
  return { header, images: [one, ...others] };
}
