/**
 * Characters that move a cursor, end a line, colour, erase or turn text around instead of showing: control characters,
 * line and paragraph separators, direction controls, halves of surrogate pairs. Source: Unicode Standard Annex #44.
 */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/gu;

const shortEscapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * Makes a line of any text: what would act on a terminal instead of showing on it becomes a visible escape, as JSON spells
 * it. A line of JSON therefore stays JSON and keeps its values.
 */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => shortEscapes[character] ?? escapeUnit(character));
}

function escapeUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
