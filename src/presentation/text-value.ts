import type { LabelledValue, LanguageMap } from "../catalogue/language-map.ts";
import type { Json } from "./json.ts";

/**
 * Returns texts that may hold HTML: what only looks like it gets a space behind it, which tells viewers that it is plain.
 * Source: IIIF Presentation API 3.0 §4.5.
 */
export function formatValue(map: LanguageMap): LanguageMap {
  return Object.fromEntries(Object.entries(map).map(([language, texts]) => [language, texts.map(markedAsPlain)]));
}

/** Returns a label and its value; the value may hold HTML. */
export function formatPair({ label, value }: LabelledValue): Json {
  return { label, value: formatValue(value) };
}

function markedAsPlain(text: string): string {
  return text.startsWith("<") && text.endsWith(">") && !isElement(text) ? `${text} ` : text;
}

/** Says whether a text is one element, as far as its first and last tag tell: the ingest has held it to the rules. */
function isElement(text: string): boolean {
  const [, name] = /^<([a-z][a-z0-9]*)[\s>/]/i.exec(text) ?? [];
  return name !== undefined && (text.endsWith(`</${name}>`) || text.endsWith("/>"));
}
