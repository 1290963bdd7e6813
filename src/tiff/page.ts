import { ImageError } from "../error.ts";
import type { ByteSource } from "../source/byte-source.ts";
import type { ArrangedImage, ChainedSubfile } from "./arranged-image.ts";
import { arrangeDirectories } from "./arrangement.ts";
import { inheritedTags } from "./descriptive-tags.ts";
import type { Directory } from "./directory.ts";
import type { DirectoryChain } from "./directory-chain.ts";
import { type Fields, fieldsOf } from "./fields.ts";
import { readSubfile, type Subfile } from "./subfile.ts";

/** The directories of one image of a file. */
export interface PageFields {
  readonly main: Fields;
  /** The directories that may be its levels. */
  readonly reduced: readonly Fields[];
  /** Reduced versions of it or of another image, nothing says which. */
  readonly doubtful: readonly Fields[];
  /** Its other SubIFDs. */
  readonly others: readonly Fields[];
  /** Where the image is in the file: which directory of the chain, and which of its SubIFDs, both from 0. */
  readonly place: { readonly index: number; readonly subIfd: number | undefined };
}

/** A directory with its values and where it is. */
interface Described extends Subfile {
  readonly fields: Fields;
  readonly place: PageFields["place"];
}

/**
 * Lists the images of a file, as `arrangeDirectories` tells them apart; there is always one. Throws what the source
 * throws.
 */
export async function listPages(
  source: ByteSource,
  { header, pages }: DirectoryChain,
): Promise<readonly [PageFields, ...PageFields[]]> {
  const describe = async (directory: Directory, place: PageFields["place"]): Promise<Described> => {
    const fields = fieldsOf(source, header, directory);
    return { ...(await readSubfile(fields)), fields, place };
  };
  const describePage = async (index: number): Promise<ChainedSubfile<Described>> => {
    const { directory, subDirectories } = pages[index] ?? pages[0];
    return {
      own: await describe(directory, { index, subIfd: undefined }),
      children: await Promise.all(subDirectories.map((child) => describe(child, { index, subIfd: child.index }))),
    };
  };
  const first = await describePage(0);
  const others = await Promise.all(pages.slice(1).map((_, index) => describePage(index + 1)));
  const [image, ...images] = arrangeDirectories<Described>([first, ...others]);
  return [pageFields(image), ...images.map(pageFields)];
}

/** Finds image number `page` of a chain, counted from 1. Throws `not-found` after the last, and what the source throws. */
export async function findPage(source: ByteSource, chain: DirectoryChain, page: number): Promise<PageFields> {
  const images = await listPages(source, chain);
  const found = images[page - 1];
  if (found === undefined) {
    throw new ImageError("not-found", `There is no page ${page}: the stored file has ${images.length}.`);
  }
  return found;
}

function pageFields({ main, parent, levels, doubtful, others }: ArrangedImage<Described>): PageFields {
  return {
    main: parent === undefined ? main.fields : inherit(main.fields, parent.fields),
    reduced: levels.map(({ fields }) => fields),
    doubtful: doubtful.map(({ fields }) => fields),
    others: others.map(({ fields }) => fields),
    place: main.place,
  };
}

/** The directory of a thumbnail says what holds for the picture in its SubIFD too. Source: ISO 12234-2 (TIFF/EP). */
function inherit({ origin: { source, header, directory } }: Fields, parent: Fields): Fields {
  const inherited = [...parent.origin.directory.entries].filter(([tag]) => inheritedTags.includes(tag));
  return fieldsOf(source, header, { ...directory, entries: new Map([...inherited, ...directory.entries]) });
}
