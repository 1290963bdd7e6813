import { type Bucket, BucketError, isOfOneObject } from "../bucket/bucket.ts";
import { listObjects } from "../bucket/list-objects.ts";
import { collectionKey } from "../catalogue/collection.ts";
import { recordKey } from "../catalogue/image-records.ts";
import { parseWork, workKey } from "../catalogue/work-record.ts";
import type { DrawPicture } from "../check/serving.ts";
import { type FindingPlace, mendRecord, type VerifyFinding } from "../check/verify-finding.ts";
import type { ShownImages } from "../check/verify-master.ts";
import { ImageError } from "../error.ts";
import { nameOfText } from "../identity/master-name.ts";
import { type Naming, prefixElsewhere } from "../settings/naming.ts";
import { inOrder } from "./at-once.ts";
import { isInSample } from "./sample.ts";
import { listMasters } from "./stored-masters.ts";
import { type CatalogueVerification, verifyCollection, verifyObject } from "./verify-catalogue.ts";
import { findingsOf, Presence } from "./verify-finding.ts";
import { verifyMaster } from "./verify-master.ts";

/** What is verified and how. */
export interface VerifyOrder {
  readonly masters: Bucket;
  readonly catalogue: Bucket;
  readonly naming: Naming;
  /** Hundredths of the images, objects and collections; 100 is all. */
  readonly percent: number;
  /** Decodes every tile; without it none is. */
  readonly draw: DrawPicture | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onFinding: (finding: VerifyFinding) => void;
  /** Called after each thing that was verified. */
  readonly onProgress?: (counts: VerifyCounts) => void;
}

/** What was verified so far. */
export interface VerifyCounts {
  readonly masters: number;
  /** Masters that carry no checksum. */
  readonly unsealed: number;
  readonly records: number;
  readonly objects: number;
  readonly collections: number;
  readonly findings: number;
}

/** Each reads parts of at most `mostReadBytes`. */
const mastersAtOnce = 4;

/** Each record is at most `mostReadBytes` long. */
const recordsAtOnce = 8;

/**
 * Verifies what is stored, without writing anything: masters, the records of images, of objects and of collections, and
 * that each names what is there. Returns what was verified, and why it ended early. Throws what is no BucketError.
 */
export async function verifyStored(
  order: VerifyOrder,
): Promise<VerifyCounts & { readonly failure: BucketError | undefined }> {
  const { masters, catalogue, naming, percent, draw, signal } = order;
  const counts = { masters: 0, unsealed: 0, records: 0, objects: 0, collections: 0, findings: 0 };
  const tell = (kind: "masters" | "records" | "objects" | "collections", found: readonly VerifyFinding[]): void => {
    if (signal?.aborted) throw new BucketError("stopped", "Stopped.");
    counts[kind] += 1;
    counts.findings += found.length;
    for (const finding of found) order.onFinding(finding);
    order.onProgress?.(counts);
  };
  const present = new Presence(catalogue);
  const keyOf = (identifier: string): string | undefined => nameOfText(identifier, naming)?.key;
  const isElsewhere = (identifier: string): boolean => prefixElsewhere(identifier, naming) !== undefined;
  const documents: CatalogueVerification = { masters, catalogue, present, keyOf, isElsewhere };
  const image = {
    masters,
    catalogue,
    draw,
    imagesOf: imageLister(catalogue),
    onUnsealed: () => void counts.unsealed++,
  };
  try {
    await masters.check();
    await catalogue.check();
    const listed = sampled(listMasters(masters, { naming, prefix: "" }), percent, ({ key }) => key);
    for await (const found of inOrder(listed, mastersAtOnce, (master) => verifyMaster(master, image))) {
      tell("masters", found);
    }
    const records = sampled(placesIn(catalogue, "image"), percent, ({ name }) => keyOf(name) ?? name);
    const inMasters = new Presence(masters);
    for await (const found of inOrder(records, recordsAtOnce, (place) => verifyPlace(place, naming, inMasters))) {
      tell("records", found);
    }
    for (const [kind, verify] of [
      ["object", verifyObject],
      ["collection", verifyCollection],
    ] as const) {
      const places = sampled(placesIn(catalogue, kind), percent, ({ key }) => key);
      const work = (place: FindingPlace) => findingsOf(place, () => verify(place, documents));
      for await (const found of inOrder(places, recordsAtOnce, work)) tell(`${kind}s`, found);
    }
    return { ...counts, failure: undefined };
  } catch (error) {
    if (!(error instanceof BucketError)) throw error;
    return { ...counts, failure: error };
  }
}

async function* sampled<Item>(
  items: AsyncIterable<Item>,
  percent: number,
  keyOf: (item: Item) => string,
): AsyncGenerator<Item, undefined> {
  for await (const item of items) if (isInSample(keyOf(item), percent)) yield item;
}

const recordKeys = { image: recordKey, object: workKey, collection: collectionKey } as const;

/** Lists the records of a kind. What lies among them under another ending is none. */
async function* placesIn(catalogue: Bucket, kind: FindingPlace["kind"]): AsyncGenerator<FindingPlace, undefined> {
  const [prefix = "", suffix = ""] = recordKeys[kind]("|").split("|");
  for await (const { key } of listObjects(catalogue, prefix)) {
    if (!key.endsWith(suffix)) continue;
    yield { kind, name: key.slice(prefix.length, -suffix.length), bucket: "catalogue", key };
  }
}

/** What stands in a record is verified with its master; here, whether there is one. Those on other servers are not asked for. */
function verifyPlace(place: FindingPlace, naming: Naming, masters: Presence): Promise<readonly VerifyFinding[]> {
  return findingsOf(place, async () => {
    if (prefixElsewhere(place.name, naming) !== undefined) return [];
    const key = nameOfText(place.name, naming)?.key;
    if (key !== undefined && (await masters.has(key))) return [];
    const message = `There is a record of ${place.name}, and no such image.`;
    const mend = `${mendRecord("image").split(",")[0]}, or delete ${place.key} from the catalogue.`;
    return [{ ...place, code: "record-without-master", message, mend }];
  });
}

/** Images of an object come one after the other: some objects are remembered. */
const objectsRemembered = 8;

function imageLister(catalogue: Bucket): (object: string) => Promise<ShownImages> {
  const known = new Map<string, Promise<ShownImages>>();
  const read = async (object: string): Promise<ShownImages> => {
    try {
      const stored = await catalogue.get(workKey(object));
      if (stored === undefined) return "missing";
      const { pages } = parseWork(stored.bytes, object);
      return new Set(pages.flatMap(({ images }) => images.map(({ identifier }) => identifier)));
    } catch (error) {
      // It is a finding of its own.
      if (error instanceof ImageError || isOfOneObject(error)) return "unread";
      throw error;
    }
  };
  return (object) => {
    const asked = known.get(object) ?? read(object);
    known.delete(object);
    known.set(object, asked);
    const [oldest] = known.keys();
    if (known.size > objectsRemembered && oldest !== undefined) known.delete(oldest);
    return asked;
  };
}
