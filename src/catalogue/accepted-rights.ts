import { parseRightsUri } from "../iiif/rights-uri.ts";

/** What a table may state as rights, next to Creative Commons and RightsStatements.org. */
export interface AcceptedRights {
  /** URIs that an institution has declared. */
  readonly others: readonly string[];
}

/**
 * Returns the rights of a cell as a manifest states them: a URI of one of the two organisations in its canonical form, or
 * one of the others as it is. Undefined for anything else, words behind a URI included. Source: IIIF Presentation API 3.0
 * §3.1, rights.
 */
export function readRights(text: string, { others }: AcceptedRights = { others: [] }): string | undefined {
  if (others.includes(text)) return text;
  return /\s/.test(text) ? undefined : parseRightsUri(text);
}
