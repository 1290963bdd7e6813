import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { projectFolder } from "../../demo/masters.ts";
import { localBuckets } from "../../src/bucket/local-buckets.ts";
import { uploadFile } from "../../src/bucket/upload.ts";
import { checksumFile } from "../../src/job/job-image.ts";

/** Puts files into the local bucket MASTERS as they are, each under its name without `.tif`. */
export async function storeMasters(files: readonly string[], stateFolder: string): Promise<void> {
  const { masters, close } = localBuckets({ configFile: join(projectFolder, "wrangler.toml"), stateFolder });
  try {
    for (const file of files) {
      const [{ size: bytes }, checksum] = await Promise.all([stat(file), checksumFile(file, undefined)]);
      const headers = { contentType: "image/tiff", metadata: { sha256: checksum } };
      await uploadFile(masters, { key: basename(file).replace(/\.tiff?$/i, ""), file, bytes, checksum, headers });
    }
  } finally {
    await close();
  }
}
