import { type Access, accessForms, parseAccess } from "../access/access.ts";
import { type AcceptedRights, readRights } from "./accepted-rights.ts";
import { defined } from "./defined.ts";
import { findHtmlFault, looksLikeHtml } from "./html.ts";
import type { LanguageMap } from "./language-map.ts";
import type { Link } from "./link.ts";
import { readLink } from "./link-cell.ts";
import { readNavDate } from "./nav-date.ts";
import { type PageLabels, parsePageLabels } from "./page-labels.ts";
import type { SheetFault, SheetPlace } from "./sheet-place.ts";
import { readTable, splitValues, type TableReading, type TableRow, type TableShape } from "./table.ts";
import { layouts, viewingDirections, type Work } from "./work.ts";

/** The columns of the table of objects. */
export const objectShape: TableShape = {
  known: [
    ...["object", "label", "summary", "rights", "attribution", "provider", "homepage", "see_also", "rendering"],
    ...["nav_date", "direction", "layout", "thumbnail", "start", "collection", "page_labels"],
    "manifest_access",
  ],
  worded: ["label", "summary", "attribution"],
  listed: ["provider", "homepage", "see_also", "rendering", "collection"],
};

/** What the table says of an object; what needs its pages is looked at when they are known. */
export interface ObjectRow
  extends Pick<Work, "metadata">,
    Partial<Pick<Work, "label" | "summary" | "rights" | "navDate" | "layout" | "viewingDirection">> {
  readonly place: (column?: string) => SheetPlace;
  readonly key: string;
  readonly attribution?: LanguageMap;
  /** Keys of the configuration. */
  readonly providers: readonly string[];
  readonly homepage: readonly Link[];
  readonly seeAlso: readonly Link[];
  readonly rendering: readonly Link[];
  /** Keys of pages. */
  readonly thumbnail?: string;
  readonly start?: string;
  /** Paths of collections, from the outermost on. */
  readonly collections: readonly (readonly string[])[];
  readonly pageLabels?: readonly string[];
  /** Who may see the manifest; undefined where the table has no column of it. */
  readonly access?: Access;
}

/** How the table of objects is read. */
export interface ObjectTableReading extends TableReading {
  readonly rights: AcceptedRights;
}

/** Reads the table of objects. Adds to `faults` everything that is wrong with it, row by row. */
export function readObjectTable(
  content: Uint8Array | string,
  { reading, faults }: { readonly reading: ObjectTableReading; readonly faults: SheetFault[] },
): readonly ObjectRow[] {
  const table = readTable(content, { shape: objectShape, reading, faults });
  if (!table.columns.has("object")) {
    if (table.isSound && !table.meant.has("object")) {
      faults.push({ place: undefined, message: "there is no column object" });
    }
    return [];
  }
  const rows = new Map<string, ObjectRow>();
  for (const row of table.rows) {
    const key = row.value("object")?.normalize("NFC");
    const earlier = key === undefined ? undefined : rows.get(key);
    if (key === undefined) faults.push({ place: row.place("object"), message: "the object is empty" });
    else if (earlier !== undefined) {
      faults.push({ place: row.place("object"), message: `${key} is in row ${earlier.place().row} already` });
    } else rows.set(key, readObjectRow(key, row, { reading, faults, columns: table.columns }));
  }
  return [...rows.values()];
}

interface RowReading {
  readonly reading: ObjectTableReading;
  readonly faults: SheetFault[];
  readonly columns: ReadonlySet<string>;
}

function readObjectRow(key: string, row: TableRow, { reading, faults, columns }: RowReading): ObjectRow {
  /** Reads a cell; what is there and can't be read is a fault. */
  const read = <T>(column: string, parse: (text: string) => T | undefined, wanted: string): T | undefined => {
    const text = row.value(column);
    const value = text === undefined ? undefined : parse(text);
    if (text !== undefined && value === undefined) {
      faults.push({ place: row.place(column), message: `${column} is ${JSON.stringify(text)}, not ${wanted}` });
    }
    return value;
  };
  const links = (column: string): readonly Link[] =>
    row.values(column).flatMap((text) => {
      const link = readLink(text, reading.language);
      if (link !== undefined) return [link];
      const message = `${column} has ${JSON.stringify(text)}, not an http or https URI, alone or as Label <URI>`;
      faults.push({ place: row.place(column), message });
      return [];
    });
  const summary = row.texts("summary");
  faults.push(...htmlFaults(row, "summary", summary));
  for (const { label, value } of row.metadata)
    faults.push(...htmlFaults(row, Object.values(label)[0]?.[0] ?? "", value));
  const labels = row.value("page_labels");
  const pageLabels: PageLabels | undefined = labels === undefined ? undefined : parsePageLabels(labels);
  if (pageLabels !== undefined && "fault" in pageLabels) {
    faults.push({ place: row.place("page_labels"), message: `page_labels: ${pageLabels.fault}` });
  }
  const access = read("manifest_access", parseAccess, accessForms);
  const rightsWanted = "a URI of creativecommons.org or rightsstatements.org";
  return defined({
    place: row.place,
    key,
    label: row.texts("label"),
    summary,
    metadata: row.metadata,
    rights: read("rights", (text) => readRights(text, reading.rights), rightsWanted),
    attribution: row.texts("attribution"),
    providers: row.values("provider"),
    homepage: links("homepage"),
    seeAlso: links("see_also"),
    rendering: links("rendering"),
    navDate: read("nav_date", readNavDate, "a year, a month (1850-07) or a date (1850-07-31)"),
    viewingDirection: read("direction", readDirection, `${viewingDirections.join(", ")}, rtl or ltr`),
    layout: read("layout", (text) => layouts.find((layout) => layout === text.toLowerCase()), layouts.join(", ")),
    thumbnail: row.value("thumbnail"),
    start: row.value("start"),
    collections: row.values("collection").map((path) => splitValues(path.normalize("NFC"), ">")),
    pageLabels: pageLabels !== undefined && "labels" in pageLabels ? pageLabels.labels : undefined,
    // A cell that is empty says that it is open, and takes back what the record has said.
    access: columns.has("manifest_access") ? (access ?? { kind: "open" }) : undefined,
  });
}

/** Returns the faults of texts that may hold HTML, where they look like it. */
function htmlFaults(row: TableRow, column: string, map: LanguageMap | undefined): readonly SheetFault[] {
  return Object.values(map ?? {})
    .flat()
    .flatMap((text) => {
      const fault = looksLikeHtml(text) ? findHtmlFault(text) : undefined;
      return fault === undefined ? [] : [{ place: row.place(column), message: `HTML of ${column}: ${fault}` }];
    });
}

const shortDirections: Readonly<Record<string, Work["viewingDirection"]>> = {
  rtl: "right-to-left",
  ltr: "left-to-right",
};

function readDirection(text: string): Work["viewingDirection"] {
  const lower = text.toLowerCase();
  return shortDirections[lower] ?? viewingDirections.find((direction) => direction === lower);
}
