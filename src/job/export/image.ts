import { createHash } from "node:crypto";
import { concatenate } from "../../bytes.ts";
import { canonicalise, formatCanonical } from "../../iiif/canonical.ts";
import { level0End, listLevel0, offerLevel0 } from "../../iiif/level0.ts";
import { formatLevel0Info } from "../../iiif/level0-info.ts";
import { parseRequest } from "../../iiif/request.ts";
import { formatLevel0InfoV2 } from "../../iiif/v2/level0-info.ts";
import type { ApiVersion } from "../../iiif/version.ts";
import { type DrawingTools, type DrawnMaster, drawAlone, planPicture } from "../../picture.ts";
import { imageUri } from "../../presentation/addresses.ts";
import { seenImage } from "../../pyramid/pyramid.ts";
import { type ExportFailure, wholeSource, withSource } from "./export-source.ts";
import type { ExportSettings, PlannedExport } from "./plan.ts";
import type { ExportTarget } from "./target.ts";

/** What images are exported with. */
export interface ImageExport {
  readonly settings: ExportSettings;
  readonly tools: DrawingTools;
  readonly target: ExportTarget;
  readonly signal: AbortSignal;
  /** Called after each file. */
  readonly onFile: () => void;
}

/** What became of an image. `updated`: its pictures are as they were, and what is said of them is another. */
export type ExportedImage =
  | { readonly status: "exported" | "updated" | "unchanged"; readonly files: number; readonly bytes: number }
  | { readonly status: "failed"; readonly failure: ExportFailure };

/**
 * Exports an image, unless it is there: its pictures, then info.json, then what says that it is whole. One that fails leaves
 * no files in a folder or a bucket. Throws what concerns all images, and the signal's reason.
 */
export async function exportImage(planned: PlannedExport, run: ImageExport): Promise<ExportedImage> {
  const { source } = planned;
  const policy = run.settings.style.keepMetadata === "all" ? "all" : "copyright";
  const sums = { files: 0, bytes: 0 };
  const begun: string[] = [];
  const done = await withSource(wholeSource(source), policy, async (master) => {
    const rights = (await source.readRights()) ?? master.metadata.rightsUri;
    let status: "exported" | "updated" | "unchanged" = "unchanged";
    for (const version of run.settings.versions) {
      const exported = { planned, master, version, rights };
      const one = await exportVersion(exported, run, { sums, onBegin: (folder) => void begun.push(folder) });
      if (status !== "exported" && one !== "unchanged") status = one;
    }
    return { status, ...sums };
  });
  if ("value" in done) return done.value;
  // What was whole before and has not been begun anew stays.
  for (const folder of begun) await run.target.clear(folder);
  return { status: "failed", failure: done.failure };
}

/** The folder of an image, from that of the export. */
export function folderOf({ imagePrefix }: ExportSettings, version: ApiVersion, identifier: string): string {
  return `${imagePrefix}/${version}/${identifier}`.replace(/^\/+/, "");
}

interface ExportedVersion {
  readonly planned: PlannedExport;
  readonly master: DrawnMaster;
  readonly version: ApiVersion;
  readonly rights: string | undefined;
}

/** What is noted while an image is exported. */
interface ExportNotes {
  readonly sums: { files: number; bytes: number };
  /** Told of a folder whose files are about to be made anew. */
  readonly onBegin: (folder: string) => void;
}

async function exportVersion(
  exported: ExportedVersion,
  run: ImageExport,
  { sums, onBegin }: ExportNotes,
): Promise<"exported" | "updated" | "unchanged"> {
  const { planned, version } = exported;
  const { settings, target, onFile } = run;
  const folder = folderOf(settings, version, planned.source.identifier);
  const info = new TextEncoder().encode(writeInfo(exported, settings));
  const made = describePictures(planned, settings);
  const marker = `${JSON.stringify({ ...made, info: createHash("sha256").update(info).digest("hex") })}\n`;
  const known = await target.readMarker(folder);
  if (known === marker) return "unchanged";
  const isKept = known !== undefined && JSON.stringify(made) === JSON.stringify(withoutInfo(known));
  const write = async (path: string, bytes: Uint8Array): Promise<void> => {
    await target.write(`${folder}/${path}`, bytes);
    sums.files += 1;
    sums.bytes += bytes.byteLength;
    onFile();
  };
  if (!isKept) {
    onBegin(folder);
    await target.clear(folder);
    for await (const { path, bytes } of drawFiles(exported, run)) await write(path, bytes);
  }
  // Broken off in between, info.json is of neither state.
  if (isKept) await target.writeMarker(folder, `${JSON.stringify(made)}\n`);
  await write("info.json", info);
  await target.writeMarker(folder, marker);
  return isKept ? "updated" : "exported";
}

function writeInfo({ planned, version, rights }: ExportedVersion, settings: ExportSettings): string {
  const { image, tile, source } = planned;
  const { limits } = settings;
  const id = imageUri({ ...settings, isFiles: true }, version, source.identifier);
  const format = version === 3 ? formatLevel0Info : formatLevel0InfoV2;
  return JSON.stringify(
    format({ id, rights, ...image, limits, ...offerLevel0({ image, tile, limits }) }),
    undefined,
    2,
  );
}

/** All that the pictures of an image are made of. Another number here makes all of them anew. */
function describePictures({ source, tile }: PlannedExport, settings: ExportSettings): object {
  const { identifier, page, version: master } = source;
  const { style, limits, thumbnailWidths, isAlsoRounded } = settings;
  const { qualities, colorProfile, keepMetadata } = style;
  const made = { tile, quality: qualities.jpeg, colorProfile, keepMetadata, limits, thumbnailWidths, isAlsoRounded };
  return { format: 1, identifier, page, master, ...made };
}

function withoutInfo(marker: string): unknown {
  try {
    const { info: _, ...made } = JSON.parse(marker) as { readonly info?: unknown };
    return made;
  } catch {
    return undefined;
  }
}

/**
 * Draws the files of an image. Each name is read as the service reads the path of a request, so that the bytes are the same;
 * a picture that the next name means too is drawn once.
 */
async function* drawFiles(
  { planned, master, version }: ExportedVersion,
  { settings, tools, signal }: ImageExport,
): AsyncGenerator<{ readonly path: string; readonly bytes: Uint8Array }, undefined> {
  const { image, tile } = planned;
  const { limits, style, thumbnailWidths, isAlsoRounded } = settings;
  const facts = { ...seenImage(master.pyramid), tile };
  const { rotation, qualityAndFormat } = level0End;
  let last: { readonly canonical: string; readonly bytes: Uint8Array } | undefined;
  for (const { region, size } of listLevel0({ image, tile, limits, thumbnailWidths, isAlsoRounded }, version)) {
    signal.throwIfAborted();
    const asked = parseRequest({ region, size, rotation, qualityAndFormat }, version);
    const request = canonicalise(asked, facts, { limits, isStrictConfined: false });
    const canonical = formatCanonical(request, image, limits);
    if (canonical !== last?.canonical) {
      const pieces: Uint8Array[] = [];
      for await (const piece of drawAlone(tools, planPicture(master, request, style))) {
        signal.throwIfAborted();
        pieces.push(piece);
      }
      last = { canonical, bytes: concatenate(pieces) };
    }
    yield { path: `${region}/${size}/${rotation}/${qualityAndFormat}`, bytes: last.bytes };
  }
}
