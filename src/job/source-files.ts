import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import type { BucketStore } from "./bucket-store.ts";
import { type FolderScan, scanFolder, scanLinks } from "./folder-scan.ts";
import { countSkipped, type SkippedFiles } from "./skipped-files.ts";
import { isInBucket } from "./source-place.ts";

/** An image file that a command line names, itself or by its folder. */
export interface SourceFile {
  /** As it can be opened and as it is shown. */
  readonly path: string;
  /** From the folder that was named, with slashes; the name alone of a file that was named itself. */
  readonly relative: string;
  /** The folder that was named; undefined of a file that was named itself. */
  readonly folder: string | undefined;
  readonly bytes: number;
}

/** An image file whose name is not text, so that no program here can open it by its name. */
export interface UnnamedFile {
  /** As it is shown. */
  readonly path: string;
  readonly bytes: number;
}

/** What was found, sorted within each folder. */
export interface FoundFiles {
  readonly files: readonly SourceFile[];
  /** What fails because of its name. */
  readonly unnamed: readonly UnnamedFile[];
  /** What stops all work: names that lead nowhere, folders without images. */
  readonly faults: readonly string[];
  /** What lies in the folders and is not taken. */
  readonly skipped: readonly SkippedFiles[];
}

/**
 * Finds the image files under what was named: folders through and through, everything whose name starts with a dot left
 * out. Links are followed once all real folders are known, and not to any of them, so that a link renames nothing that is
 * there without it. A file that is reached twice by the same path counts once. What is named in a bucket is listed by `buckets`, where
 * a command has them. Throws BucketError.
 */
export async function findFiles(names: readonly string[], buckets?: Pick<BucketStore, "scan">): Promise<FoundFiles> {
  const taken = new Set<string>();
  const realFolders = new Set<string>();
  const skipped = countSkipped();
  const scans: FolderScan[] = [];
  for (const name of names) {
    const isNew = (path: string): boolean => {
      const place = resolve(path);
      return !taken.has(place) && taken.add(place) !== undefined;
    };
    const scan: FolderScan = { root: name, isNew, skipped, faults: [], files: [], unnamed: [], links: [] };
    scans.push(scan);
    if (isInBucket(name)) {
      if (buckets === undefined) scan.faults.push(`${name} lies in a bucket, from which this command takes no files`);
      else await buckets.scan(scan);
      continue;
    }
    const found = await statOf(name);
    if (found === undefined) scan.faults.push(`${name} is not there or can't be read`);
    else if (found.isDirectory())
      await scanFolder({ path: name, relative: "" }, { scan, visited: new Set(), realFolders, taken: new Set() });
    else if (!found.isFile()) scan.faults.push(`${name} is neither a file nor a folder`);
    else if (isNew(name))
      scan.files.push({ path: name, relative: basename(name), folder: undefined, bytes: found.size });
  }
  for (const scan of scans) {
    await scanLinks(scan, realFolders);
    const isEmpty = scan.faults.length + scan.files.length + scan.unnamed.length === 0;
    if (isEmpty && (isInBucket(scan.root) || (await isFolder(scan.root)))) {
      scan.faults.push(`${scan.root} holds no image that is not named already`);
    }
  }
  return {
    files: scans.flatMap(({ files }) => files.toSorted(byPath)),
    unnamed: scans.flatMap(({ unnamed }) => unnamed),
    faults: scans.flatMap(({ faults }) => faults),
    skipped: skipped.sum(),
  };
}

/** By folders, and by code units, so that the order is the same on every machine. */
function byPath(one: SourceFile, other: SourceFile): number {
  const names = other.relative.split("/");
  for (const [depth, name] of one.relative.split("/").entries()) {
    const against = names[depth];
    if (against === undefined) return 1;
    if (name !== against) return name < against ? -1 : 1;
  }
  return -1;
}

async function isFolder(path: string): Promise<boolean> {
  return (await statOf(path))?.isDirectory() === true;
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch {
    return undefined;
  }
}
