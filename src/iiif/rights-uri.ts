/** The statements of RightsStatements.org. Source: https://rightsstatements.org/page/1.0/. */
const statements = [
  ...["InC", "InC-OW-EU", "InC-EDU", "InC-NC", "InC-RUU"],
  ...["NoC-CR", "NoC-NC", "NoC-OKLR", "NoC-US"],
  ...["CNE", "UND", "NKC"],
];

const creativeCommons =
  /^https?:\/\/(?:www\.)?creativecommons\.org\/(licenses\/[a-z+-]{2,20}|publicdomain\/(?:zero|mark|certification))\/(\d\.\d)(?:\/([a-z]{2,8}))?(?:[/?#]|$)/i;

const rightsStatement =
  /^https?:\/\/(?:www\.)?rightsstatements\.org\/(?:vocab|page|data)\/([a-z-]{2,10})\/1\.0(?:[/?#]|$)/i;

/** What may follow the version of a Creative Commons URI without being a jurisdiction. */
const pages = new Set(["deed", "rdf"]);

/**
 * Returns the URI of a Creative Commons licence or a RightsStatements.org statement in its canonical form: the scheme
 * http, without `www`, page names, language or query. Undefined for any other text. Source: IIIF Image API 3.0 §5.6,
 * rights; the RDF of both vocabularies.
 */
export function parseRightsUri(text: string): string | undefined {
  const trimmed = text.trim();
  const [, license, version, place] = creativeCommons.exec(trimmed) ?? [];
  if (license !== undefined) {
    const jurisdiction = place === undefined || pages.has(place.toLowerCase()) ? "" : `${place.toLowerCase()}/`;
    return `http://creativecommons.org/${license.toLowerCase()}/${version}/${jurisdiction}`;
  }
  const code = rightsStatement.exec(trimmed)?.[1]?.toLowerCase();
  const statement = statements.find((known) => known.toLowerCase() === code);
  return statement === undefined ? undefined : `http://rightsstatements.org/vocab/${statement}/1.0/`;
}
