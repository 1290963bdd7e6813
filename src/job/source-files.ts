import type { Stats } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, extname, join, resolve } from "node:path";

/** An image file that a command line names, itself or by its folder. */
export interface SourceFile {
  /** As it can be opened and as it is shown. */
  readonly path: string;
  /** From the folder that was named, with slashes; the name alone of a file that was named itself. */
  readonly relative: string;
  readonly bytes: number;
}

/** What was found, sorted within each folder. */
export interface FoundFiles {
  readonly files: readonly SourceFile[];
  /** What stops all work: names that lead nowhere, folders without images. */
  readonly faults: readonly string[];
  /** What is left out and might be missed: links that lead nowhere, hidden files, files with other extensions. */
  readonly warnings: readonly string[];
}

/** Extensions of the files taken from folders; a file named itself may have any. */
const imageExtensions =
  /\.(?:tiff?|ptiff?|btf|tf8|jpe?g|jpe|png|webp|avif|heic|heif|hif|gif|jp2|jpx|jpf|j2k|j2c|jpc|pdf)$/i;

/** Names that a warning lists; of more it says how many. */
const shownNames = 5;

/**
 * Finds the image files under what was named: folders through and through, links followed, a folder that was met before
 * and everything whose name starts with a dot left out. A file that is reached twice counts once.
 */
export async function findFiles(names: readonly string[]): Promise<FoundFiles> {
  const files = new Map<string, SourceFile>();
  const faults: string[] = [];
  const warnings: string[] = [];
  const leftOut = new Map<string, number>();
  const hidden: string[] = [];
  const add = (file: SourceFile) => {
    const place = resolve(file.path);
    if (!files.has(place)) files.set(place, file);
  };
  for (const name of names) {
    const found = await statOf(name);
    if (found === undefined) faults.push(`${name} is not there or can't be read`);
    else if (found.isDirectory()) {
      const before = files.size;
      await walk({ folder: name, relative: "", visited: new Set() }, { add, faults, warnings, leftOut, hidden });
      if (files.size === before) faults.push(`${name} holds no image that is not named already`);
    } else if (found.isFile()) add({ path: name, relative: basename(name), bytes: found.size });
    else faults.push(`${name} is neither a file nor a folder`);
  }
  if (leftOut.size > 0) {
    const counts = [...leftOut].map(([extension, count]) => `${count} ${extension}`);
    warnings.push(`left out of the folders for their names: ${counts.sort().join(", ")}`);
  }
  if (hidden.length > 0) {
    const more = hidden.length > shownNames ? ` and ${hidden.length - shownNames} more` : "";
    warnings.push(`left out, for their names start with a dot: ${hidden.slice(0, shownNames).join(", ")}${more}`);
  }
  return { files: [...files.values()], faults, warnings };
}

interface Place {
  readonly folder: string;
  readonly relative: string;
  /** Real paths of folders walked already, so that links in a circle come to an end. */
  readonly visited: Set<string>;
}

interface Findings {
  readonly add: (file: SourceFile) => void;
  readonly faults: string[];
  readonly warnings: string[];
  /** How many files have which other extension. */
  readonly leftOut: Map<string, number>;
  /** Paths of images and folders whose names start with a dot. */
  readonly hidden: string[];
}

async function walk({ folder, relative, visited }: Place, findings: Findings): Promise<void> {
  let names: string[];
  try {
    const place = await realpath(folder);
    if (visited.has(place)) return;
    visited.add(place);
    names = await readdir(folder);
  } catch {
    findings.faults.push(`the folder ${folder} can't be read`);
    return;
  }
  // By code units, so that the order is the same on every machine.
  for (const name of names.sort()) {
    const path = join(folder, name);
    const inside = relative === "" ? name : `${relative}/${name}`;
    const found = await statOf(path);
    if (name.startsWith(".")) {
      if (isMissed(name, found)) findings.hidden.push(path);
      continue;
    }
    if (found?.isDirectory()) await walk({ folder: path, relative: inside, visited }, findings);
    else if (!imageExtensions.test(name)) {
      const extension = extname(name).toLowerCase() || "without extension";
      findings.leftOut.set(extension, (findings.leftOut.get(extension) ?? 0) + 1);
    } else if (found === undefined) findings.warnings.push(`${path} is a link that leads nowhere and is left out`);
    else if (found.isFile()) findings.add({ path, relative: inside, bytes: found.size });
  }
}

/** Whether a hidden name is worth a word: macOS lays a file that starts with `._` next to each image. */
function isMissed(name: string, found: Stats | undefined): boolean {
  return found?.isDirectory() || (imageExtensions.test(name) && !name.startsWith("._"));
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch {
    return undefined;
  }
}
