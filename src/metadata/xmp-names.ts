/**
 * Namespaces of RDF, of XMP and of the vocabularies used in it. Source: ISO 16684-1; the vocabularies' own documents.
 */
export const namespaces = {
  rdf: "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
  dc: "http://purl.org/dc/elements/1.1/",
  dcterms: "http://purl.org/dc/terms/",
  photoshop: "http://ns.adobe.com/photoshop/1.0/",
  xmpRights: "http://ns.adobe.com/xap/1.0/rights/",
  tiff: "http://ns.adobe.com/tiff/1.0/",
  cc: "http://creativecommons.org/ns#",
  oldCc: "http://web.resource.org/cc/",
  edm: "http://www.europeana.eu/schemas/edm/",
} as const;

/** Names that are read or written, as namespace plus local name. */
export const xmpNames = {
  title: `${namespaces.dc}title`,
  creator: `${namespaces.dc}creator`,
  rights: `${namespaces.dc}rights`,
  credit: `${namespaces.photoshop}Credit`,
  usageTerms: `${namespaces.xmpRights}UsageTerms`,
  webStatement: `${namespaces.xmpRights}WebStatement`,
  license: `${namespaces.cc}license`,
  oldLicense: `${namespaces.oldCc}license`,
  termsLicense: `${namespaces.dcterms}license`,
  termsRights: `${namespaces.dcterms}rights`,
  europeanaRights: `${namespaces.edm}rights`,
  artist: `${namespaces.tiff}Artist`,
  copyright: `${namespaces.tiff}Copyright`,
  orientation: `${namespaces.tiff}Orientation`,
} as const;
