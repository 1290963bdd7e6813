import type { ByteSource } from "../source/byte-source.ts";
import type { Directory } from "../tiff/directory.ts";
import { readDirectoryChain } from "../tiff/directory-chain.ts";
import type { Fields } from "../tiff/fields.ts";
import type { TiffHeader } from "../tiff/header.ts";
import { listPages, type PageFields } from "../tiff/page.ts";

/** One image of a TIFF, which may hold several. */
export interface TiffImage {
  readonly place: PageFields["place"];
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

/**
 * Lists the images of a TIFF, which are the pages that the service serves of it. Throws `source-malformed`,
 * `source-unsupported`, and what the source throws.
 */
export async function listTiffImages(file: ByteSource): Promise<TiffImages> {
  const chain = await readDirectoryChain(file, maxChain);
  const [first, ...others] = await listPages(file, chain);
  return { header: chain.header, images: [imageOf(first), ...others.map(imageOf)] };
}

function imageOf({ main, place }: PageFields): TiffImage {
  return { place, directory: main.origin.directory, fields: main };
}
