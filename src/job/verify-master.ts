import type { Bucket } from "../bucket/bucket.ts";
import { bucketSource } from "../bucket/bucket-source.ts";
import { recordKey } from "../catalogue/image-records.ts";
import type { FindingPlace, VerifyFinding } from "../check/verify-finding.ts";
import {
  type MasterVerification,
  type ShownImages,
  verifyImageRecord,
  verifyMasterFile,
} from "../check/verify-master.ts";
import type { Size } from "../geometry.ts";
import { maxKeyBytes } from "../identity/master-name.ts";
import { sha256OfSource } from "./source-digest.ts";
import type { ListedMaster } from "./stored-masters.ts";
import { findingsOf } from "./verify-finding.ts";

/** What verifying a master of a bucket needs. */
export interface StoredVerification extends Omit<MasterVerification, "sha256"> {
  readonly masters: Bucket;
  readonly catalogue: Bucket;
  readonly imagesOf: (object: string) => Promise<ShownImages>;
}

/**
 * Verifies a master of a bucket, its file and its record. Throws BucketError when a bucket can't be used at all.
 */
export async function verifyMaster(
  listed: ListedMaster,
  verification: StoredVerification,
): Promise<readonly VerifyFinding[]> {
  const { masters, catalogue, imagesOf } = verification;
  const { identifier: name, key } = listed;
  const place: FindingPlace = { kind: "image", name, bucket: "masters", key };
  let size: Size | undefined;
  const findings = await findingsOf(place, async () => {
    const metadata = listed.metadata ?? (await masters.head(key))?.metadata;
    // It has gone since it was listed.
    if (metadata === undefined) return [];
    const source = bucketSource(masters, key, listed);
    const verified = await verifyMasterFile(place, { source, metadata }, { ...verification, sha256: sha256OfSource });
    size = verified.size;
    return verified.findings;
  });
  const record: FindingPlace = { ...place, bucket: "catalogue", key: recordKey(name) };
  const recorded = await findingsOf(record, async () => {
    const stored = Buffer.byteLength(record.key) > maxKeyBytes ? undefined : await catalogue.get(record.key);
    return stored === undefined ? [] : verifyImageRecord(record, stored.bytes, { size, imagesOf });
  });
  return [...findings, ...recorded];
}
