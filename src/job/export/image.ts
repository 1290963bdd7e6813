import { concatenate } from "../../bytes.ts";
import { type ExportStatus, exportImage } from "../../export/export-image.ts";
import type { PictureFiles } from "../../export/picture-files.ts";
import type { ExportSettings } from "../../export/settings.ts";
import type { ImageTarget } from "../../export/target.ts";
import { type DrawingTools, drawAlone } from "../../picture.ts";
import { type ExportFailure, wholeSource, withSource } from "./export-source.ts";
import type { PlannedExport } from "./plan.ts";
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

/** What became of an image, in all versions. */
export type ExportResult =
  | { readonly status: ExportStatus; readonly files: number; readonly bytes: number }
  | { readonly status: "failed"; readonly failure: ExportFailure }
  /** Not anybody may see it any more since it was planned: why, a sentence. */
  | { readonly status: "left-out"; readonly message: string };

/**
 * Exports an image, unless it is there. One that fails leaves no files in a folder or a bucket. Throws what concerns all
 * images, and the signal's reason.
 */
export async function exportSource(planned: PlannedExport, run: ImageExport): Promise<ExportResult> {
  const { source, image, tile } = planned;
  const { settings, tools } = run;
  const { identifier, page } = source;
  const policy = settings.style.keepMetadata === "all" ? "all" : "copyright";
  const sums = { files: 0, bytes: 0 };
  const begun: string[] = [];
  const target = countingTarget(run, { sums, begun });
  const done = await withSource(wholeSource(source), policy, async (master) => {
    // Another may have been stated since it was planned, for the images before it take their time.
    const standing = await source.readStanding();
    if (standing.whyLeftOut !== undefined) return { status: "left-out", message: standing.whyLeftOut } as const;
    const marks = await standing.marksOf(image, tools.kernels);
    const marked = { ...settings, style: { ...settings.style, marks } };
    const rights = standing.rights ?? master.metadata.rightsUri;
    const writePictures = (pictures: Iterable<PictureFiles>) => drawAndWrite(pictures, target, run);
    let status: ExportStatus = "unchanged";
    for (const version of settings.versions) {
      const exported = { identifier, page, master: source.version, image, tile, version, rights };
      const one = await exportImage(exported, { master, settings: marked, target, writePictures });
      if (status !== "exported" && one !== "unchanged") status = one;
    }
    return { status, ...sums };
  });
  if ("value" in done) return done.value;
  // What was whole before and has not been begun anew stays.
  for (const folder of begun) await run.target.clear(folder);
  return { status: "failed", failure: done.failure };
}

/** What is noted while an image is exported. */
interface ExportNotes {
  readonly sums: { files: number; bytes: number };
  /** Folders whose files are made anew. */
  readonly begun: string[];
}

function countingTarget({ target, onFile }: ImageExport, { sums, begun }: ExportNotes): ImageTarget {
  return {
    readMarker: target.readMarker,
    writeMarker: target.writeMarker,
    async begin(folder) {
      begun.push(folder);
      await target.clear(folder);
      return new Set();
    },
    async write(path, bytes) {
      await target.write(path, bytes);
      sums.files += 1;
      sums.bytes += bytes.byteLength;
      onFile();
    },
  };
}

async function drawAndWrite(
  pictures: Iterable<PictureFiles>,
  target: ImageTarget,
  { tools, signal }: Pick<ImageExport, "tools" | "signal">,
): Promise<void> {
  for (const { picture, paths } of pictures) {
    signal.throwIfAborted();
    const pieces: Uint8Array[] = [];
    for await (const piece of drawAlone(tools, picture)) {
      signal.throwIfAborted();
      pieces.push(piece);
    }
    const bytes = concatenate(pieces);
    for (const path of paths) {
      signal.throwIfAborted();
      await target.write(path, bytes);
    }
  }
}
