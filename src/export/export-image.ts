import { digest, sha256 } from "../digest.ts";
import { offerLevel0 } from "../iiif/level0.ts";
import { formatLevel0Info } from "../iiif/level0-info.ts";
import { formatLevel0InfoV2 } from "../iiif/v2/level0-info.ts";
import type { DrawnMaster } from "../picture.ts";
import { imageUri } from "../presentation/addresses.ts";
import { formatMarks, hasMarks } from "../render/marks.ts";
import { folderOf } from "./names.ts";
import { type ExportedImage, type PictureFiles, planFiles } from "./picture-files.ts";
import type { ExportSettings } from "./settings.ts";
import type { ImageTarget } from "./target.ts";

/** What the files of an image are made with. */
export interface ExportWork {
  readonly master: DrawnMaster;
  readonly settings: ExportSettings;
  readonly target: ImageTarget;
  /** Draws pictures and writes each of their files. */
  readonly writePictures: (pictures: Iterable<PictureFiles>) => Promise<void>;
}

/** What became of an image. `updated`: its pictures are as they were, and what is said of them is another. */
export type ExportStatus = "exported" | "updated" | "unchanged";

/**
 * Exports an image in one version, unless it is there: its pictures, then info.json, then the marker that says that it is
 * whole. Nothing says so while a file of it is missing. Throws what planning, drawing and writing throw.
 */
export async function exportImage(exported: ExportedImage, work: ExportWork): Promise<ExportStatus> {
  const { master, settings, target, writePictures } = work;
  const folder = folderOf(settings, exported.version, exported.identifier);
  const info = new TextEncoder().encode(writeInfo(exported, settings));
  const made = await describePictures(exported, settings);
  const marker = `${JSON.stringify({ ...made, info: await sha256(info) })}\n`;
  const known = await target.readMarker(folder);
  if (known === marker) return "unchanged";
  const text = JSON.stringify(made);
  const isKept = known !== undefined && text === JSON.stringify(withoutInfo(known));
  if (isKept) {
    // Broken off in between, info.json is of neither state.
    await target.writeMarker(folder, `${text}\n`);
  } else {
    const there = await target.begin(folder, text);
    await writePictures(planFiles(exported, { master, settings, there }));
  }
  await target.write(`${folder}/info.json`, info);
  await target.writeMarker(folder, marker);
  return isKept ? "updated" : "exported";
}

function writeInfo({ version, rights, identifier, image, tile }: ExportedImage, settings: ExportSettings): string {
  const { limits } = settings;
  const id = imageUri({ ...settings, isFiles: true }, version, identifier);
  const format = version === 3 ? formatLevel0Info : formatLevel0InfoV2;
  const offer = offerLevel0({ image, tile, limits });
  return JSON.stringify(format({ id, rights, ...image, limits, ...offer }), undefined, 2);
}

/** All that the pictures of an image are made of. Another number here makes all of them anew. */
async function describePictures(
  { identifier, page, master, tile }: ExportedImage,
  { style, limits, thumbnailWidths, isAlsoRounded }: ExportSettings,
): Promise<object> {
  const { qualities, colorProfile, keepMetadata, marks } = style;
  const made = { tile, quality: qualities.jpeg, colorProfile, keepMetadata, limits, thumbnailWidths, isAlsoRounded };
  const marked = marks !== undefined && hasMarks(marks) ? { marks: await digest(formatMarks(marks)) } : {};
  return { format: 1, identifier, page, master, ...made, ...marked };
}

function withoutInfo(marker: string): unknown {
  try {
    const { info: _, ...made } = JSON.parse(marker) as { readonly info?: unknown };
    return made;
  } catch {
    return undefined;
  }
}
