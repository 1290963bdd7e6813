import { cleanText } from "../catalogue/clean-text.ts";
import type { TextLine } from "../catalogue/page-text.ts";
import { clipArea, type Size } from "../geometry.ts";
import { maxPageTextCharacters, maxTextLines } from "../limits.ts";
import { TextFault } from "./text-fault.ts";

/** A rectangle in the units of a file, which need not be whole. Its right and lower edges are not part of it. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A line as a file has it. */
export interface FoundLine {
  readonly text: string;
  readonly frame: Frame | undefined;
}

/** Returns the smallest frame that holds both; undefined of none. */
export function joinFrames(one: Frame | undefined, other: Frame | undefined): Frame | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return {
    left: Math.min(one.left, other.left),
    top: Math.min(one.top, other.top),
    right: Math.max(one.right, other.right),
    bottom: Math.max(one.bottom, other.bottom),
  };
}

/**
 * Returns the lines that have any text, scaled from the page of the file to the canvas and cut off at its edges. A line
 * that lies outside keeps its text and no place. `page` undefined: nothing says how large the page is, and no line is
 * placed. Throws TextFault past `maxTextLines` and `maxPageTextCharacters`.
 */
export function placeLines(
  found: readonly FoundLine[],
  { page, canvas }: { readonly page: Frame | undefined; readonly canvas: Size },
): readonly TextLine[] {
  const lines = found.map(({ text, frame }) => ({ text: cleanText(text), frame })).filter(({ text }) => text !== "");
  if (lines.length > maxTextLines) {
    throw new TextFault(`It has ${lines.length} lines, and a page may have ${maxTextLines}`);
  }
  const characters = lines.reduce((sum, { text }) => sum + text.length, 0);
  if (characters > maxPageTextCharacters) {
    throw new TextFault(`It has ${characters} characters, and a page may have ${maxPageTextCharacters}`);
  }
  return lines.map(({ text, frame }) => {
    const area = frame === undefined || page === undefined ? undefined : placeFrame(frame, { page, canvas });
    return area === undefined ? { text } : { text, area };
  });
}

function placeFrame(
  { left, top, right, bottom }: Frame,
  { page, canvas }: { readonly page: Frame; readonly canvas: Size },
) {
  const horizontally = canvas.width / (page.right - page.left);
  const vertically = canvas.height / (page.bottom - page.top);
  const x = Math.floor((left - page.left) * horizontally);
  const y = Math.floor((top - page.top) * vertically);
  const width = Math.ceil((right - page.left) * horizontally) - x;
  const height = Math.ceil((bottom - page.top) * vertically) - y;
  const isReal = [x, y, width, height].every(Number.isSafeInteger);
  return isReal ? clipArea({ x, y, width, height }, canvas) : undefined;
}
