import { shownText } from "./search-text.ts";

/** What stands around what was found, as SQL. No text has these characters: `cleanText` takes them out. */
export const marks = "char(2), char(3)";
const [markStart, markEnd] = ["\u0002", "\u0003"];

/** A text, and where in it something was found: from and to, in UTF-16 units, ascending. */
export interface MarkedText {
  readonly text: string;
  readonly found: readonly (readonly [number, number])[];
}

/** Takes marks out of a text of the index, and returns it as it was before. */
export function parseMarked(marked: string): MarkedText {
  const [first = "", ...others] = shownText(marked).split(markStart);
  let text = first;
  const found: (readonly [number, number])[] = [];
  for (const other of others) {
    const [match = "", ...rest] = other.split(markEnd);
    found.push([text.length, text.length + match.length]);
    text += match + rest.join("");
  }
  return { text, found };
}
