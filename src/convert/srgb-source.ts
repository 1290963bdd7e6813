import { rm } from "node:fs/promises";
import { join } from "node:path";
import { soleAdmission } from "../budget/admission.ts";
import type { ColorTable } from "../color/table.ts";
import { findColorTable } from "../colors.ts";
import { ImageError } from "../error.ts";
import type { Size } from "../geometry.ts";
import { judgeProfile } from "../masters/profile.ts";
import { openFileSource } from "../node/file-source.ts";
import type { ConversionSettings } from "../settings/conversion.ts";
import { openPyramid } from "../tiff/open.ts";
import { openTools } from "./engine.ts";
import { firstPlace } from "./inspected-source.ts";
import { drawByOwnReader, type UndecodedPage } from "./own-reader.ts";
import { type PixelSource, writeSamples } from "./pixels.ts";
import { writePlainTiff } from "./plain-tiff.ts";
import { rowsBytes, srgbRows } from "./srgb-rows.ts";
import { readStoredProfile } from "./stored-profile.ts";

/** A source whose colours are settled: sRGB, grey with its curve, or those of the profile that it says it has. */
export interface SettledColors {
  readonly source: PixelSource;
  /** Sentences for a person. */
  readonly warnings: readonly string[];
}

/** Where colours are converted: the page that is, and a folder for files in between. */
export interface ColorWork {
  readonly page: UndecodedPage;
  readonly folder: string;
}

/**
 * Brings a source to sRGB with the tables by which the service draws it, so that a file looks the same whether it is put
 * into the bucket or ingested. libvips only decodes: it would convert perceptually, move the black point, go by way of
 * Display P3 for 16 bits, and not know gAMA. Colours that are to keep their profile, or need no conversion, are returned
 * as they are. Takes the size of the uncompressed picture on disk, twice. Throws what decoding and writing throw.
 */
export async function bringToSrgb(source: PixelSource, work: ColorWork): Promise<SettledColors> {
  const { model } = source.summary;
  const isDrawn = model === "lab" || (source.isAssociated && !keepingOf(source, work.page.settings).isDeep);
  const drawn = isDrawn ? await drawOwn(work) : undefined;
  if (drawn !== undefined) {
    const settled = await bringToSrgb(drawn, work);
    return { ...settled, warnings: [...warningsOfLab(source, work), ...settled.warnings] };
  }
  if (model === "lab") return { source: withProfile(source, false), warnings: warningsOfLab(source, work) };
  const stored = await readStoredProfile(source);
  const { profile, warning } = judgeProfile(stored, model === "bilevel" ? "gray" : model);
  const ignored = warning === undefined ? [] : [`${capitalised(warning)}.`];
  if (model === "cmyk") {
    const guessed = profile === undefined ? ["It is CMYK without a profile; common inks were assumed."] : [];
    const warnings = [...ignored, ...convertedWarnings(source, work.page.settings), ...guessed];
    return convert(source, { model, profile, warnings }, work.folder);
  }
  const { keepsProfile, isDeep } = keepingOf(source, work.page.settings);
  if (keepsProfile) return { source: withProfile(source, stored !== undefined), warnings: ignored };
  if (profile === undefined) return { source: withProfile(source, false), warnings: ignored };
  if (isDeep) return { source: withProfile(source, true), warnings: [...ignored, deepWarning] };
  // The two levels of a bilevel picture stay what they are.
  if (model === "bilevel") return { source: withProfile(source, false), warnings: ignored };
  return convert(source, { model, profile, warnings: ignored }, work.folder);
}

const deepWarning = "It has 16 bits and a profile; the profile is kept instead of converting to sRGB.";

function keepingOf(
  { summary: { depth } }: PixelSource,
  { keepsProfile, keepsDepth }: ConversionSettings,
): { readonly keepsProfile: boolean; readonly isDeep: boolean } {
  return { keepsProfile, isDeep: keepsDepth && depth === 16 };
}

function convertedWarnings(source: PixelSource, settings: ConversionSettings): readonly string[] {
  const { keepsProfile, isDeep } = keepingOf(source, settings);
  const { model } = source.summary;
  const name = model === "lab" ? "CIELab" : "CMYK";
  return [
    ...(keepsProfile ? [`It is ${name}, which is always converted to sRGB.`] : []),
    ...(isDeep ? [`It is ${name}, which is converted to sRGB of 8 bits per sample.`] : []),
  ];
}

function withProfile(source: PixelSource, hasProfile: boolean): PixelSource {
  return { ...source, summary: { ...source.summary, hasProfile } };
}

function capitalised(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/**
 * Draws with this service's own reader what libvips decodes with loss: it reads few kinds of CIELab, leaves out their
 * transparency, and divides by alpha without rounding. Undefined for what is too large for that.
 */
async function drawOwn({ page }: ColorWork): Promise<PixelSource | undefined> {
  try {
    return await drawByOwnReader(page);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    return undefined;
  }
}

function warningsOfLab(source: PixelSource, { page }: ColorWork): readonly string[] {
  return source.summary.model === "lab" ? convertedWarnings(source, page.settings) : [];
}

/** Colours to convert, and what is said of them so far. */
interface DeviceColors {
  readonly model: "gray" | "rgb" | "cmyk";
  readonly profile: Uint8Array | undefined;
  readonly warnings: readonly string[];
}

async function convert(
  source: PixelSource,
  { model, profile, warnings }: DeviceColors,
  folder: string,
): Promise<SettledColors> {
  const complaints: string[] = [];
  const log = (): void => void complaints.push("The profile is ignored: no conversion can be made of it.");
  const table = await findColorTable(openTools().colorTables, { model, profile, admission: soleAdmission(), log });
  const told = [...warnings, ...complaints];
  if (table === undefined) return { source: withProfile(source, false), warnings: told };
  const samples = join(folder, "samples.tif");
  const path = join(folder, "srgb.tif");
  const { forgiven } = await writeSamples(source, samples);
  const { width, height } = await convertSamples(samples, { table, path });
  await rm(samples);
  const summary = {
    ...source.summary,
    format: "tiff",
    width,
    height,
    isPyramid: false,
    model: table.output,
    depth: 8,
    hasProfile: false,
    orientation: 1,
  } as const;
  return { source: { ...source, summary, path, place: firstPlace, isStripped: true, forgiven }, warnings: told };
}

async function convertSamples(
  file: string,
  { table, path }: { readonly table: ColorTable; readonly path: string },
): Promise<Size> {
  await using source = await openFileSource(file);
  const [level] = (await openPyramid(source)).levels;
  const { kernels } = openTools();
  const kernel = kernels.take(table.values.byteLength + rowsBytes(level));
  await writePlainTiff(path, srgbRows({ source, level, table, kernel }));
  kernels.giveBack(kernel);
  return level;
}
