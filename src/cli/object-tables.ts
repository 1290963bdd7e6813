import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Institution, readInstitution } from "../catalogue/institution.ts";
import type { BucketStore } from "../job/bucket-store.ts";
import type { ObjectsRequest } from "../job/object-plan.ts";
import { type NamedRecords, readCollections, readImageTable, readObjects } from "../job/read-records.ts";
import { isInBucket } from "../job/source-place.ts";
import type { PlaceOptions, RunOptions } from "../settings/options.ts";

/** What the tables of a command say. */
export interface Tables {
  readonly records: NamedRecords | undefined;
  readonly request: ObjectsRequest;
  /** Identifiers of the logos of providers, by the URIs of these. */
  readonly logos: ReadonlyMap<string, string>;
  readonly files: readonly string[];
}

/** Where tables are, and who gives the collections. */
export interface TablesRequest {
  readonly folder: string;
  readonly institution: Institution | undefined;
  readonly faults: string[];
  /** Reads those that lie in buckets. */
  readonly buckets?: Pick<BucketStore, "read"> | undefined;
}

/** Reads the tables that options name. Adds to `faults` everything that is wrong with any of them. */
export async function readTables(
  options: PlaceOptions & Pick<RunOptions, "as">,
  { folder, institution = readInstitution({}, []), faults, buckets }: TablesRequest,
): Promise<Tables> {
  const readWhole = async (file: string): Promise<Uint8Array> => {
    if (!isInBucket(file)) return readFile(file);
    if (buckets === undefined) throw new Error("it lies in a bucket that is not opened");
    return buckets.read(file);
  };
  const { language = "none", separator = "|", pageLabels = "number", as } = options;
  const { providers, attributionLabel, otherRights } = institution;
  const reading = { reading: { language, separator, rights: { others: otherRights } }, faults, readFile: readWhole };
  const place = (file: string | undefined) => (file === undefined || isInBucket(file) ? file : resolve(folder, file));
  const [imageFile, objectFile, collectionFile] = [options.records, options.objects, options.collections].map(place);
  const images = imageFile === undefined ? undefined : await readImageTable(imageFile, reading);
  const objects = objectFile === undefined ? undefined : await readObjects(objectFile, reading);
  const collections = collectionFile === undefined ? undefined : await readCollections(collectionFile, reading);
  const named = [...providers].map(([key, { logo: _, ...provider }]) => [key, provider] as const);
  const settings = { pageLabels, providers: new Map(named), attributionLabel };
  const logos = [...providers.values()].flatMap(({ uri, logo }) => (logo === undefined ? [] : [[uri, logo] as const]));
  return {
    records: images?.records,
    request: { pages: images?.pages.isSound ? images.pages : undefined, objects, collections, settings, as },
    logos: new Map(logos),
    files: [imageFile, objectFile, collectionFile].filter((file) => file !== undefined),
  };
}
