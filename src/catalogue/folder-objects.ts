import { compareNaturally } from "./natural-order.ts";

/** An image that is to be part of an object. */
export interface NamedImage {
  /** From the folder that was named, with `/`. */
  readonly path: string;
  readonly identifier: string;
}

/** An object as folders make it. */
export interface FolderObject {
  readonly key: string;
  /** The name that its label is made of. */
  readonly name: string;
  /** The key of the collection that the folder around it makes; empty where it lies in the folder that was named. */
  readonly parent: string;
  readonly images: readonly NamedImage[];
}

/** What folders say of objects, and where they say nothing clear. */
export interface FolderObjects {
  readonly objects: readonly FolderObject[];
  /** A sentence each, without a full stop. */
  readonly faults: readonly string[];
}

/**
 * Makes objects of folders: a folder of images is one, its images its pages in natural order; an image in the folder that
 * was named is one by itself. Images next to folders of images are a fault, since nobody can tell what they are.
 */
export function objectsOfFolders(images: readonly NamedImage[]): FolderObjects {
  const byFolder = Map.groupBy(images, ({ path }) => folderOf(path));
  const folders = [...byFolder.keys()];
  const objects: FolderObject[] = [];
  const faults: string[] = [];
  for (const [folder, inside] of byFolder) {
    if (folder === "") {
      for (const pages of Map.groupBy(inside, ({ path }) => path).values()) objects.push(objectOfFile(pages));
      continue;
    }
    const deeper = folders.find((other) => other.startsWith(`${folder}/`));
    if (deeper !== undefined) {
      const [first] = inside;
      faults.push(
        `the folder ${folder} has images (${first?.path}) and folders of images (${deeper}): move the images into a folder ` +
          "of their own, or say by the column object what each belongs to",
      );
      continue;
    }
    const ordered = inside.toSorted((a, b) => compareNaturally(a.path, b.path));
    const key = keyOfFolder(ordered);
    objects.push({ key, name: nameOf(folder), parent: folderOf(key), images: ordered });
  }
  return { objects: objects.toSorted((a, b) => compareNaturally(a.key, b.key)), faults };
}

/** A file is an object by itself, and of several pages if it has them. */
function objectOfFile(pages: readonly NamedImage[]): FolderObject {
  const { path, identifier } = pages[0] ?? { path: "", identifier: "" };
  const parent = folderOf(identifier);
  const key = pages.length === 1 ? identifier : [parent, stemOf(path)].filter((part) => part !== "").join("/");
  return { key, name: stemOf(path), parent, images: pages };
}

/** What the identifiers of its images share, which a template may have put something in front of; else the folder. */
function keyOfFolder([first]: readonly NamedImage[]): string {
  const { identifier, path } = first ?? { identifier: "", path: "" };
  return identifier.includes("/") ? folderOf(identifier) : folderOf(path);
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function stemOf(path: string): string {
  return nameOf(path).replace(/\.[^.]+$/, "");
}

/** Returns the label that a name of a folder or a file makes: `_` and `-` are spaces. */
export function labelOfName(name: string): string {
  return name.replace(/[_-]+/g, " ").trim() || name;
}
