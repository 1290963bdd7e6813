import type { Size } from "../geometry.ts";
import { walkMarkup } from "./markup.ts";
import { type FoundLine, type Frame, joinFrames, placeLines } from "./placed-line.ts";
import type { FoundText } from "./read-text.ts";
import { TextFault } from "./text-fault.ts";

/** Classes of what is a line: those of the standard, and what Tesseract calls lines that stand apart. Source: hOCR 1.2 §4. */
const lineClasses = new Set(["ocr_line", "ocrx_line", "ocr_header", "ocr_footer", "ocr_caption", "ocr_textfloat"]);

interface OpenLine {
  readonly depth: number;
  readonly frame: Frame | undefined;
  words: Frame | undefined;
  text: string;
}

/** Reads a page of hOCR, whose box is the canvas. Throws TextFault. Source: hOCR 1.2. */
export function parseHocr(markup: string, canvas: Size): FoundText {
  const lines: FoundLine[] = [];
  /** Those that are open, the innermost last: a heading may hold lines of its own. */
  const open: OpenLine[] = [];
  let depth = 0;
  let pages = 0;
  let page: Frame | undefined;
  let language: string | undefined;
  walkMarkup(markup, "html", {
    open(name, { class: classes = "", title = "", lang, "xml:lang": xmlLang }) {
      depth += 1;
      const names = classes.split(/\s+/);
      if (names.includes("ocr_page")) {
        pages += 1;
        page = frameOf(title);
      }
      // What stands at the document is often the language of the program's messages.
      if (name !== "html") language ??= lang ?? xmlLang;
      const line = open.at(-1);
      const frame = frameOf(title);
      if (names.some((name) => lineClasses.has(name))) open.push({ depth, frame, words: undefined, text: "" });
      else if (line !== undefined && names.some((name) => /^ocrx?_(?:word|cinfo)/.test(name))) {
        line.words = joinFrames(line.words, frame);
      }
      if (name === "br" && line !== undefined) line.text += " ";
    },
    text(text) {
      const line = open.at(-1);
      if (line !== undefined) line.text += text;
    },
    close() {
      const line = open.at(-1);
      if (line?.depth === depth) {
        open.pop();
        lines.push({ text: line.text, frame: line.frame ?? line.words });
      }
      depth -= 1;
    },
  });
  if (pages === 0) throw new TextFault("It is not hOCR: nothing in it has the class ocr_page");
  if (pages > 1) throw new TextFault(`It has ${pages} pages, and goes with one image. Make a file of each page`);
  const whole = { left: 0, top: 0, right: canvas.width, bottom: canvas.height };
  return { lines: placeLines(lines, { page: page ?? whole, canvas }), language };
}

/** Properties stand in a title, divided by semicolons. Source: hOCR 1.2 §5, bbox. */
function frameOf(title: string): Frame | undefined {
  const found = /(?:^|;)\s*bbox\s+(-?[\d.]+)\s+(-?[\d.]+)\s+(-?[\d.]+)\s+(-?[\d.]+)\s*(?:;|$)/.exec(title);
  if (found === null) return undefined;
  const [left = Number.NaN, top = Number.NaN, right = 0, bottom = 0] = found.slice(1).map(Number);
  return right > left && bottom > top ? { left, top, right, bottom } : undefined;
}
