import { cleanText } from "../catalogue/clean-text.ts";
import { isUnspaced } from "../catalogue/unspaced-script.ts";

/** Ends a word and is not seen. No text has one of its own: `cleanText` takes it out. */
const wordEnd = "\u200b";

/**
 * Returns a line as the index has it: where a script puts no spaces between words, each character is a word, so that any
 * part of a sentence is found as a phrase of them.
 */
export function indexedText(text: string): string {
  const cleaned = cleanText(text);
  let spaced = "";
  let wasUnspaced = false;
  for (const character of cleaned) {
    const isUnspacedNow = isUnspaced(character);
    spaced += spaced !== "" && (wasUnspaced || isUnspacedNow) && !/[\s\p{M}]/u.test(character) ? wordEnd : "";
    spaced += character;
    wasUnspaced = isUnspacedNow || (wasUnspaced && /\p{M}/u.test(character));
  }
  return spaced;
}

/** Returns a text of the index as it was before. */
export function shownText(text: string): string {
  return text.replaceAll(wordEnd, "");
}

/** Returns a text as the index compares it: in lower case, without accents and ends of words and lines. Source: SQLite FTS5 §4.3.1. */
export function withoutAccents(text: string): string {
  return shownText(text).normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/gu, " ").trim();
}
