import * as v from "valibot";

/**
 * Texts by language: tags of BCP 47, or `none`, each with one text or several. Source: IIIF Presentation API 3.0 §4.4.
 */
export type LanguageMap = Readonly<Record<string, readonly string[]>>;

/** A label and its value, for people to read. */
export interface LabelledValue {
  readonly label: LanguageMap;
  readonly value: LanguageMap;
}

export const languageMapSchema: v.GenericSchema<unknown, LanguageMap> = v.record(
  v.pipe(v.string(), v.minLength(1)),
  v.pipe(v.array(v.string()), v.minLength(1)),
);

export const labelledValueSchema: v.GenericSchema<unknown, LabelledValue> = v.object({
  label: languageMapSchema,
  value: languageMapSchema,
});

/** Returns the first text of the first language, for places that hold one text alone; undefined of an empty map. */
export function firstText(map: LanguageMap): string | undefined {
  return Object.values(map)[0]?.[0];
}
