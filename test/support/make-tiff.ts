import type { Picture } from "./picture.ts";
import { reducePicture } from "./picture.ts";
import { type DirectoryPlan, type Field, type FieldType, type Layout, writeTiffFile } from "./tiff-directory.ts";
import { drawPage, type EncodedPage, encodePage, type PageForm, type PageSize } from "./tiff-page.ts";

/**
 * A TIFF to build. Directories are numbered 0 for the full picture, then its reduced levels, then `extraPages`,
 * wherever they stand in the chain.
 */
export interface TiffOptions extends PageForm {
  readonly width: number;
  readonly height: number;
  /** How many levels, each half of the one before, or the sizes of the reduced ones. 1. */
  readonly levels?: number | readonly { readonly width: number; readonly height: number }[];
  /** How half of an odd number is rounded: `ceil`; vips rounds `floor`. */
  readonly levelRounding?: "ceil" | "floor";
  /** `chain`, or SubIFDs of the first directory. */
  readonly levelLayout?: "chain" | "sub-ifds";
  /** `little`. */
  readonly byteOrder?: "big" | "little";
  readonly bigTiff?: boolean;
  /** `front`: all directories, then all tiles. `back`: each behind its own tiles, as libtiff writes. `front`. */
  readonly directories?: "front" | "back";
  readonly extraPages?: readonly ExtraPage[];
  /** Fields that do not say the truth. */
  readonly overrides?: readonly FieldOverride[];
  /** Links of the chain that lead elsewhere; `of: "header"` is the first one. */
  readonly links?: readonly LinkOverride[];
}

/** A page that is no level of the pyramid. It is uncompressed RGB in one strip unless it says otherwise. */
export interface ExtraPage extends PageForm {
  readonly width: number;
  readonly height: number;
  /** NewSubfileType 1, 4 and 0. A mask is gray with photometric Mask. */
  readonly kind: "thumbnail" | "mask" | "unrelated";
  /** Where it stands in the chain: right behind the full picture, or `last`. */
  readonly position?: "second" | "last";
}

/** What a field says instead. `values` may be computed from the true ones and from where the directories stand. */
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
  const { byteOrder = "little", bigTiff = false, directories = "front", extraPages = [] } = options;
  const file = { byteOrder, bigTiff };
  const sizes = levelSizes(options);
  const full = options.tileBytes ? undefined : drawPage(options, options);
  const pages: EncodedPage[] = [];
  for (const size of sizes) {
    const form = size.level === 0 ? options : withoutMetadata(options);
    pages.push(await encodePage(form, size, full, { ...file, newSubfileType: size.level === 0 ? 0 : 1 }));
  }
  for (const page of extraPages) {
    const form: PageForm = page.kind === "mask" ? { photometric: "Mask", ...page } : page;
    const size = { width: page.width, height: page.height, level: 0, scaleX: 1, scaleY: 1 };
    const picture = page.tileBytes ? undefined : drawPage(form, page);
    const newSubfileType = { thumbnail: 1, mask: 4, unrelated: 0 }[page.kind];
    pages.push(await encodePage(form, size, picture, { ...file, newSubfileType }));
  }

  const chain = chainOrder(options, sizes.length);
  const subDirectories = options.levelLayout === "sub-ifds" ? sizes.slice(1).map((size) => size.level) : [];
  const linkOf = (of: number | "header", truth: number | undefined) => (layout: Layout) => {
    const to = options.links?.find((link) => link.of === of)?.to ?? (truth !== undefined && { directory: truth });
    if (!to) return 0;
    return "offset" in to ? to.offset : layout.directories[to.directory]!;
  };
  const plans = pages.map((page, index): DirectoryPlan => {
    const overrides = options.overrides?.filter((override) => override.directory === index) ?? [];
    const fields = (layout: Layout) => {
      const own = [...page.fields(layout.chunks[index]!)];
      if (index === 0 && subDirectories.length > 0) {
        const values = subDirectories.map((level) => layout.directories[level]!);
        own.push({ tag: 330, type: bigTiff ? "IFD8" : "IFD", values });
      }
      return applyOverrides(own, overrides, layout.directories);
    };
    const place = chain.indexOf(index);
    return { fields, chunks: page.chunks, next: linkOf(index, place < 0 ? undefined : chain[place + 1]) };
  });
  return writeTiffFile(plans, { ...file, directories, firstDirectory: linkOf("header", 0) });
}

/**
 * Returns the picture of each level as a reader should show it, before compression, stored orientation. Never throws.
 */
export function drawLevels(options: TiffOptions): readonly Picture[] {
  const full = drawPage(options, options);
  return levelSizes(options).map((size) => (size.level === 0 ? full : reducePicture(full, size)));
}

function levelSizes(options: TiffOptions): readonly PageSize[] {
  const { width, height, levels = 1, levelRounding = "ceil" } = options;
  const sizes: PageSize[] = [{ width, height, level: 0, scaleX: 1, scaleY: 1 }];
  if (typeof levels === "number") {
    const half = (side: number) => Math.max(1, Math[levelRounding](side / 2));
    while (sizes.length < levels) {
      const last = sizes.at(-1)!;
      const scale = 2 ** sizes.length;
      const next = { width: half(last.width), height: half(last.height) };
      sizes.push({ ...next, level: sizes.length, scaleX: scale, scaleY: scale });
    }
  } else {
    for (const size of levels) {
      const scales = { scaleX: width / size.width, scaleY: height / size.height };
      sizes.push({ width: size.width, height: size.height, level: sizes.length, ...scales });
    }
  }
  return sizes;
}

function withoutMetadata(form: PageForm): PageForm {
  const { iccProfile: _profile, xmp: _xmp, ...rest } = form;
  return rest;
}

/** The directories of the chain in their order; SubIFDs are not in it. */
function chainOrder(options: TiffOptions, levelCount: number): readonly number[] {
  const extra = (options.extraPages ?? []).map((page, index) => ({ page, directory: levelCount + index }));
  const second = extra.filter(({ page }) => page.position === "second").map(({ directory }) => directory);
  const last = extra.filter(({ page }) => page.position !== "second").map(({ directory }) => directory);
  const reduced = options.levelLayout === "sub-ifds" ? [] : Array.from({ length: levelCount - 1 }, (_, i) => i + 1);
  return [0, ...second, ...reduced, ...last];
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
