import { parseImageRecord } from "../catalogue/image-records.ts";
import type { Size } from "../geometry.ts";
import { openImage, prefixBytes } from "../masters/image.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { checkMaster } from "./check.ts";
import { type DamagedTiles, findDamagedTiles } from "./every-tile.ts";
import { tryMaster } from "./faults.ts";
import type { MasterReport } from "./report.ts";
import type { DrawPicture } from "./serving.ts";
import { type FindingPlace, mendRecord, type VerifyFinding } from "./verify-finding.ts";

/** The identifiers of the images of an object, or why they are not known. */
export type ShownImages = ReadonlySet<string> | "missing" | "unread";

/** What verifying the file of a master needs. */
export interface MasterVerification {
  /** Returns the SHA-256 of a file in hexadecimal. */
  readonly sha256: (source: ByteSource) => Promise<string>;
  /** Decodes tiles, all of them; without it none is decoded. */
  readonly draw: DrawPicture | undefined;
  /** Called for a master that carries no checksum. */
  readonly onUnsealed: () => void;
}

/** A master as it is stored. */
export interface StoredMaster {
  readonly source: ByteSource;
  /** What the ingest has written on it, by lower-case name. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What is wrong with a master, and its size as it is seen, in pixels, if that can be read. */
export interface VerifiedMaster {
  readonly findings: readonly VerifyFinding[];
  readonly size: Size | undefined;
}

const mendMaster = "Ingest the image again with --force, from its source.";

/**
 * Verifies the file of a master: its bytes by the checksum that was stored with it, its header, its size by what the ingest
 * wrote on it; with `draw` every tile. Throws what the source throws, and what `draw` throws that is not the master's fault.
 */
export async function verifyMasterFile(
  place: FindingPlace,
  { source, metadata }: StoredMaster,
  verification: MasterVerification,
): Promise<VerifiedMaster> {
  const report = await checkMaster(source);
  const size = report.pages[0]?.picture;
  const findings = [
    ...(await verifyChecksum(source, { place, stored: metadata.sha256, verification })),
    ...errorsOf(report, place),
    ...verifySize(place, { size, metadata }),
    ...(await verifyTiles(source, { place, report, verification })),
  ];
  return { findings, size };
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
  const actual = await verification.sha256(source);
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

/** What a record of an image is compared with. */
export interface RecordVerification {
  /** Of the master; undefined where it can't be read. */
  readonly size: Size | undefined;
  readonly imagesOf: (object: string) => Promise<ShownImages>;
}

/** Verifies the stored record of an image: that it is one, its size, and that its object shows it. Throws what `imagesOf` throws. */
export async function verifyImageRecord(
  place: FindingPlace,
  bytes: Uint8Array,
  { size, imagesOf }: RecordVerification,
): Promise<readonly VerifyFinding[]> {
  const record = parseImageRecord(bytes, place.name);
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
  if (record.object !== undefined) findings.push(...(await verifyObjectOf(place, record.object, imagesOf)));
  return findings;
}

async function verifyObjectOf(
  place: FindingPlace,
  object: string,
  imagesOf: RecordVerification["imagesOf"],
): Promise<readonly VerifyFinding[]> {
  const images = await imagesOf(object);
  if (images === "unread" || (images !== "missing" && images.has(place.name))) return [];
  const message = `Its record names the object ${object}, which ${images === "missing" ? "there is not" : "does not show it"}.`;
  const code = images === "missing" ? "object-missing" : "page-missing";
  return [{ ...place, code, message, mend: "Ingest the folder of the object again." }];
}
