import { markerName } from "../../export/names.ts";
import type { ImageTarget } from "../../export/target.ts";

/**
 * Where an export goes. Paths are relative, with plain slashes. All calls throw WriteError or BucketError, which end the
 * run.
 */
export interface ExportTarget extends Omit<ImageTarget, "begin"> {
  /** Removes the marker of an image, then its files; folders of other images below it stay. */
  readonly clear: (folder: string) => Promise<void>;
  /** Lists the folders that have a marker, of images and of this export as a whole. */
  readonly listMarked: () => AsyncIterable<string>;
  /** Called once, when all has been written. */
  readonly finish: () => Promise<void>;
  /** Called in place of `finish` where the run ends before. Never throws. */
  readonly abandon: () => Promise<void>;
}

/** A place for an export that was looked at, and nothing was written to. */
export interface ExportPlace {
  /** How it is called in messages. */
  readonly name: string;
  /** Whether each file is a call that R2 charges for. */
  readonly isCharged: boolean;
  /** Prepares it. */
  readonly open: () => Promise<ExportTarget>;
}

/** An export can't be written to its place. The message is a sentence without a full stop. */
export class PlaceFault extends Error {
  override readonly name = "PlaceFault";
}

/** Returns the folder that a marker is of; undefined of any other file. */
export function folderOfMarker(path: string): string | undefined {
  if (path === markerName) return "";
  return path.endsWith(`/${markerName}`) ? path.slice(0, -markerName.length - 1) : undefined;
}

/** Returns the sentence for a place that holds something else. */
export function otherContent(name: string): PlaceFault {
  return new PlaceFault(`${name} holds something that is no export of tessera: name one that is empty or not there`);
}
