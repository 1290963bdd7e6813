import type { TextLine } from "../catalogue/page-text.ts";
import type { PageText } from "../catalogue/work.ts";
import type { Size } from "../geometry.ts";
import { maxTextFileBytes } from "../limits.ts";
import { parseAlto } from "./alto.ts";
import { decodeFile } from "./decode-text.ts";
import { parseHocr } from "./hocr.ts";
import { placeLines } from "./placed-line.ts";
import { TextFault } from "./text-fault.ts";

/** What is found in a file. */
export interface FoundText {
  readonly lines: readonly TextLine[];
  /** As the file says it. */
  readonly language: string | undefined;
}

/** A file that goes with an image. */
export interface TextFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What a file was read as, or why it can't be: a sentence without a full stop. */
export type TextReading =
  | {
      readonly kind: "read";
      readonly format: PageText["format"];
      readonly lines: readonly TextLine[];
      /** A tag of BCP 47. */
      readonly language: string | undefined;
    }
  | { readonly kind: "fault"; readonly fault: string };

const formatsByEnding: Readonly<Record<string, PageText["format"]>> = {
  xml: "alto",
  alto: "alto",
  hocr: "hocr",
  html: "hocr",
  htm: "hocr",
  txt: "plain",
};

/** Ends of names of files of text that lie beside an image of the same name, in the order in which one is looked for. */
export const textEndings = [".alto.xml", ".xml", ".alto", ".hocr", ".txt"] as const;

/** Returns what a file of text is by the end of its name; undefined for one that is no text. */
export function textFormatOf(name: string): PageText["format"] | undefined {
  const ending = /\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase() ?? "";
  return Object.hasOwn(formatsByEnding, ending) ? formatsByEnding[ending] : undefined;
}

/**
 * Reads the lines of a file of ALTO, hOCR or plain text, in units of the canvas of its page. Never throws: what can't be
 * read is a fault.
 */
export function readText({ name, bytes }: TextFile, canvas: Size): TextReading {
  const format = textFormatOf(name);
  if (format === undefined) return { kind: "fault", fault: "Its name ends in none of .xml, .hocr, .html and .txt" };
  if (bytes.byteLength > maxTextFileBytes) {
    return { kind: "fault", fault: `It has ${bytes.byteLength} bytes, and may have ${maxTextFileBytes}` };
  }
  try {
    const { lines, language } = parsers[format](decodeFile(bytes), canvas);
    return { kind: "read", format, lines, language: canonicalLanguage(language) };
  } catch (error) {
    if (!(error instanceof TextFault)) throw error;
    return { kind: "fault", fault: error.message };
  }
}

const parsers: Readonly<Record<PageText["format"], (text: string, canvas: Size) => FoundText>> = {
  alto: parseAlto,
  hocr: parseHocr,
  plain: parsePlain,
};

/** A plain text says nothing of places. */
function parsePlain(text: string, canvas: Size): FoundText {
  const found = text.split(/\r\n?|\n|\f|\u2028|\u2029/).map((line) => ({ text: line, frame: undefined }));
  return { lines: placeLines(found, { page: undefined, canvas }), language: undefined };
}

/** Files have the three letters of ISO 639 where BCP 47 has two. */
function canonicalLanguage(language: string | undefined): string | undefined {
  try {
    return language === undefined ? undefined : Intl.getCanonicalLocales(language)[0];
  } catch {
    return undefined;
  }
}
