import type { LabelledValue, LanguageMap } from "./language-map.ts";
import type { Link } from "./link.ts";
import { readLink } from "./link-cell.ts";
import { compareNaturally } from "./natural-order.ts";
import type { TableReading } from "./table.ts";
import type { Entry, Page, Work } from "./work.ts";

/** Tables as text, as the ingest reads them. */
export interface WrittenTables {
  readonly objects: string;
  readonly pages: string;
}

/** How tables are written: as they will be read. */
export interface TableWriting extends Omit<TableReading, "name"> {
  /** Keys of providers in the configuration, by their URIs. */
  readonly providerKeys: ReadonlyMap<string, string>;
}

/** A row by column names, in the order of a table's columns. */
type Row = ReadonlyMap<string, string>;

/**
 * Writes the tables that make objects as their records have them: read by an ingest of the same images, they change
 * nothing. Metadata have their labels in the language of the tables.
 */
export function writeTables(works: readonly Work[], writing: TableWriting): WrittenTables {
  const sorted = works.toSorted((a, b) => compareNaturally(a.key, b.key));
  const objects = sorted.map((work) => objectRow(work, writing));
  const pages = sorted.flatMap((work) => pageRows(work, writing));
  return {
    objects: formatCsv(objects, ["object", "label", "summary", "attribution"]),
    pages: formatCsv(pages, ["identifier", "object", "order", "label"]),
  };
}

function objectRow(work: Work, writing: TableWriting): Row {
  const { separator } = writing;
  const links = (list: readonly Link[] = []) => list.map((link) => formatLink(link, writing));
  const providers = (work.provider ?? []).flatMap(({ uri }) => writing.providerKeys.get(uri) ?? []);
  return rowOf([
    ["object", work.key],
    ...texts("label", work.label, writing),
    ...texts("summary", work.summary, writing),
    ...texts("attribution", work.requiredStatement?.value, writing),
    ["rights", work.rights],
    ["provider", joinValues(providers, separator)],
    ["homepage", joinValues(links(work.homepage), separator)],
    ["see_also", joinValues(links(work.seeAlso), separator)],
    ["rendering", joinValues(links(work.rendering), separator)],
    ["nav_date", work.navDate],
    ["direction", work.viewingDirection],
    ["layout", work.layout],
    ["thumbnail", work.thumbnail],
    ["start", work.start],
    [
      "collection",
      joinValues(
        work.collections.map(({ key }) => key),
        separator,
      ),
    ],
    ...metadataCells(work.metadata, writing),
  ]);
}

function pageRows({ key: object, pages, contents }: Work, writing: TableWriting): readonly Row[] {
  const entries = contents.flatMap((entry) => pathsOf(entry, []));
  return pages.flatMap((page, index) => {
    const starts = entries.filter(({ page: start }) => start === page.key).map(({ path }) => joinValues(path, ">"));
    const images = page.images.length === 0 ? [undefined] : page.images;
    const isChoice = page.images.length > 1;
    return images.map((image, place) => {
      const isFirst = place === 0;
      const isNamed = image === undefined || isChoice || segmentOf(image.identifier) !== page.key;
      return rowOf([
        ["identifier", image?.identifier],
        ["object", object],
        ["order", String(index + 1)],
        ...texts("label", isChoice ? image?.label : page.label, writing),
        ["canvas", isNamed ? page.key : undefined],
        ...(isFirst ? pageCells(page, writing) : []),
        ["toc", isFirst ? joinValues(starts, writing.separator) : undefined],
      ]);
    });
  });
}

function pageCells(page: Page, writing: TableWriting): readonly Cell[] {
  return [
    ["behavior", joinValues(page.behaviors ?? [], writing.separator)],
    ["rights", page.rights],
    ...metadataCells(page.metadata ?? [], writing),
  ];
}

/** Each entry with the page that it begins on, the outer ones first. */
function pathsOf(entry: Entry, around: readonly string[]): readonly { page: string; path: readonly string[] }[] {
  const path = [...around, entry.label.none?.[0] ?? Object.values(entry.label)[0]?.[0] ?? ""];
  return [{ page: entry.key.replace(/~\d+$/, ""), path }, ...entry.entries.flatMap((child) => pathsOf(child, path))];
}

type Cell = readonly [column: string, value: string | undefined];

function texts(name: string, map: LanguageMap | undefined, { language, separator }: TableWriting): readonly Cell[] {
  return Object.entries(map ?? {}).map(([tag, values]) => [
    tag === language ? name : `${name}@${tag}`,
    joinValues(values, separator),
  ]);
}

function metadataCells(metadata: readonly LabelledValue[], writing: TableWriting): readonly Cell[] {
  return metadata.flatMap(({ label, value }) => texts(Object.values(label)[0]?.[0] ?? "", value, writing));
}

/** A link that is read from its URI alone is written so. */
function formatLink({ uri, label }: Link, { language }: TableWriting): string {
  const bare = readLink(uri, language);
  const isBare = JSON.stringify(bare?.label) === JSON.stringify(label);
  return isBare ? uri : `${Object.values(label)[0]?.[0] ?? ""} <${uri}>`;
}

/** Joins values so that `splitValues` divides them again. */
function joinValues(values: readonly string[], separator: string): string {
  return values
    .map((value) => value.replaceAll(separator, `\\${separator}`))
    .join(separator === ">" ? " > " : separator);
}

function rowOf(cells: readonly Cell[]): Row {
  return new Map(cells.flatMap(([column, value]) => (value === undefined || value === "" ? [] : [[column, value]])));
}

/** Columns stand as rows bring them, the first ones before all, each next to its other languages. */
function formatCsv(rows: readonly Row[], first: readonly string[]): string {
  const names = [...new Set([...first, ...rows.flatMap((row) => [...row.keys()])])];
  const groups = Map.groupBy(names, (name) => name.replace(/@[^@]*$/, ""));
  const columns = [...groups.values()].flat();
  const lines = [columns, ...rows.map((row) => columns.map((column) => row.get(column) ?? ""))];
  return lines.map((cells) => `${cells.map(quote).join(",")}\r\n`).join("");
}

function quote(cell: string): string {
  return /[",;\t|\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function segmentOf(identifier: string): string {
  return identifier.slice(identifier.lastIndexOf("/") + 1);
}
