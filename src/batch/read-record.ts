import { ImageError } from "../error.ts";
import { maxKeyBytes } from "../identity/master-name.ts";
import { maxCatalogueRecordBytes } from "../limits.ts";
import { readWholeR2 } from "../source/r2.ts";
import type { Jobs } from "./jobs.ts";

/**
 * Reads a record of the catalogue; undefined where there is none, as of a key that no object can have. Throws
 * `record-malformed` for one that is too large, and `storage-failed`.
 */
export async function readRecord({ clock, config, buckets }: Jobs, key: string): Promise<Uint8Array | undefined> {
  if (new TextEncoder().encode(key).byteLength > maxKeyBytes) return undefined;
  const storage = { bucket: buckets.catalogue, clock, timeoutSeconds: config.storageTimeoutSeconds };
  const found = await readWholeR2(storage, key, async (bytes) => {
    if (bytes > maxCatalogueRecordBytes) throw new ImageError("record-malformed", "The record is too large.");
  });
  return found?.bytes;
}
