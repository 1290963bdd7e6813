import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Bucket } from "../src/bucket/bucket.ts";
import { localBuckets } from "../src/bucket/local-buckets.ts";
import { uploadFile } from "../src/bucket/upload.ts";
import { checksumFile } from "../src/job/job-image.ts";
import { demoMasters, mastersFolder, projectFolder } from "./masters.ts";

/** Where `wrangler dev` keeps its storage by default. */
export const defaultStateFolder = join(projectFolder, ".wrangler", "state");

/** The demonstration's own files. */
export const demoFiles: readonly string[] = demoMasters.map(({ file }) => join(mastersFolder, file));

/** What happened to a file: `kept` if the bucket already had the same bytes. */
export interface SeededFile {
  readonly identifier: string;
  readonly bytes: number;
  readonly outcome: "stored" | "kept";
}

/**
 * Puts TIFF files into the local bucket MASTERS, each under its name without `.tif`; a file whose size and checksum the
 * bucket already has is left alone. `stateFolder` is what `wrangler dev --persist-to` is given. Throws when a file can't
 * be read or stored.
 */
export async function seed(
  files: readonly string[],
  { stateFolder = defaultStateFolder, signal }: { readonly stateFolder?: string; readonly signal?: AbortSignal } = {},
): Promise<readonly SeededFile[]> {
  const buckets = localBuckets({ configFile: join(projectFolder, "wrangler.toml"), stateFolder, signal });
  try {
    const seeded: SeededFile[] = [];
    for (const file of files) seeded.push(await store(buckets.masters, file));
    return seeded;
  } finally {
    await buckets.close();
  }
}

async function store(bucket: Bucket, file: string): Promise<SeededFile> {
  const identifier = basename(file).replace(/\.tiff?$/i, "");
  const [{ size: bytes }, checksum] = await Promise.all([stat(file), checksumFile(file, undefined)]);
  const present = await bucket.head(identifier);
  const isKnown = present?.bytes === bytes && present.metadata.sha256 === checksum;
  if (!isKnown) {
    const headers = { contentType: "image/tiff", metadata: { sha256: checksum } };
    await uploadFile(bucket, { key: identifier, file, bytes, checksum, headers });
  }
  return { identifier, bytes, outcome: isKnown ? "kept" : "stored" };
}
