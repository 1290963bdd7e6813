import { type Bucket, isOfOneObject, type StoredObject } from "../bucket/bucket.ts";
import { attachmentKey } from "../catalogue/attachment.ts";
import { type Collection, collectionKey, parseCollection } from "../catalogue/collection.ts";
import type { Described } from "../catalogue/described.ts";
import { pageLinesKey, textFileKey } from "../catalogue/page-text.ts";
import type { StoredImage } from "../catalogue/stored-image.ts";
import type { Page, Work } from "../catalogue/work.ts";
import { parseWork, workKey } from "../catalogue/work-record.ts";
import { type FindingPlace, mendRecord, type VerifyFinding } from "../check/verify-finding.ts";
import { ImageError } from "../error.ts";
import type { Size } from "../geometry.ts";
import { atOnce } from "./at-once.ts";
import { readImageFacts } from "./image-facts.ts";
import type { Presence } from "./verify-finding.ts";

const headsAtOnce = 8;

/** What verifying objects and collections needs. */
export interface CatalogueVerification {
  readonly masters: Bucket;
  readonly catalogue: Bucket;
  /** What is in the catalogue. */
  readonly present: Presence;
  /** Returns the key of the master of an image; undefined for what can be no identifier. */
  readonly keyOf: (identifier: string) => string | undefined;
  /** Whether the master of an image is on another server, where it is not asked for. */
  readonly isElsewhere: (identifier: string) => boolean;
}

/**
 * Verifies the record of an object: that it can be read, and that the images, texts, files and collections are there that it
 * names, images in the sizes that it states. Throws BucketError and `record-malformed`.
 */
export async function verifyObject(
  place: FindingPlace,
  verification: CatalogueVerification,
): Promise<readonly VerifyFinding[]> {
  const { catalogue } = verification;
  const stored = await catalogue.get(place.key);
  if (stored === undefined) return [];
  const work = parseWork(stored.bytes, place.name);
  const pages = work.pages.map((page, index) => ({ work, page, number: index + 1 }));
  const findings = (await atOnce(pages, headsAtOnce, (page) => verifyPage(place, page, verification))).flat();
  for (const { file } of work.attachments ?? []) {
    if (await verification.present.has(attachmentKey(place.name, file))) continue;
    const mend = "Ingest the folder of the object again.";
    findings.push({
      ...place,
      code: "attachment-missing",
      message: `It has the file ${file}, which is not stored.`,
      mend,
    });
  }
  return [...findings, ...(await verifyDescribed(place, work, verification))];
}

/** Verifies the record of a collection: that it can be read, and that its members and picture are there. Throws the same. */
export async function verifyCollection(
  place: FindingPlace,
  verification: CatalogueVerification,
): Promise<readonly VerifyFinding[]> {
  const stored = await verification.catalogue.get(place.key);
  if (stored === undefined) return [];
  const collection = parseCollection(stored.bytes, place.name);
  const members = await atOnce(collection.members, headsAtOnce, async ({ kind, key }): Promise<VerifyFinding[]> => {
    if (await verification.present.has(kind === "object" ? workKey(key) : collectionKey(key))) return [];
    const message = `It lists the ${kind} ${key}, which is not stored.`;
    return [{ ...place, code: "member-missing", message, mend: `Ingest the ${kind} again.` }];
  });
  const findings = members.flat();
  const { thumbnail } = collection;
  if (thumbnail !== undefined) {
    findings.push(...(await verifyImage(place, { image: thumbnail, shownBy: "It shows" }, verification)));
  }
  return [...findings, ...(await verifyDescribed(place, collection, verification))];
}

/** Both say who provides them, with a picture, and which collections they are in. */
async function verifyDescribed(
  place: FindingPlace,
  { provider = [], collections }: Described & (Work | Collection),
  verification: CatalogueVerification,
): Promise<readonly VerifyFinding[]> {
  const findings: VerifyFinding[] = [];
  for (const { logo } of provider) {
    if (logo === undefined) continue;
    findings.push(...(await verifyImage(place, { image: logo, shownBy: "Its provider shows" }, verification)));
  }
  for (const { key } of collections) {
    if (await verification.present.has(collectionKey(key))) continue;
    const message = `It is in the collection ${key}, which is not stored.`;
    findings.push({ ...place, code: "collection-missing", message, mend: mendRecord("collection") });
  }
  return findings;
}

async function verifyPage(
  place: FindingPlace,
  { work, page, number }: { readonly work: Work; readonly page: Page; readonly number: number },
  verification: CatalogueVerification,
): Promise<readonly VerifyFinding[]> {
  const findings: VerifyFinding[] = [];
  const shownBy = `Page ${number} (${page.key}) shows`;
  for (const image of page.images) findings.push(...(await verifyImage(place, { image, shownBy }, verification)));
  if (page.text === undefined) return findings;
  const name = { object: work.key, page: page.key };
  const keys = [pageLinesKey(name), textFileKey(work.key, page.text.file)];
  for (const key of keys) {
    if (await verification.present.has(key)) continue;
    const message = `Page ${number} (${page.key}) has a text, and there is no ${key}.`;
    findings.push({ ...place, code: "text-missing", message, mend: "Ingest the folder of the object again." });
  }
  return findings;
}

async function verifyImage(
  place: FindingPlace,
  { image, shownBy }: { readonly image: StoredImage; readonly shownBy: string },
  { masters, keyOf, isElsewhere }: CatalogueVerification,
): Promise<readonly VerifyFinding[]> {
  const { identifier } = image;
  if (isElsewhere(identifier)) return [];
  const key = keyOf(identifier);
  const stored = key === undefined ? undefined : await masters.head(key);
  if (key === undefined || stored === undefined) {
    const mend = "Ingest the image again, or the folder of the object without it.";
    const message = `${shownBy} the image ${identifier}, which is not stored.`;
    return [{ ...place, code: "image-missing", message, mend }];
  }
  const size = await sizeOf(masters, key, stored);
  if (size === undefined || (size.width === image.width && size.height === image.height)) return [];
  const message = `${shownBy} the image ${identifier} as ${image.width} by ${image.height} pixels, and it is ${size.width} by ${size.height}.`;
  return [{ ...place, code: "image-size-differs", message, mend: mendRecord(place.kind) }];
}

/** What the ingest wrote on it needs no reading. What is wrong with a master that can't be opened is told of itself. */
async function sizeOf(masters: Bucket, key: string, { metadata }: StoredObject): Promise<Size | undefined> {
  const [width, height] = [Number(metadata.width), Number(metadata.height)];
  if (width > 0 && height > 0) return { width, height };
  try {
    return await readImageFacts(masters, key);
  } catch (error) {
    if (!(error instanceof ImageError) && !isOfOneObject(error)) throw error;
    return undefined;
  }
}
