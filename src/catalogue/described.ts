import * as v from "valibot";
import { type LabelledValue, type LanguageMap, labelledValueSchema, languageMapSchema } from "./language-map.ts";
import { type Link, linkSchema, type Provider, providerSchema, uriSchema } from "./link.ts";

/** What people and machines are told of an object or of a collection. Source: IIIF Presentation API 3.0 §3.1, §3.3. */
export interface Described {
  readonly label: LanguageMap;
  readonly summary?: LanguageMap;
  readonly metadata: readonly LabelledValue[];
  readonly requiredStatement?: LabelledValue;
  /** A URI of Creative Commons or RightsStatements.org, as they are written there: with http. */
  readonly rights?: string;
  readonly provider?: readonly Provider[];
  readonly homepage?: readonly Link[];
  readonly seeAlso?: readonly Link[];
  readonly rendering?: readonly Link[];
  /** xsd:dateTime in UTC. */
  readonly navDate?: string;
}

const links = v.exactOptional(v.array(linkSchema));

/** What a description has to be like in a record. */
export const describedEntries = {
  label: languageMapSchema,
  summary: v.exactOptional(languageMapSchema),
  metadata: v.array(labelledValueSchema),
  requiredStatement: v.exactOptional(labelledValueSchema),
  rights: v.exactOptional(uriSchema),
  provider: v.exactOptional(v.array(providerSchema)),
  homepage: links,
  seeAlso: links,
  rendering: links,
  navDate: v.exactOptional(v.pipe(v.string(), v.minLength(1))),
};
