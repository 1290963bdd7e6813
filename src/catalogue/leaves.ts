import type { Leaf } from "./contents-plan.ts";
import type { NamedImage } from "./folder-objects.ts";
import type { PageRow } from "./page-table.ts";
import { formatSheetFault } from "./sheet-place.ts";

/** What the pages of an object are made of. */
export interface LeafSources {
  readonly images: readonly NamedImage[];
  /** Rows of pages that are missing. */
  readonly missing: readonly PageRow[];
}

/** The rows of images, and where faults are told. */
export interface LeafRows {
  readonly rowOf: (image: NamedImage) => PageRow | undefined;
  readonly faults: string[];
}

/**
 * Returns the pages of an object: images with one value of canvas are one leaf, where the first of them is, in the order of their rows; what is missing is
 * one by itself.
 */
export function collectLeaves({ images, missing }: LeafSources, { rowOf, faults }: LeafRows): readonly Leaf[] {
  const leaves = new Map<string, Leaf>();
  for (const image of inOrderOfRows(images, rowOf)) {
    const row = rowOf(image);
    const key = row?.canvas ?? image.identifier.slice(image.identifier.lastIndexOf("/") + 1);
    const known = leaves.get(key);
    const other = known?.images[0];
    // That two images have one identifier is told where they are named.
    if (other !== undefined && other.identifier !== image.identifier && row?.canvas === undefined) {
      faults.push(`${image.path} and ${other.path} would be one page, ${key}: name each by the column canvas`);
    }
    const rows = row === undefined ? [] : [row];
    const { order } = row ?? {};
    leaves.set(key, {
      key,
      order: known?.order ?? order,
      images: [...(known?.images ?? []), image],
      rows: [...(known?.rows ?? []), ...rows],
    });
  }
  for (const row of missing) {
    const key = row.canvas ?? `missing-${row.order ?? row.place().row}`;
    if (leaves.has(key))
      faults.push(formatSheetFault({ place: row.place("canvas"), message: `the page ${key} is there already` }));
    leaves.set(key, { key, order: row.order, images: [], rows: [row] });
  }
  return [...leaves.values()];
}

/** Images of one canvas change places among themselves, so that the first row is the default of a choice. */
function inOrderOfRows(images: readonly NamedImage[], rowOf: LeafRows["rowOf"]): readonly NamedImage[] {
  const rowNumber = (image: NamedImage): number => rowOf(image)?.place().row ?? 0;
  const waiting = new Map(
    [...Map.groupBy(images, (image) => rowOf(image)?.canvas)].map(([canvas, sharing]) => [
      canvas,
      sharing.toSorted((a, b) => rowNumber(a) - rowNumber(b)),
    ]),
  );
  return images.map((image) => {
    const canvas = rowOf(image)?.canvas;
    return canvas === undefined ? image : (waiting.get(canvas)?.shift() ?? image);
  });
}

/** Returns those with a number by their number among the others, which count from 1 as they come. */
export function orderLeaves(leaves: readonly Leaf[]): readonly Leaf[] {
  let natural = 0;
  return leaves
    .map((leaf) => {
      if (leaf.order === undefined) natural += 1;
      return { leaf, place: leaf.order ?? natural };
    })
    .toSorted((a, b) => a.place - b.place)
    .map(({ leaf }) => leaf);
}
