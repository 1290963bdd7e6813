import type { Texts } from "./rules.ts";

/** Returns texts by language as IIIF spells them. Source: Presentation API 3.0 §4.1. */
export function languageMap(texts: Texts): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(Object.entries(texts).map(([language, text]) => [language, [text]]));
}

/** A text and the language that it is in, a tag of BCP 47. */
export interface ChosenText {
  readonly language: string;
  readonly text: string;
}

/**
 * Returns the one of some texts that suits whoever wants `languages`, the best first: of the language itself, else of the
 * same language elsewhere; English or the first where none suits. Source: RFC 4647 §3.4, lookup.
 */
export function chooseText(texts: Texts, languages: readonly string[] = []): ChosenText {
  const entries = Object.entries(texts).map(([language, text]) => ({ language, text }));
  const [first = { language: "en", text: "" }] = entries;
  for (const wanted of [...languages, "en"].map((language) => language.toLowerCase())) {
    const exact = entries.find(({ language }) => language.toLowerCase() === wanted);
    const alike = exact ?? entries.find(({ language }) => primary(language) === primary(wanted));
    if (alike !== undefined) return alike;
  }
  return first;
}

function primary(language: string): string {
  return language.toLowerCase().split("-")[0] ?? "";
}
