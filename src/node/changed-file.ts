import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";

/**
 * Writes a file whole or not at all, and only if its bytes differ: a server that watches it never reads half of it, and
 * does not start anew for nothing. Returns whether it was written. Throws what the file system throws.
 */
export async function writeChanged(path: string, bytes: Uint8Array): Promise<boolean> {
  const present = await readFile(path).catch(() => undefined);
  if (present?.equals(bytes) === true) return false;
  await mkdir(dirname(path), { recursive: true });
  // Not in the same folder: what is served or watched there never sees it.
  const aside = join(dirname(dirname(path)), `.${randomUUID()}.part`);
  try {
    await writeFile(aside, bytes);
    await rename(aside, path);
  } finally {
    await rm(aside, { force: true });
  }
  return true;
}

/**
 * Makes a folder hold just the given files, by their paths in it with `/`. Files that are the same are left alone.
 * Throws what the file system throws.
 */
export async function writeChangedFolder(folder: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  for (const [name, bytes] of files) await writeChanged(join(folder, name), bytes);
  for (const [name] of await readFolder(folder)) if (!files.has(name)) await rm(join(folder, name));
}

/** Returns the files in a folder and those below it, by their paths in it with `/`. Throws what the file system throws. */
export async function readFolder(folder: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(
      paths.map(async (path) => [relative(folder, path).replaceAll(sep, "/"), await readFile(path)] as const),
    ),
  );
}
