import { isLevel0Segment } from "../iiif/level0.ts";
import type { ApiVersion } from "../iiif/version.ts";
import type { ExportSettings } from "./settings.ts";

/** The file that says of the folder of an image, and of an export as a whole, what it was made of. */
export const markerName = ".tessera-export.json";

/** What stands in the marker of the whole. */
export const wholeMarker = `${JSON.stringify({ exportedBy: "tessera", format: 1 })}\n`;

/** Returns the path of the marker of a folder. */
export function markerPath(folder: string): string {
  return folder === "" ? markerName : `${folder}/${markerName}`;
}

/** Returns the folder of an image, from that of the export. */
export function folderOf({ imagePrefix }: ExportSettings, version: ApiVersion, identifier: string): string {
  return `${imagePrefix}/${version}/${identifier}`.replace(/^\/+/, "");
}

/** Returns the media type of a file of an export. */
export function mediaTypeOf(path: string): string {
  return path.endsWith(".jpg") ? "image/jpeg" : "application/json";
}

/** Most bytes of a name in the file systems in use. */
const mostNameBytes = 255;

/** Returns why no folder can be called as an image is, a sentence; undefined where one can. */
export function faultOfName(identifier: string): string | undefined {
  const segments = identifier.split("/");
  if (segments.includes("")) return "It has an empty part between slashes, which no folder can be called.";
  if (identifier.includes("\\")) return "It has a backslash, which archives and hosts take for a slash.";
  if (segments.some((segment) => new TextEncoder().encode(segment).byteLength > mostNameBytes)) {
    return `It has a part of more than ${mostNameBytes} bytes, which no folder can be called.`;
  }
  return undefined;
}

/** Lists the identifiers of images that the folder of an image would lie among the files of. */
export function ownersOf(identifier: string): readonly string[] {
  const segments = identifier.split("/");
  return segments.flatMap((segment, at) =>
    at > 0 && isLevel0Segment(segment) ? [segments.slice(0, at).join("/")] : [],
  );
}
