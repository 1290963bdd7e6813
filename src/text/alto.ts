import { isUnspaced } from "../catalogue/unspaced-script.ts";
import type { Size } from "../geometry.ts";
import { walkMarkup } from "./markup.ts";
import { type FoundLine, type Frame, joinFrames, placeLines } from "./placed-line.ts";
import type { FoundText } from "./read-text.ts";
import { TextFault } from "./text-fault.ts";

/** A line under way: its pieces in order, with `" "` for a space that the file states. */
interface OpenLine {
  readonly pieces: string[];
  frame: Frame | undefined;
  words: Frame | undefined;
}

/**
 * Reads a page of ALTO 2, 3 or 4. Its units don't matter where it says how large the page is: that is the canvas. Without,
 * pixels are those of the canvas, and other units have no place on it. Throws TextFault. Source: ALTO 4.4 schema.
 */
export function parseAlto(markup: string, canvas: Size): FoundText {
  const lines: FoundLine[] = [];
  let root = "";
  let unit = "pixel";
  let isUnitNext = false;
  let pages = 0;
  let page: Frame | undefined;
  let language: string | undefined;
  let line: OpenLine | undefined;
  walkMarkup(markup, "xml", {
    open(name, attributes) {
      if (root === "") root = name;
      if (root !== "alto") throw new TextFault(`It is XML of another kind than ALTO: <${root.slice(0, 40)}>`);
      if (name === "page") {
        pages += 1;
        page = sizeOf(attributes);
      }
      if (name === "measurementunit") isUnitNext = true;
      language ??= attributes.lang ?? attributes.language;
      if (name === "textline") line = { pieces: [], frame: frameOf(attributes), words: undefined };
      if (line === undefined) return;
      if (name === "sp") line.pieces.push(" ");
      if (name === "string" || name === "hyp") {
        line.pieces.push(...(name === "string" ? ["", attributes.content ?? ""] : [attributes.content ?? "-"]));
        line.words = joinFrames(line.words, frameOf(attributes));
      }
    },
    text(text) {
      if (isUnitNext && text.trim() !== "") unit = text.trim().toLowerCase();
    },
    close(name) {
      if (name === "measurementunit") isUnitNext = false;
      if (name !== "textline" || line === undefined) return;
      lines.push({ text: joinPieces(line.pieces), frame: line.frame ?? line.words });
      line = undefined;
    },
  });
  if (pages !== 1) throw new TextFault(`It has ${pages} pages, and goes with one image. Make a file of each page`);
  const whole = { left: 0, top: 0, right: canvas.width, bottom: canvas.height };
  return {
    lines: placeLines(lines, { page: page ?? (unit === "pixel" ? whole : undefined), canvas }),
    language,
  };
}

/** An empty piece stands in front of each word: a space, where the line states none itself and the script has them. */
function joinPieces(pieces: readonly string[]): string {
  const isSpaced = pieces.includes(" ");
  let text = "";
  for (const [index, piece] of pieces.entries()) {
    const next = pieces[index + 1] ?? "";
    const needsSpace =
      piece === "" &&
      text !== "" &&
      !isSpaced &&
      !(isUnspaced(/.$/su.exec(text)?.[0]) && isUnspaced(/^./su.exec(next)?.[0]));
    text += needsSpace ? " " : piece;
  }
  return text;
}

type Attributes = Readonly<Record<string, string>>;

function sizeOf({ width, height }: Attributes): Frame | undefined {
  const [right, bottom] = [numberOf(width), numberOf(height)];
  return right > 0 && bottom > 0 ? { left: 0, top: 0, right, bottom } : undefined;
}

function frameOf({ hpos, vpos, width, height }: Attributes): Frame | undefined {
  const [left, top] = [numberOf(hpos), numberOf(vpos)];
  const frame = { left, top, right: left + numberOf(width), bottom: top + numberOf(height) };
  return frame.right > left && frame.bottom > top ? frame : undefined;
}

/** Not a number where there is none. */
function numberOf(text: string | undefined): number {
  return text !== undefined && /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(text) ? Number(text) : Number.NaN;
}
