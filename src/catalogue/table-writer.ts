import { formatAccess } from "../access/access.ts";
import { formatPolicyCell, policyCells } from "../access/policy-cell.ts";
import type { Link } from "./link.ts";
import { readLink } from "./link-cell.ts";
import { compareNaturally } from "./natural-order.ts";
import { objectShape } from "./object-table.ts";
import { pageShape } from "./page-table.ts";
import {
  type Cell,
  type CellWriting,
  collectionPath,
  formatCsv,
  joinValues,
  metadataCells,
  type Row,
  rowOf,
  texts,
} from "./table-cells.ts";
import type { Entry, Page, Work } from "./work.ts";

/** Tables as text, as the ingest reads them. */
export interface WrittenTables {
  readonly objects: string;
  readonly pages: string;
}

/** How tables are written: as they will be read. */
export interface TableWriting extends CellWriting {
  /** Keys of providers in the configuration, by their URIs. */
  readonly providerKeys: ReadonlyMap<string, string>;
}

/**
 * Writes the tables that make objects as their records have them: read by an ingest of the same images, they change
 * nothing. Metadata have their labels in the language of the tables.
 */
export function writeTables(works: readonly Work[], writing: TableWriting): WrittenTables {
  const sorted = works.toSorted((a, b) => compareNaturally(a.key, b.key));
  const objects = sorted.map((work) => objectRow(work, writing));
  const pages = sorted.flatMap((work) => pageRows(work, writing));
  return {
    objects: formatCsv(objects, ["object", "label", "summary", "attribution"], objectShape.known),
    pages: formatCsv(pages, ["identifier", "object", "order", "label"], pageShape.known),
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
    ["manifest_access", work.access && formatAccess(work.access)],
    ["thumbnail", work.thumbnail],
    ["start", work.start],
    [
      "collection",
      joinValues(
        work.collections.map(({ key }) => collectionPath(key)),
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
        ...policyCells.map((cell): Cell => [cell.column, formatPolicyCell(cell, image?.policy ?? {})]),
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

/** A link that is read from its URI alone is written so. */
function formatLink({ uri, label }: Link, { language }: TableWriting): string {
  const bare = readLink(uri, language);
  const isBare = JSON.stringify(bare?.label) === JSON.stringify(label);
  return isBare ? uri : `${Object.values(label)[0]?.[0] ?? ""} <${uri}>`;
}

function segmentOf(identifier: string): string {
  return identifier.slice(identifier.lastIndexOf("/") + 1);
}
