import * as v from "valibot";
import type { Area, Size } from "../geometry.ts";
import { sizeEntries } from "./stored-image.ts";
import { type PageText, textFormats } from "./work.ts";
import { parseRecord } from "./work-record.ts";

/** A line of the text of a page, where the file says it is, in units of the canvas. One without a place may be anywhere. */
export interface TextLine {
  readonly text: string;
  readonly area?: Area;
}

/** The text of a page as it is stored: its lines, on the canvas that had this size. */
export interface PageLines extends Size, Pick<PageText, "format" | "file" | "language"> {
  readonly lines: readonly TextLine[];
}

const lineSchema: v.GenericSchema<unknown, TextLine> = v.object({
  text: v.string(),
  area: v.exactOptional(
    v.object({
      x: v.pipe(v.number(), v.integer(), v.minValue(0)),
      y: v.pipe(v.number(), v.integer(), v.minValue(0)),
      ...sizeEntries,
    }),
  ),
});

const pageLinesSchema: v.GenericSchema<unknown, PageLines> = v.object({
  ...sizeEntries,
  format: v.picklist(textFormats),
  file: v.pipe(v.string(), v.minLength(1)),
  language: v.exactOptional(v.pipe(v.string(), v.minLength(1))),
  lines: v.array(lineSchema),
});

/** Names a page of an object, both decoded. */
export interface PageName {
  readonly object: string;
  readonly page: string;
}

/** Returns the key, in the catalogue, of the text of a page. */
export function pageLinesKey({ object, page }: PageName): string {
  return `text/${object}/${page}.json`;
}

/** Endings of the files that texts come from. None is `.json`, so that no file has the key of a record. */
const endings: Readonly<Record<PageText["format"], string>> = { alto: "alto.xml", hocr: "hocr.html", plain: "txt" };

/** Returns the name under which the file of a page's text lies beside the record. */
export function textFileName(page: string, format: PageText["format"]): string {
  return `${page}.${endings[format]}`;
}

/** Returns the key, in the catalogue, of a file that lies beside the record of a page's text. */
export function textFileKey(object: string, file: string): string {
  return `text/${object}/${file}`;
}

/** Reads the text of a page. Throws `record-malformed`, whose detail says what is wrong and where. */
export function parsePageLines(bytes: Uint8Array, name: PageName): PageLines {
  return parseRecord(bytes, { name: pageLinesKey(name), schema: pageLinesSchema });
}

/** Returns the text of a page as it is stored. */
export function formatPageLines(text: PageLines): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(text));
}
