import type { Bucket } from "../bucket/bucket.ts";
import { bucketSource } from "../bucket/bucket-source.ts";
import { parseImageRecord, recordKey } from "../catalogue/image-records.ts";
import { checkMaster } from "../check/check.ts";
import { type DamagedTiles, findDamagedTiles } from "../check/every-tile.ts";
import { tryMaster } from "../check/faults.ts";
import type { MasterReport } from "../check/report.ts";
import type { DrawPicture } from "../check/serving.ts";
import type { Size } from "../geometry.ts";
import { maxKeyBytes } from "../identity/master-name.ts";
import { openImage, prefixBytes } from "../masters/image.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { sha256OfSource } from "./source-digest.ts";
import type { ListedMaster } from "./stored-masters.ts";
import { type FindingPlace, findingsOf, mendRecord, type VerifyFinding } from "./verify-finding.ts";

/** The identifiers of the images of an object, or why they are not known. */
export type ShownImages = ReadonlySet<string> | "missing" | "unread";

/** What verifying an image needs. */
export interface MasterVerification {
  readonly masters: Bucket;
  readonly catalogue: Bucket;
  /** Decodes tiles, all of them; without it none is decoded. */
  readonly draw: DrawPicture | undefined;
  readonly imagesOf: (object: string) => Promise<ShownImages>;
  /** Called for a master that carries no checksum. */
  readonly onUnsealed: () => void;
}

const mendMaster = "Ingest the image again with --force, from its source.";

/**
 * Verifies a master: its bytes by the checksum that was stored with it, its header, its size by what the ingest wrote on it,
 * its record; with `draw` every tile. Throws BucketError when a bucket can't be used at all.
 */
export async function verifyMaster(
  listed: ListedMaster,
  verification: MasterVerification,
): Promise<readonly VerifyFinding[]> {
  const { identifier: name, key } = listed;
  const place: FindingPlace = { kind: "image", name, bucket: "masters", key };
  let size: Size | undefined;
  const findings = await findingsOf(place, async () => {
    const metadata = listed.metadata ?? (await verification.masters.head(key))?.metadata;
    // It has gone since it was listed.
    if (metadata === undefined) return [];
    const source = bucketSource(verification.masters, key, listed);
    const report = await checkMaster(source);
    size = report.pages[0]?.picture;
    return [
      ...(await verifyChecksum(source, { place, stored: metadata.sha256, verification })),
      ...errorsOf(report, place),
      ...verifySize(place, { size, metadata }),
      ...(await verifyTiles(source, { place, report, verification })),
    ];
  });
  const record: FindingPlace = { ...place, bucket: "catalogue", key: recordKey(name) };
  return [...findings, ...(await findingsOf(record, () => verifyRecord(record, { size, verification })))];
}

interface Verified {
  readonly place: FindingPlace;
  readonly verification: MasterVerification;
}

async function verifyChecksum(
  source: ByteSource,
  { place, stored, verification }: Verified & { readonly stored: string | undefined },
): Promise<readonly VerifyFinding[]> {
  if (stored === undefined) {
    verification.onUnsealed();
    return [];
  }
  const actual = await sha256OfSource(source);
  if (actual === stored) return [];
  const message = `Its bytes are not those that were stored: their SHA-256 is ${actual}, and ${stored} is written on it.`;
  return [{ ...place, code: "checksum-differs", message, mend: mendMaster }];
}

/** What a check calls an error is not served. */
function errorsOf({ problems }: MasterReport, place: FindingPlace): readonly VerifyFinding[] {
  return problems
    .filter(({ severity }) => severity === "error")
    .map(({ code, message, mend }) => ({ ...place, code, message, mend: mend.length === 0 ? mendMaster : mendFile }));
}

const mendFile = "Mend its source and ingest that again: tessera check --from says how.";

function verifySize(
  place: FindingPlace,
  { size, metadata }: { readonly size: Size | undefined; readonly metadata: Readonly<Record<string, string>> },
): readonly VerifyFinding[] {
  const { width, height } = metadata;
  if (size === undefined || width === undefined || height === undefined) return [];
  if (Number(width) === size.width && Number(height) === size.height) return [];
  const message = `It is ${size.width} by ${size.height} pixels, and ${width} by ${height} is written on it.`;
  return [{ ...place, code: "size-differs", message, mend: mendMaster }];
}

async function verifyTiles(
  source: ByteSource,
  { place, report, verification: { draw } }: Verified & { readonly report: MasterReport },
): Promise<readonly VerifyFinding[]> {
  const findings: VerifyFinding[] = [];
  if (draw === undefined) return findings;
  for (const { page, picture } of report.pages) {
    if (picture === undefined) continue;
    const opened = await tryMaster(async () => {
      const prefix = await source.read(0, prefixBytes);
      return openImage({ source, prefix, page });
    });
    const damaged = "value" in opened ? await findDamagedTiles({ ...opened.value, source }, draw) : [];
    const of = report.pages.length > 1 ? ` of page ${page}` : "";
    for (const tiles of damaged) {
      findings.push({ ...place, code: "tiles-damaged", message: describeTiles(tiles, of), mend: mendMaster });
    }
  }
  return findings;
}

function describeTiles({ level, count, first }: DamagedTiles, of: string): string {
  const { width, height, columns, rows, isStripped } = level;
  const where = isStripped ? `strip ${first.row + 1}` : `column ${first.column + 1}, row ${first.row + 1}`;
  const tiles = isStripped ? "strips" : "tiles";
  return `${count} of the ${columns * rows} ${tiles} of its level of ${width} by ${height}${of} can't be decoded, the first in ${where}: ${first.reason.replace(/\.$/, "")}.`;
}

async function verifyRecord(
  place: FindingPlace,
  { size, verification }: { readonly size: Size | undefined; readonly verification: MasterVerification },
): Promise<readonly VerifyFinding[]> {
  const { key, name } = place;
  const stored = Buffer.byteLength(key) > maxKeyBytes ? undefined : await verification.catalogue.get(key);
  if (stored === undefined) return [];
  const record = parseImageRecord(stored.bytes, name);
  if (record === undefined) {
    return [
      { ...place, code: "record-unreadable", message: "It is no record of this image.", mend: mendRecord("image") },
    ];
  }
  const findings: VerifyFinding[] = [];
  if (size !== undefined && (record.width !== size.width || record.height !== size.height)) {
    const message = `Its record says ${record.width} by ${record.height} pixels, and it is ${size.width} by ${size.height}.`;
    findings.push({ ...place, code: "record-size-differs", message, mend: mendRecord("image") });
  }
  if (record.object !== undefined) findings.push(...(await verifyObjectOf(place, record.object, verification)));
  return findings;
}

async function verifyObjectOf(
  place: FindingPlace,
  object: string,
  { imagesOf }: MasterVerification,
): Promise<readonly VerifyFinding[]> {
  const images = await imagesOf(object);
  if (images === "unread" || (images !== "missing" && images.has(place.name))) return [];
  const message = `Its record names the object ${object}, which ${images === "missing" ? "there is not" : "does not show it"}.`;
  const code = images === "missing" ? "object-missing" : "page-missing";
  return [{ ...place, code, message, mend: "Ingest the folder of the object again." }];
}
