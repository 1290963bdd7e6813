import type { Collection } from "../../src/catalogue/collection.ts";
import type { Work } from "../../src/catalogue/work.ts";
import type { Addresses } from "../../src/presentation/addresses.ts";
import { formatCollection } from "../../src/presentation/collection.ts";
import { formatManifest } from "../../src/presentation/manifest.ts";
import { formatCollectionV2 } from "../../src/presentation/v2/collection.ts";
import { formatManifestV2 } from "../../src/presentation/v2/manifest.ts";
import { presentationCorpus, presentationFaults } from "./presentation-schema.ts";
import { addresses, makeCollection, makeWork } from "./works.ts";

// biome-ignore lint/suspicious/noExplicitAny: documents are read as JSON.
export type Document = any;

const faultsOf = presentationCorpus === undefined ? () => [] : presentationFaults(presentationCorpus);

/** Returns the manifest of an object. With a corpus, throws what the validator's schema finds wrong with it. */
export function manifestOf(work: Work = makeWork(), at: Addresses = addresses): Document {
  return valid(formatManifest(at, work));
}

/** Returns the manifest of an object in 2.1. */
export function manifestV2Of(work: Work = makeWork(), at: Addresses = addresses): Document {
  return plain(formatManifestV2(at, work));
}

/** Returns a collection. With a corpus, throws what the validator's schema finds wrong with it. */
export function collectionOf(collection: Collection = makeCollection(), at: Addresses = addresses): Document {
  return valid(formatCollection(at, collection));
}

/** Returns a collection in 2.1. */
export function collectionV2Of(collection: Collection = makeCollection(), at: Addresses = addresses): Document {
  return plain(formatCollectionV2(at, collection));
}

/** Returns all values of a key anywhere in a document. */
export function allOf(document: Document, key: string): Document[] {
  if (typeof document !== "object" || document === null) return [];
  return Object.entries(document).flatMap(([name, value]) => [...(name === key ? [value] : []), ...allOf(value, key)]);
}

/** Returns the ids of the canvases of a manifest. */
export function canvasIds(manifest: Document): string[] {
  return manifest.items.map(({ id }: Document) => id);
}

/** Returns the ids of the canvases of a manifest of 2.1. */
export function canvasIdsV2(manifest: Document): string[] {
  return manifest.sequences[0].canvases.map((canvas: Document) => canvas["@id"]);
}

/** Returns a document as it is sent and read. With a corpus, throws what the validator's schema finds wrong with it. */
export function valid(document: unknown): Document {
  const sent = plain(document);
  const faults = faultsOf(sent);
  if (faults.length > 0) throw new Error(`the schema of the validator: ${faults.join("; ")}`);
  return sent;
}

function plain(document: unknown): Document {
  return JSON.parse(JSON.stringify(document));
}
