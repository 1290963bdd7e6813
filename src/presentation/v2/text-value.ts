import type { LabelledValue, LanguageMap } from "../../catalogue/language-map.ts";
import type { Json } from "../json.ts";

/** A text, or a text with its language, or several of these. */
export type ValueV2 = string | Json | readonly (string | Json)[];

/**
 * Returns texts the way Presentation 2.1 has them: one without a language is a plain text. Source: Presentation API 2.1
 * §4.3.
 */
export function formatValueV2(map: LanguageMap): ValueV2 {
  const values = Object.entries(map).flatMap(([language, texts]) =>
    texts.map((text) => (language === "none" ? text : { "@value": text, "@language": language })),
  );
  const [only] = values;
  return values.length === 1 && only !== undefined ? only : values;
}

/** Returns a label and its value. */
export function formatPairV2({ label, value }: LabelledValue): Json {
  return { label: formatValueV2(label), value: formatValueV2(value) };
}
