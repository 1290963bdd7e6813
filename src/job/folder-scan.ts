import type { Dirent, Stats } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { extname, join, sep } from "node:path";
import { isAttachment } from "../catalogue/attachment.ts";
import { readFileName } from "../node/file-name.ts";
import { textEndings } from "../text/read-text.ts";
import type { SkippedCounter } from "./skipped-files.ts";
import type { SourceFile, UnnamedFile } from "./source-files.ts";

/** What is found under one name of a command line. */
export interface FolderScan {
  readonly root: string;
  /** Tells whether a path was not found before, and remembers it. */
  readonly isNew: (path: string) => boolean;
  readonly skipped: SkippedCounter;
  readonly faults: string[];
  readonly files: SourceFile[];
  readonly unnamed: UnnamedFile[];
  /** Links to folders, which are followed when all real folders are known. */
  readonly links: Place[];
}

/** A folder or file: its path is bytes where a name in it is not text. */
export interface Place {
  readonly path: string | Buffer;
  /** From the folder that was named, with slashes. */
  readonly relative: string;
}

/** Extensions of the files taken from folders; a file named itself may have any. */
const imageExtensions =
  /\.(?:tiff?|ptiff?|btf|tf8|jpe?g|jpe|png|webp|avif|heic|heif|hif|gif|jp2|jpx|jpf|j2k|j2c|jpc|pdf)$/i;

/** Whether a file in a folder is taken for an image, by its name. */
export function isImageName(name: string): boolean {
  return imageExtensions.test(name);
}

interface Walk {
  readonly scan: FolderScan;
  /** Real paths of folders walked already, so that links in a circle come to an end. */
  readonly visited: Set<string>;
  /** Takes the real paths of the folders that are walked; undefined behind a link. */
  readonly realFolders: Set<string> | undefined;
  /** Real paths of folders that are taken under other names; empty of those that no link leads to. */
  readonly taken: ReadonlySet<string>;
}

/** Collects the images of a folder and of the real folders in it that are not taken already, and the links to others. */
export async function scanFolder(place: Place, walk: Walk): Promise<void> {
  const { scan, visited, realFolders } = walk;
  let entries: Dirent<Buffer>[];
  try {
    const real = await realPathOf(place.path);
    if (visited.has(real)) return;
    if (walk.taken.has(real)) {
      scan.skipped.add("link-to-taken-folder", shownPath(place.path));
      return;
    }
    visited.add(real);
    realFolders?.add(real);
    entries = await readdir(place.path, { withFileTypes: true, encoding: "buffer" });
  } catch {
    scan.faults.push(`the folder ${shownPath(place.path)} can't be read`);
    return;
  }
  const names = entries.map(({ name }) => readFileName(name).text);
  const beside = filesBeside(names.filter((name) => !name.startsWith(".")));
  for (const entry of entries.sort((one, other) => one.name.compare(other.name))) {
    await scanEntry(entry, { ...place, beside }, walk);
  }
}

/** Returns the names that files beside the images among these have: texts are taken with their image, and a PDF with the object. */
export function filesBeside(names: readonly string[]): ReadonlySet<string> {
  const images = names.filter((name) => imageExtensions.test(name) && !isAttachment(name));
  const stems = images.map((name) => name.slice(0, -extname(name).length));
  const texts = stems.flatMap((stem) => textEndings.map((ending) => `${stem}${ending}`));
  return new Set([...texts, ...(images.length > 0 ? names.filter(isAttachment) : [])]);
}

/**
 * Follows the links that a scan has found, and those behind them; not into folders that were walked as real ones, which a
 * link to a folder around them leads to as well, nor twice to one behind the same link. Two links to one folder both count: each names its images by its own name, whichever is
 * there without the other.
 */
export async function scanLinks(scan: FolderScan, realFolders: ReadonlySet<string>): Promise<void> {
  for (const link of scan.links.splice(0)) {
    const visited = new Set<string>();
    for (const pending = [link]; pending.length > 0; pending.push(...scan.links.splice(0))) {
      const place = pending.shift() as Place;
      const real = await realPathOf(place.path).catch(() => "");
      if (visited.has(real)) scan.skipped.add("link-to-taken-folder", shownPath(place.path));
      else await scanFolder(place, { scan, visited, realFolders: undefined, taken: realFolders });
    }
  }
}

async function scanEntry(
  entry: Dirent<Buffer>,
  parent: Place & { readonly beside: ReadonlySet<string> },
  walk: Walk,
): Promise<void> {
  const { scan } = walk;
  const { text: name, isText } = readFileName(entry.name);
  const isNamed = isText && typeof parent.path === "string";
  const path = isNamed ? join(parent.path as string, name) : joinBytes(parent.path, entry.name);
  const place: Place = { path, relative: parent.relative === "" ? name : `${parent.relative}/${name}` };
  const found = await statOf(path);
  const isImage = imageExtensions.test(name);
  if (name.startsWith(".")) {
    // macOS lays a file that starts with `._` next to each image.
    const isMissed = found?.isDirectory() || (isImage && !name.startsWith("._"));
    scan.skipped.add("hidden", isMissed ? shownPath(path) : undefined);
  } else if (found?.isDirectory()) {
    if (entry.isSymbolicLink()) scan.links.push(place);
    else await scanFolder(place, walk);
  } else if (parent.beside.has(name)) return;
  else if (!isImage) scan.skipped.addExtension(extname(name).toLowerCase() || "without extension");
  else if (found === undefined) scan.skipped.add("broken-link", shownPath(path));
  else if (!found.isFile()) scan.skipped.add("not-a-file", shownPath(path));
  else if (typeof path !== "string") scan.unnamed.push({ path: shownPath(path), bytes: found.size });
  else if (scan.isNew(path)) scan.files.push({ path, relative: place.relative, folder: scan.root, bytes: found.size });
}

function joinBytes(folder: string | Buffer, name: Buffer): Buffer {
  return Buffer.concat([typeof folder === "string" ? Buffer.from(folder) : folder, Buffer.from(sep), name]);
}

function shownPath(path: string | Buffer): string {
  return typeof path === "string" ? path : readFileName(path).text;
}

/** A real path as a key, whatever bytes it has. */
async function realPathOf(path: string | Buffer): Promise<string> {
  return (await realpath(path, { encoding: "buffer" })).toString("latin1");
}

async function statOf(path: string | Buffer): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch {
    return undefined;
  }
}
