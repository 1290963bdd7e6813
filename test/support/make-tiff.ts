import type { Picture } from "./picture.ts";
import { reducePicture } from "./picture.ts";
import { type DirectoryPlan, type Field, type FieldType, type Layout, writeTiffFile } from "./tiff-directory.ts";
import { encodePyramid, levelSizes, type PyramidForm } from "./tiff-levels.ts";
import { drawPage, type EncodedPage, encodePage, type PageForm } from "./tiff-page.ts";

/**
 * A TIFF to build. Directories are numbered 0 for the full picture, then its reduced levels, then `extraPages`, then
 * `pages`, each followed by its levels, wherever they are in the chain.
 */
export interface TiffOptions extends PyramidForm {
  /** `little`. */
  readonly byteOrder?: "big" | "little";
  readonly bigTiff?: boolean;
  /** `front`: all directories, then all tiles. `back`: each after its own tiles, as libtiff writes. `front`. */
  readonly directories?: "front" | "back";
  readonly extraPages?: readonly ExtraPage[];
  /** Further pictures with levels of their own, at the end of the chain. */
  readonly pages?: readonly PyramidForm[];
  /** Directories that the first one points to by a tag, outside of the chain: 34665 for Exif, 34853 for GPS. */
  readonly privateDirectories?: readonly PrivateDirectory[];
  /** Fields that do not say the truth. */
  readonly overrides?: readonly FieldOverride[];
  /** Links of the chain that lead elsewhere; `of: "header"` is the first one. */
  readonly links?: readonly LinkOverride[];
}

/** A page that is not a level of the pyramid. It is uncompressed RGB in one strip by default. */
export interface ExtraPage extends PageForm {
  readonly width: number;
  readonly height: number;
  /** NewSubfileType 1, 4, 0, and 9 as slide scanners have it. A mask is gray with photometric Mask. */
  readonly kind: "thumbnail" | "mask" | "unrelated" | "macro";
  /** Its place in the chain: directly after the full picture, or `last`. */
  readonly position?: "second" | "last";
}

/** A directory that does not belong to a picture. */
export interface PrivateDirectory {
  readonly tag: number;
  readonly fields: readonly Field[];
}

/** What a field says instead. `values` may be computed from the true ones and from the places of the directories. */
export interface FieldOverride {
  readonly directory: number;
  readonly tag: number;
  readonly remove?: true;
  readonly type?: FieldType;
  readonly values?:
    | readonly number[]
    | ((values: readonly number[], directoryOffsets: readonly number[]) => readonly number[]);
  /** The number written as type, count or value field, with no regard to the values. */
  readonly code?: number;
  readonly count?: number;
  readonly valueField?: number;
}

/** A link to another directory of the file, or to any offset; offset 0 ends the chain. */
export interface LinkOverride {
  readonly of: number | "header";
  readonly to: { readonly directory: number } | { readonly offset: number };
}

/** Builds a TIFF file. Throws an Error when options contradict one another. Source: TIFF 6.0, BigTIFF. */
export async function makeTiff(options: TiffOptions): Promise<Uint8Array<ArrayBuffer>> {
  const { byteOrder = "little", bigTiff = false, directories = "front" } = options;
  const { extraPages = [], pages = [], privateDirectories = [] } = options;
  const file = { byteOrder, bigTiff };
  const encoded: EncodedPage[] = [];
  /** The directories of the chain in their order, and by directory those of its SubIFDs. */
  const chain: number[] = [];
  const subDirectories = new Map<number, readonly number[]>();
  const addPyramid = async (form: PyramidForm): Promise<void> => {
    const first = encoded.length;
    encoded.push(...(await encodePyramid(form, file)));
    const levels = Array.from({ length: encoded.length - first - 1 }, (_, index) => first + 1 + index);
    chain.push(first, ...(form.levelLayout === "sub-ifds" ? [] : levels));
    if (form.levelLayout === "sub-ifds") subDirectories.set(first, levels);
  };
  await addPyramid(options);
  for (const page of extraPages) {
    if (page.position === "second") chain.splice(1 + countSecond(extraPages, page), 0, encoded.length);
    else chain.push(encoded.length);
    encoded.push(await encodeExtraPage(page, file));
  }
  for (const page of pages) await addPyramid(page);
  const firstPrivate = encoded.length;

  const linkOf = (of: number | "header", truth: number | undefined) => (layout: Layout) => {
    const to = options.links?.find((link) => link.of === of)?.to ?? (truth !== undefined && { directory: truth });
    if (!to) return 0;
    return "offset" in to ? to.offset : layout.directories[to.directory]!;
  };
  const plans = encoded.map((page, index): DirectoryPlan => {
    const overrides = options.overrides?.filter((override) => override.directory === index) ?? [];
    const fields = (layout: Layout) => {
      const own = [...page.fields(layout.chunks[index]!)];
      const type = bigTiff ? "IFD8" : "IFD";
      const below = subDirectories.get(index) ?? [];
      if (below.length > 0) own.push({ tag: 330, type, values: below.map((level) => layout.directories[level]!) });
      for (const [place, { tag }] of index === 0 ? privateDirectories.entries() : []) {
        own.push({ tag, type: "LONG", values: [layout.directories[firstPrivate + place]!] });
      }
      return applyOverrides(own, overrides, layout.directories);
    };
    const place = chain.indexOf(index);
    return { fields, chunks: page.chunks, next: linkOf(index, place < 0 ? undefined : chain[place + 1]) };
  });
  const privatePlans = privateDirectories.map(
    ({ fields }): DirectoryPlan => ({ fields: () => fields, chunks: [], next: () => 0 }),
  );
  return writeTiffFile([...plans, ...privatePlans], { ...file, directories, firstDirectory: linkOf("header", 0) });
}

/** Returns the picture of each level as a reader should show it, before compression, stored orientation. */
export function drawLevels(options: PyramidForm): readonly Picture[] {
  const full = drawPage(options, options);
  return levelSizes(options).map((size) => (size.level === 0 ? full : reducePicture(full, size)));
}

function encodeExtraPage(
  page: ExtraPage,
  file: { readonly byteOrder: "big" | "little"; readonly bigTiff: boolean },
): Promise<EncodedPage> {
  const form: PageForm = page.kind === "mask" ? { photometric: "Mask", ...page } : page;
  const size = { width: page.width, height: page.height, level: 0, scaleX: 1, scaleY: 1 };
  const picture = page.tileBytes ? undefined : drawPage(form, page);
  const newSubfileType = { thumbnail: 1, mask: 4, unrelated: 0, macro: 9 }[page.kind];
  return encodePage(form, size, picture, { ...file, newSubfileType });
}

/** How many of the pages before `page` are also directly after the full picture. */
function countSecond(pages: readonly ExtraPage[], page: ExtraPage): number {
  return pages.slice(0, pages.indexOf(page)).filter(({ position }) => position === "second").length;
}

function applyOverrides(
  fields: readonly Field[],
  overrides: readonly FieldOverride[],
  directoryOffsets: readonly number[],
): readonly Field[] {
  const byTag = new Map(fields.map((field) => [field.tag, field]));
  for (const { directory: _, tag, remove, values, ...lies } of overrides) {
    const truth = byTag.get(tag) ?? { tag, type: "LONG", values: [] };
    const said = typeof values === "function" ? values(truth.values, directoryOffsets) : (values ?? truth.values);
    if (remove) byTag.delete(tag);
    else byTag.set(tag, { ...truth, ...lies, values: said });
  }
  return [...byTag.values()].sort((one, other) => one.tag - other.tag);
}
