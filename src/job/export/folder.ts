import { opendir, readdir, readFile, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { markerName, markerPath, wholeMarker } from "../../export/names.ts";
import { isLevel0Segment } from "../../iiif/level0.ts";
import { WriteError, writeIn } from "../../node/writable-file.ts";
import { type ExportPlace, type ExportTarget, otherContent } from "./target.ts";

/** Returns a folder that an export goes to: a new one, an empty one, or that of an earlier export. Throws PlaceFault. */
export async function folderPlace(folder: string): Promise<ExportPlace> {
  const names = await namesIn(folder);
  if (names !== undefined && names.length > 0 && !names.includes(markerName)) throw otherContent(folder);
  return {
    name: folder,
    isCharged: false,
    open: async () => {
      await writeIn(folder, markerName, wholeMarker);
      return folderTarget(folder);
    },
  };
}

async function namesIn(folder: string): Promise<readonly string[] | undefined> {
  try {
    return await readdir(folder);
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT") return undefined;
    if (code === "ENOTDIR") throw otherContent(folder);
    throw new WriteError(`${folder} can't be read: ${code}.`);
  }
}

function folderTarget(root: string): ExportTarget {
  const write = (path: string, bytes: Uint8Array | string): Promise<void> => writeIn(root, path, bytes);
  return {
    readMarker: (folder) => readIfThere(join(root, markerPath(folder))),
    writeMarker: (folder, marker) => write(markerPath(folder), marker),
    clear: async (folder) => {
      const path = join(root, folder);
      // Without its marker it is not taken for whole, whatever becomes of the rest.
      await rm(join(path, markerName), { force: true });
      const names = (await namesIn(path)) ?? [];
      for (const name of names.filter(isLevel0Segment)) await rm(join(path, name), { recursive: true, force: true });
      await removeEmpty(root, folder);
    },
    write,
    listMarked: () => walk(root, ""),
    finish: async () => {},
    abandon: async () => {},
  };
}

/** What can't be read is not taken for missing: files of before would stay, and pass for whole. */
async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new WriteError(`${file} can't be read: ${code}.`);
  }
}

async function* walk(root: string, folder: string): AsyncGenerator<string, undefined> {
  for await (const entry of await opendir(join(root, folder))) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.name === markerName) yield folder;
    else if (entry.isDirectory() && !isLevel0Segment(entry.name)) yield* walk(root, path);
  }
}

/** Removes a folder and those around it that nothing is left in. */
async function removeEmpty(root: string, folder: string): Promise<void> {
  for (let at = folder; at !== "" && at !== "."; at = dirname(at)) {
    try {
      await rmdir(join(root, at));
    } catch {
      return;
    }
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
