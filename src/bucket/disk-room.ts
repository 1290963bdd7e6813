import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { formatMegabytes } from "../node/megabytes.ts";
import { BucketError } from "./bucket.ts";

/** What the databases of the local bucket may grow by before they tidy themselves. */
const sparedBytes = 8_000_000;

/**
 * Returns how many bytes the disk of a folder, which may still have to be made, has left for whoever asks; undefined where
 * the disk does not tell.
 */
export async function roomLeft(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize, blocks } = await statfs(folder);
    return blocks === 0 ? undefined : bavail * bsize;
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    return isMissing && dirname(folder) !== folder ? roomLeft(dirname(folder)) : undefined;
  }
}

/** Throws BucketError `disk-full` where the disk of a folder has no room for so many bytes more. */
export async function expectRoom(folder: string, bytes: number): Promise<void> {
  const left = await roomLeft(folder);
  const needed = bytes + sparedBytes;
  if (left === undefined || left >= needed) return;
  throw new BucketError(
    "disk-full",
    `The disk of ${folder} has too little room: ${formatMegabytes(left)} MB are left and ${formatMegabytes(needed)} MB ` +
      "needed. Make room on it, or name a folder on another with --state, and run the command again.",
  );
}
