import * as v from "valibot";
import { type LanguageMap, languageMapSchema } from "./language-map.ts";
import { type StoredImage, storedImageSchema } from "./stored-image.ts";

/** A resource elsewhere that belongs to a thing described here. */
export interface Link {
  /** An http or https URI. */
  readonly uri: string;
  readonly label: LanguageMap;
  /** The media type. */
  readonly format?: string;
  /** A schema or standard that tells a machine what is in it, as a URI. */
  readonly profile?: string;
  /** The languages it is in, as tags of BCP 47. */
  readonly language?: readonly string[];
}

/** An institution that gives access to an object. Source: IIIF Presentation API 3.0 §3.1, provider. */
export interface Provider {
  readonly uri: string;
  readonly label: LanguageMap;
  readonly homepage?: readonly Link[];
  readonly logo?: StoredImage;
  readonly seeAlso?: readonly Link[];
}

export const uriSchema = v.pipe(v.string(), v.regex(/^https?:\/\/[^\s/]+/));

export const linkSchema: v.GenericSchema<unknown, Link> = v.object({
  uri: uriSchema,
  label: languageMapSchema,
  format: v.exactOptional(v.string()),
  profile: v.exactOptional(v.string()),
  language: v.exactOptional(v.array(v.pipe(v.string(), v.minLength(1)))),
});

export const providerSchema: v.GenericSchema<unknown, Provider> = v.object({
  uri: uriSchema,
  label: languageMapSchema,
  homepage: v.exactOptional(v.array(linkSchema)),
  logo: v.exactOptional(storedImageSchema),
  seeAlso: v.exactOptional(v.array(linkSchema)),
});
