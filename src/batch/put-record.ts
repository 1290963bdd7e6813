import { sha256 } from "../digest.ts";
import { ImageError } from "../error.ts";
import { answered, type Jobs } from "./jobs.ts";

/** A record as it is to be from now on. */
export interface NewRecord {
  readonly key: string;
  readonly bytes: Uint8Array;
  /** The version that it takes the place of; undefined where there was none. */
  readonly version: string | undefined;
  /** What it is marked with. */
  readonly marks?: Readonly<Record<string, string>>;
}

/**
 * Writes a record of the catalogue in place of the version that was read alone. Throws `source-changed` where somebody else has
 * written it meanwhile, and `storage-failed`.
 */
export async function putRecord(jobs: Jobs, { key, bytes, version, marks = {} }: NewRecord): Promise<void> {
  const onlyIf = version === undefined ? { etagDoesNotMatch: "*" } : { etagMatches: version };
  const customMetadata = { sha256: await sha256(bytes), ...marks };
  const options = { onlyIf, httpMetadata: { contentType: "application/json" }, customMetadata };
  const stored: R2Object | null = await answered(jobs, () => jobs.buckets.catalogue.put(key, bytes, options));
  if (stored !== null) return;
  throw new ImageError("source-changed", "Somebody else has changed the record meanwhile. Try again.", { detail: key });
}
