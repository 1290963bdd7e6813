/**
 * Characters that act on a terminal instead of being shown: control characters, line and paragraph separators,
 * direction controls, halves of surrogate pairs. Source: Unicode Standard Annex #44.
 */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/gu;

const shortEscapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * Makes any text a single safe line: characters that would act on a terminal become visible escapes, as in JSON. A line
 * of JSON therefore stays JSON and keeps its values.
 */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => shortEscapes[character] ?? escapeUnit(character));
}

function escapeUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
