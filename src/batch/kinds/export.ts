import { newAccount } from "../../account.ts";
import { readRights } from "../../catalogue/accepted-rights.ts";
import { formatFault, isFaultOfMaster } from "../../check/faults.ts";
import { type Config, webpQuality } from "../../config.ts";
import { ImageError } from "../../error.ts";
import { type ExportStatus, exportImage } from "../../export/export-image.ts";
import { whyLeftOut } from "../../export/left-out.ts";
import { faultOfName, folderOf, ownersOf } from "../../export/names.ts";
import { type ExportedImage, faultOfTile, type PictureFiles, planFiles, shapeOf } from "../../export/picture-files.ts";
import type { ExportSettings } from "../../export/settings.ts";
import type { Size } from "../../geometry.ts";
import type { Identifier } from "../../identity/identifier.ts";
import { maxKeyBytes, nameOfText } from "../../identity/master-name.ts";
import { mostExportCalls } from "../../limits.ts";
import { marksOf } from "../../marks/marks-of.ts";
import { openMark } from "../../marks/store.ts";
import { openImage, prefixBytes } from "../../masters/image.ts";
import type { DrawnMaster } from "../../picture.ts";

import { limitOpening } from "../../source/opening.ts";
import type { ItemFailure } from "../../task/answers.ts";
import type { ExportChoices } from "../../task/kinds.ts";
import { exportCommand } from "../export-command.ts";
import { callsOf, drawExport, type ExportSums } from "../export-drawing.ts";
import { CrowdedFolder, type ExportTarget, exportTarget } from "../export-target.ts";
import { answered, type Jobs } from "../jobs.ts";
import type { ItemWork } from "../kinds.ts";
import type { ItemOutcome } from "../outcome.ts";
import { readStated, type StatedImage } from "../stated-image.ts";
import { holdingMemory, missingMaster, type OpenedMaster, openItemMaster, patienceOf } from "./master.ts";

/** Bytes of a key behind the folder of an image: the longest name of a tile. */
const mostNameBytes = 80;

/**
 * Exports an image as files into the bucket EXPORTS, as `tessera export` does, byte for byte. Pictures that an earlier delivery
 * has put are kept; one that is whole and made of the same is kept altogether.
 */
export const exportItem: ItemWork = async (jobs, claimed, signal) => {
  const choices = claimed.header.settings as ExportChoices;
  const settings = settingsOf(jobs.config, choices);
  const master = await openItemMaster(jobs, claimed);
  if (master === undefined) return missingMaster(claimed.key);
  const { identifier } = master;
  if (identifier === undefined) {
    const message = `No identifier means the object ${claimed.key}.`;
    return master.ended({ state: "failed", failure: { code: "not-found", message } });
  }
  const stated = await readStated(jobs, nameOfText(identifier, jobs.config)?.identifier ?? (identifier as Identifier));
  const now = jobs.clock.now();
  const why = choices["include-restricted"] === true ? undefined : whyLeftOut({ ...stated, now });
  if (why !== undefined) return master.ended({ state: "kept", note: `${why} It is left out.` });
  const prefix = choices.to === undefined ? "" : `${choices.to}/`.replace(/^\/+/, "").replace(/\/+$/, "/");
  const target = exportTarget(jobs, prefix);
  const refused = (message: string): ItemOutcome => {
    const command = exportCommand(identifier, { ...choices, to: prefix });
    return master.ended({ state: "refused", failure: { code: "too-large", message, command } });
  };
  const sums: ExportSums = { files: 0, bytes: 0, drawing: 0, writing: 0 };
  const run: ItemRun = { jobs, settings, master, identifier, stated, target, prefix, signal, sums };
  const began = jobs.clock.now();
  try {
    const came = await exportMaster(run);
    if ("calls" in came) return refused(`${identifier} takes more than ${mostExportCalls} calls of storage.`);
    if ("failure" in came) return master.ended({ state: "failed", failure: came.failure });
    if (came.status === "unchanged") return master.ended({ state: "kept", note: "All of its files are there." });
    const outcome = master.ended({ state: "done", note: noteOf(came.status, sums) });
    return { ...outcome, seconds: secondsOf(outcome, sums, jobs.clock.now() - began), bytesOut: sums.bytes };
  } catch (error) {
    if (error instanceof CrowdedFolder) return refused(`Too many objects lie below the folder of ${identifier}.`);
    throw error;
  }
};

function settingsOf(config: Config, choices: ExportChoices): ExportSettings {
  const { jpegQuality, colorProfile, keepMetadata, maxWidth, maxHeight, maxArea } = config;
  const { base, api = 3, tile, quality = jpegQuality, thumbs = [], "also-rounded": isAlsoRounded = false } = choices;
  return {
    base,
    imagePrefix: config.prefix,
    versions: [api],
    tile,
    style: { qualities: { jpeg: quality, webp: webpQuality }, colorProfile, keepMetadata },
    limits: { maxWidth, maxHeight, maxArea },
    thumbnailWidths: thumbs,
    isAlsoRounded,
  };
}

interface ItemRun {
  readonly jobs: Jobs;
  readonly settings: ExportSettings;
  readonly master: OpenedMaster;
  readonly identifier: string;
  readonly stated: StatedImage;
  readonly target: ExportTarget;
  readonly prefix: string;
  readonly signal: AbortSignal;
  readonly sums: ExportSums;
}

type Came =
  | { readonly status: ExportStatus }
  | { readonly failure: ItemFailure }
  /** More are needed than one message has. */
  | { readonly calls: number };

async function exportMaster(run: ItemRun): Promise<Came> {
  const { jobs, identifier, stated, target, prefix, signal, sums } = run;
  const failure = await faultOfPlace(run);
  if (failure !== undefined) return { failure };
  const begun: string[] = [];
  try {
    const master = await openMaster(run);
    const shape = shapeOf(master.pyramid, run.settings);
    const settings = await markedSettings(run, shape.image);
    const message = faultOfTile(shape.tile, settings.limits);
    if (message !== undefined) return { failure: { code: "size-above-limit", message } };
    const [version = 3] = settings.versions;
    const page = nameOfText(identifier, jobs.config)?.page ?? 1;
    const rights = rightsOf(stated) ?? master.metadata.rightsUri;
    const exported: ExportedImage = { ...shape, identifier, page, master: master.source.version, version, rights };
    const calls = countCalls(exported, { master, settings });
    if (calls > mostExportCalls) return { calls };
    if (!(await target.claim())) {
      const place = prefix === "" ? "The bucket EXPORTS" : `${prefix} in the bucket EXPORTS`;
      return { failure: { code: "place-taken", message: `${place} holds something that is no export.` } };
    }
    const counted: ExportTarget = {
      ...target,
      begin(folder, made) {
        begun.push(folder);
        return target.begin(folder, made);
      },
      async write(path, bytes) {
        await target.write(path, bytes);
        sums.files += 1;
        sums.bytes += bytes.byteLength;
      },
    };
    const writePictures = (pictures: Iterable<PictureFiles>) => drawExport(jobs, pictures, { target, signal, sums });
    return { status: await exportImage(exported, { master, settings, target: counted, writePictures }) };
  } catch (error) {
    const isOwn = isFaultOfMaster(error) || (error instanceof ImageError && error.code === "record-malformed");
    if (!isOwn) throw error;
    // What was whole before and has not been begun anew stays.
    for (const folder of begun) await target.clear(folder);
    return { failure: { code: error.code, message: formatFault(error) } };
  }
}

async function faultOfPlace({ jobs, settings, identifier, prefix }: ItemRun): Promise<ItemFailure | undefined> {
  const message = faultOfName(identifier);
  if (message !== undefined) return { code: "name-unusable", message };
  const folder = prefix + folderOf(settings, 3, identifier);
  if (new TextEncoder().encode(folder).byteLength + mostNameBytes > maxKeyBytes) {
    return { code: "name-unusable", message: "Its files would have longer keys than a bucket takes." };
  }
  for (const owner of ownersOf(identifier)) {
    const key = nameOfText(owner, jobs.config)?.key;
    if (key === undefined || (await answered(jobs, () => jobs.buckets.masters.head(key))) === null) continue;
    const taken = `Its folder would lie among the files of ${owner}: export it to another folder.`;
    return { code: "name-taken", message: taken };
  }
  return undefined;
}

async function openMaster({ jobs, settings, master, identifier, signal }: ItemRun): Promise<DrawnMaster> {
  const { source } = master;
  const policy = settings.style.keepMetadata === "all" ? "all" : "copyright";
  const page = nameOfText(identifier, jobs.config)?.page ?? 1;
  const image = await holdingMemory(jobs, signal, async () => {
    const prefix = await source.read(0, prefixBytes);
    return openImage({ source: limitOpening(source), prefix, page, policy });
  });
  return { ...image, source };
}

/** How the pictures of an image are made: with what the service puts over them. Throws `record-malformed`, `storage-failed`, `render-busy`. */
async function markedSettings({ jobs, settings, stated, signal }: ItemRun, image: Size): Promise<ExportSettings> {
  const visit = { account: newAccount(), patience: patienceOf(signal) };
  const marks = await marksOf((name) => openMark(jobs.marks, { name, visit }), { ...stated, image });
  return { ...settings, style: { ...settings.style, marks } };
}

function rightsOf({ facts }: Pick<StatedImage, "facts">): string | undefined {
  const rights = facts?.rights;
  return rights === undefined ? undefined : (readRights(rights) ?? rights);
}

/** Plans all pictures, so that what can't be drawn is known before any is; no further than there may be. */
function countCalls(
  exported: ExportedImage,
  drawn: { readonly master: DrawnMaster; readonly settings: ExportSettings },
): number {
  let calls = 0;
  for (const files of planFiles(exported, { ...drawn, there: new Set() })) {
    calls += callsOf(files);
    if (calls > mostExportCalls) break;
  }
  return calls;
}

function noteOf(status: ExportStatus, { files }: ExportSums): string {
  if (status === "updated") return "Its pictures were there: only info.json was written.";
  return files === 1 ? "1 file written." : `${files} files written.`;
}

/**
 * Divides the time that an export took by what its pictures took: several are worked on at once. `decode` is all of drawing.
 */
function secondsOf(
  { seconds }: ItemOutcome,
  { drawing, writing }: ExportSums,
  milliseconds: number,
): ItemOutcome["seconds"] {
  const share = milliseconds / 1000 / Math.max(1, drawing + writing);
  const reading = Math.min(drawing, 1000 * (seconds.read ?? 0));
  return { read: share * reading, decode: share * (drawing - reading), write: share * writing };
}
