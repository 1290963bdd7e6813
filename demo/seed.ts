import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { getPlatformProxy } from "wrangler";
import { demoMasters, mastersFolder, projectFolder } from "./masters.ts";

/** Where `wrangler dev` keeps its storage unless it is told otherwise. */
export const defaultStateFolder = join(projectFolder, ".wrangler", "state");

/** The demonstration's own files. */
export const demoFiles: readonly string[] = demoMasters.map(({ file }) => join(mastersFolder, file));

/** What happened to a file: `kept` when the bucket had the same bytes already. */
export interface SeededFile {
  readonly identifier: string;
  readonly bytes: number;
  readonly outcome: "stored" | "kept";
}

const partBytes = 50_000_000;

/**
 * Puts TIFF files into the local bucket MASTERS, each under its name without `.tif`; a file whose size and checksum the
 * bucket already has is left alone. `stateFolder` is what `wrangler dev --persist-to` is given. Throws when a file can't
 * be read or stored.
 */
export async function seed(
  files: readonly string[],
  stateFolder: string = defaultStateFolder,
): Promise<readonly SeededFile[]> {
  const proxy = await getPlatformProxy<{ readonly MASTERS: R2Bucket }>({
    configPath: join(projectFolder, "wrangler.toml"),
    persist: { path: join(stateFolder, "v3") },
  });
  try {
    const seeded: SeededFile[] = [];
    for (const file of files) seeded.push(await store(proxy.env.MASTERS, file));
    return seeded;
  } finally {
    await proxy.dispose();
  }
}

async function store(bucket: R2Bucket, file: string): Promise<SeededFile> {
  const identifier = basename(file).replace(/\.tiff?$/i, "");
  const bytes = new Uint8Array(await readFile(file));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const known = await bucket.head(identifier);
  const isKnown = known?.size === bytes.length && known.customMetadata?.sha256 === sha256;
  if (!isKnown) await put(bucket, { identifier, bytes, sha256 });
  return { identifier, bytes: bytes.length, outcome: isKnown ? "kept" : "stored" };
}

/** Stores in parts what would be too large for one request to the local bucket. */
async function put(
  bucket: R2Bucket,
  { identifier, bytes, sha256 }: { readonly identifier: string; readonly bytes: Uint8Array; readonly sha256: string },
): Promise<void> {
  const options = { httpMetadata: { contentType: "image/tiff" }, customMetadata: { sha256 } };
  if (bytes.length <= partBytes) {
    await bucket.put(identifier, bytes, options);
    return;
  }
  const upload = await bucket.createMultipartUpload(identifier, options);
  const parts: R2UploadedPart[] = [];
  for (let start = 0; start < bytes.length; start += partBytes) {
    parts.push(await upload.uploadPart(parts.length + 1, bytes.subarray(start, start + partBytes)));
  }
  await upload.complete(parts);
}
