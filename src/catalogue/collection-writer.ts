import { type Collection, topCollection } from "./collection.ts";
import { collectionShape } from "./collection-table.ts";
import { compareNaturally } from "./natural-order.ts";
import { type CellWriting, collectionPath, formatCsv, joinValues, metadataCells, rowOf, texts } from "./table-cells.ts";

/**
 * Writes the table that makes collections as their records have them: read by an ingest of the same objects, it changes
 * nothing. Metadata have their labels in the language of the table.
 */
export function writeCollectionTable(collections: readonly Collection[], writing: CellWriting): string {
  const rows = collections
    .toSorted((a, b) => compareNaturally(a.key, b.key))
    .map((collection) =>
      rowOf([
        ["collection", collectionPath(collection.key)],
        ...texts("label", collection.label, writing),
        ...texts("summary", collection.summary, writing),
        ["parent", parentCell(collection, writing)],
        ["thumbnail", collection.thumbnail?.identifier],
        ["rights", collection.rights],
        ["behavior", collection.isMultiPart ? "multi-part" : undefined],
        ...metadataCells(collection.metadata, writing),
      ]),
    );
  return formatCsv(rows, ["collection", "label", "summary", "parent"], collectionShape.known);
}

/** A collection whose key has a front would be in that one, unless it is said to be in the top one. */
function parentCell({ key, collections }: Collection, { separator }: CellWriting): string | undefined {
  if (key === topCollection) return undefined;
  const named = collections.length === 0 && key.includes("/") ? [topCollection] : collections.map((one) => one.key);
  return joinValues(named.map(collectionPath), separator);
}
