import type { Policy } from "../access/policy.ts";
import { policyCells, readPolicyCell } from "../access/policy-cell.ts";
import { type AcceptedRights, readRights } from "./accepted-rights.ts";
import { defined } from "./defined.ts";
import type { LabelledValue, LanguageMap } from "./language-map.ts";
import type { SheetFault, SheetPlace } from "./sheet-place.ts";
import { readTable, splitValues, type TableReading, type TableRow, type TableShape } from "./table.ts";
import { type Page, pageBehaviors } from "./work.ts";

/** The columns of the table of images and pages. */
export const pageShape: TableShape = {
  known: [
    ...["identifier", "file", "object", "order", "label", "canvas", "behavior", "toc", "text", "rights"],
    ...policyCells.map(({ column }) => column),
  ],
  worded: ["label"],
  listed: ["behavior", "toc"],
};

/** What the table says of an image, or of a page that has none. */
export interface PageRow {
  readonly place: (column?: string) => SheetPlace;
  /** The image, by the column that names images; undefined for a page that is missing. */
  readonly image?: string;
  readonly object?: string;
  /** Its place among the pages of its object; those without one are in natural order. */
  readonly order?: number;
  readonly label?: LanguageMap;
  /** Images with one of these are a choice on one canvas. */
  readonly canvas?: string;
  readonly behaviors: NonNullable<Page["behaviors"]>;
  /** Entries of the contents that begin here, each as the path to it. */
  readonly entries: readonly (readonly string[])[];
  /** The path of the file that has its text. */
  readonly text?: string;
  readonly rights?: string;
  readonly metadata: readonly LabelledValue[];
  /** Who may see the image, stated wholly by the columns of access; undefined where the table has none of them. */
  readonly policy?: Policy;
}

/** The rows of the table. */
export interface PageTable {
  /** What names the images: identifiers, or paths from the folder that was named. */
  readonly column: "identifier" | "file";
  readonly rows: readonly PageRow[];
  /** Whether rows can be relied on: the form of the table is right. */
  readonly isSound: boolean;
}

/** How the table is read. */
export interface PageTableReading extends TableReading {
  readonly rights: AcceptedRights;
}

/** Reads the table of images and pages. Adds to `faults` everything that is wrong with it, row by row. */
export function readPageTable(
  content: Uint8Array | string,
  { reading, faults }: { readonly reading: PageTableReading; readonly faults: SheetFault[] },
): PageTable {
  const { rows, columns, meant, header: place, isSound } = readTable(content, { shape: pageShape, reading, faults });
  const column = columns.has("identifier") ? "identifier" : "file";
  if (!columns.has(column)) {
    // A slip in the name of the column says it already, or what is wrong with the whole table.
    if (isSound && !meant.has("identifier") && !meant.has("file")) {
      faults.push({ place, message: "there is no column identifier or file" });
    }
    return { column, rows: [], isSound: false };
  }
  if (columns.has("identifier") && columns.has("file")) {
    const message = "there are the columns identifier and file, and only one can name the images";
    faults.push({ place, message });
  }
  const seen = new Map<string, TableRow>();
  const read = rows.flatMap((row): readonly PageRow[] => {
    const image = row.value(column)?.normalize("NFC");
    if (image === undefined && row.value("object") === undefined) {
      const message = `the ${column} is empty; a page that is missing needs its object`;
      faults.push({ place: row.place(column), message });
      return [];
    }
    const earlier = image === undefined ? undefined : seen.get(image);
    if (earlier !== undefined) {
      faults.push({ place: row.place(column), message: `${image} is in row ${earlier.place().row} already` });
      return [];
    }
    if (image !== undefined) seen.set(image, row);
    const read = readPageRow(image, row, { reading, faults, columns });
    return row.isWhole ? [read] : [];
  });
  return { column, rows: read, isSound };
}

function readPageRow(
  image: string | undefined,
  row: TableRow,
  {
    reading,
    faults,
    columns,
  }: { readonly reading: PageTableReading; readonly faults: SheetFault[]; readonly columns: ReadonlySet<string> },
): PageRow {
  const refuse = (column: string, wanted: string): void => {
    const message = `${column} is ${JSON.stringify(row.value(column))}, not ${wanted}`;
    faults.push({ place: row.place(column), message });
  };
  const orderText = row.value("order");
  const order = orderText === undefined ? undefined : Number(orderText.replace(",", "."));
  if (order !== undefined && !Number.isFinite(order)) refuse("order", "a number");
  const behaviors = row.values("behavior").flatMap((text) => {
    const behavior = pageBehaviors.find((known) => known === text.toLowerCase());
    if (behavior === undefined) refuse("behavior", pageBehaviors.join(" or "));
    return behavior === undefined ? [] : [behavior];
  });
  if (behaviors.length > 1) refuse("behavior", "one of non-paged and facing-pages");
  const rightsText = row.value("rights");
  const rights = rightsText === undefined ? undefined : readRights(rightsText, reading.rights);
  if (rightsText !== undefined && rights === undefined) {
    refuse("rights", "a URI of creativecommons.org or rightsstatements.org");
  }
  const canvas = row.value("canvas");
  // It is a segment of an address, and one that starts with a dot leads elsewhere.
  if (canvas !== undefined && /^\.|[/~\p{Cc}]/u.test(canvas))
    refuse("canvas", "a name without / and ~ that starts with no dot");
  const label = row.texts("label");
  const text = row.value("text");
  const object = row.value("object")?.normalize("NFC");
  return defined({
    place: row.place,
    image,
    object,
    order,
    label,
    canvas,
    behaviors,
    entries: row.values("toc").map((path) => splitValues(path, ">")),
    text,
    rights,
    metadata: row.metadata,
    policy: readPolicy(image, row, { columns, refuse }),
  });
}

interface PolicyReading {
  readonly columns: ReadonlySet<string>;
  readonly refuse: (column: string, wanted: string) => void;
}

/** A cell that is empty states nothing, and takes back what the record has said. */
function readPolicy(image: string | undefined, row: TableRow, { columns, refuse }: PolicyReading): Policy | undefined {
  const cells = policyCells.filter(({ column }) => columns.has(column));
  if (cells.length === 0) return undefined;
  const parts = cells.flatMap((cell): readonly Policy[] => {
    const text = row.value(cell.column);
    if (text === undefined) return [];
    const part = readPolicyCell(cell, text);
    if (part === undefined) refuse(cell.column, cell.wanted);
    else if (image === undefined) refuse(cell.column, "empty: the page is missing, and has no image to keep");
    return part === undefined ? [] : [part];
  });
  const policy: Policy = Object.assign({}, ...parts);
  if (policy.embargoAccess !== undefined && row.value("embargo") === undefined)
    refuse("embargo_access", "empty: there is no embargo");
  return image === undefined ? undefined : policy;
}
