import { type AcceptedRights, readRights } from "./accepted-rights.ts";
import { topCollection } from "./collection.ts";
import { defined } from "./defined.ts";
import { findHtmlFault, looksLikeHtml } from "./html.ts";
import type { LabelledValue, LanguageMap } from "./language-map.ts";
import { keyFault } from "./record-name.ts";
import type { SheetFault, SheetPlace } from "./sheet-place.ts";
import { readTable, splitValues, type TableReading, type TableShape } from "./table.ts";

/** The columns of the table of collections. */
export const collectionShape: TableShape = {
  known: ["collection", "label", "summary", "parent", "thumbnail", "rights", "behavior"],
  worded: ["label", "summary"],
  listed: ["parent"],
};

/** What the table says of a collection. */
export interface CollectionRow {
  readonly place: (column?: string) => SheetPlace;
  readonly key: string;
  readonly label?: LanguageMap;
  readonly summary?: LanguageMap;
  readonly metadata: readonly LabelledValue[];
  readonly rights?: string;
  /** The identifier of an image of the service. */
  readonly thumbnail?: string;
  /** Keys of the collections it is in; undefined where the table does not say. */
  readonly parents?: readonly string[];
  readonly isMultiPart: boolean;
}

/** Reads the table of collections. Adds to `faults` everything that is wrong with it, row by row. */
export function readCollectionTable(
  content: Uint8Array | string,
  {
    reading,
    faults,
  }: { readonly reading: TableReading & { readonly rights: AcceptedRights }; readonly faults: SheetFault[] },
): readonly CollectionRow[] {
  const table = readTable(content, { shape: collectionShape, reading, faults });
  if (!table.columns.has("collection")) {
    if (table.isSound && !table.meant.has("collection")) {
      faults.push({ place: undefined, message: "there is no column collection" });
    }
    return [];
  }
  const rows = new Map<string, CollectionRow>();
  for (const row of table.rows) {
    const add = (column: string, message: string): void => void faults.push({ place: row.place(column), message });
    const key = splitValues(row.value("collection")?.normalize("NFC") ?? "", ">").join("/");
    const earlier = rows.get(key);
    if (key === "") {
      add("collection", "the collection is empty");
      continue;
    }
    if (earlier !== undefined) {
      add("collection", `${key} is in row ${earlier.place().row} already`);
      continue;
    }
    const fault = keyFault(key);
    if (fault !== undefined) add("collection", `${key}: ${fault}`);
    const rightsText = row.value("rights");
    const rights = rightsText === undefined ? undefined : readRights(rightsText, reading.rights);
    if (rightsText !== undefined && rights === undefined) {
      add(
        "rights",
        `rights is ${JSON.stringify(rightsText)}, not a URI of creativecommons.org or rightsstatements.org`,
      );
    }
    const behavior = row.value("behavior");
    if (behavior !== undefined && behavior !== "multi-part") {
      add("behavior", `behavior is ${JSON.stringify(behavior)}, not multi-part`);
    }
    const summary = row.texts("summary");
    for (const text of Object.values(summary ?? {}).flat()) {
      const fault = looksLikeHtml(text) ? findHtmlFault(text) : undefined;
      if (fault !== undefined) add("summary", `HTML of summary: ${fault}`);
    }
    const parents = row.values("parent").map((path) => splitValues(path.normalize("NFC"), ">").join("/"));
    const told = defined<CollectionRow>({
      place: row.place,
      key,
      label: row.texts("label"),
      summary,
      metadata: row.metadata,
      rights,
      thumbnail: row.value("thumbnail"),
      parents: parents.length === 0 ? undefined : parents.filter((parent) => parent !== topCollection),
      isMultiPart: behavior === "multi-part",
    });
    rows.set(key, told);
  }
  return [...rows.values()];
}
