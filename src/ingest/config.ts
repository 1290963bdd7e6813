import { readFile } from "node:fs/promises";
import { basename, dirname, join, matchesGlob, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { CommandFaults } from "./command-faults.ts";
import { type ConversionOptions, conversionOptions, type PlaceOptions, placeOptions } from "./command-options.ts";
import { checkValues, text } from "./command-values.ts";
import type { ConversionSettings } from "./conversion.ts";
import { parseTemplate } from "./identifier.ts";
import { firstFullChroma, settingFaults } from "./settle.ts";

/** Settings for the files whose path fits a pattern. */
export interface ConversionRule extends ConversionOptions {
  /** A glob over the path from the folder that was named, whatever the case of its letters: `maps/**` or `**\/*.tif`. */
  readonly match: string;
}

/** What a configuration file may say; `export default {...} satisfies IngestConfig` in tessera.config.ts. */
export interface IngestConfig extends PlaceOptions, ConversionOptions {
  /** The first rule that fits a file counts, over what the file says for all. */
  readonly conversions?: readonly ConversionRule[];
}

/** What becomes of a file: its conversion, or its repacking. */
export interface FileTreatment {
  readonly mode: "convert" | "repack";
  readonly settings: ConversionSettings;
}

const fileNames = ["tessera.config.ts", "tessera.config.json"];

const ruleOptions = { ...conversionOptions, match: { kind: text("GLOB"), help: "files the settings are for" } };

/**
 * Reads the configuration file named, or the one in `folder` if there is one. Paths in it are taken from its own folder.
 * Throws CommandFaults with everything that is wrong with it.
 */
export async function readIngestConfig(folder: string, named: string | undefined): Promise<IngestConfig> {
  const candidates = named === undefined ? fileNames.map((name) => join(folder, name)) : [resolve(folder, named)];
  const found: { readonly file: string; readonly content: unknown }[] = [];
  for (const file of candidates) {
    const content = await load(file, { isOptional: named === undefined });
    if (content !== undefined) found.push({ file, content });
  }
  const [first, second] = found;
  if (first === undefined) return {};
  if (second !== undefined) {
    throw new CommandFaults([`there are ${fileNames.join(" and ")}, and only one can count; name it with --config`]);
  }
  return withPaths(checkIngestConfig(first.content, basename(first.file)), dirname(first.file));
}

/** Checks what a configuration file holds; `name` words the faults. Throws CommandFaults with all of them. */
export function checkIngestConfig(content: unknown, name: string): IngestConfig {
  if (!isRecord(content)) throw new CommandFaults([`${name} holds no object`]);
  const faults: string[] = [];
  const { conversions: rules, ...rest } = content;
  const options = checkValues({ ...placeOptions, ...conversionOptions }, rest, {
    faults,
    spell: (option) => `${name}: ${option}`,
  });
  if (options.identifier !== undefined) parseTemplate(options.identifier, faults);
  if (rules !== undefined && !Array.isArray(rules)) faults.push(`${name}: conversions is not a list`);
  const conversions = (Array.isArray(rules) ? rules : []).map((rule: unknown, index): ConversionRule => {
    const spell = (option: string) => `${name}: ${option} of conversions[${index}]`;
    if (!isRecord(rule)) {
      faults.push(`${name}: conversions[${index}] is no object`);
      return { match: "" };
    }
    const { match, ...checked } = checkValues(ruleOptions, rule, { faults, spell });
    if (rule.match === undefined) faults.push(`${spell("match")} is missing`);
    return { ...checked, match: match ?? "" };
  });
  if (faults.length > 0) throw new CommandFaults(faults);
  return { ...options, conversions };
}

/**
 * Decides how a file is treated: what the command line says counts before the first rule that fits, that before what the
 * configuration says for all. Adds sentences to `faults` when the settings contradict each other. Never throws.
 */
export function chooseTreatment(
  path: string,
  {
    given,
    config,
    faults,
  }: {
    readonly given: ConversionOptions;
    readonly config: IngestConfig;
    readonly faults: string[];
  },
): FileTreatment {
  const rule = config.conversions?.find(({ match }) => matchesGlob(path.toLowerCase(), match.toLowerCase()));
  const all = { ...config, ...rule, ...given };
  const quality = all.quality ?? 89;
  const settings: ConversionSettings = {
    compression: all.compression ?? "jpeg",
    quality,
    tileSize: all.tile ?? 512,
    subsampling: all.subsampling ?? (quality < firstFullChroma ? "4:2:0" : "4:4:4"),
    keepsProfile: all.keepProfile ?? false,
    keepsDepth: all.keepDepth ?? false,
  };
  if (all.repack !== true) faults.push(...settingFaults(settings).map((sentence) => sentence.replace(/\.$/, "")));
  return { mode: all.repack === true ? "repack" : "convert", settings };
}

/**
 * Words a treatment as it is kept beside a master, to tell whether a later run would make the same. The number in front
 * is that of the layout that is written, raised when the same settings come to give another file. Never throws.
 */
export function formatTreatment({ mode, settings }: FileTreatment): string {
  const layout = "1";
  const page = settings.page === undefined ? "" : ` page ${settings.page + 1}`;
  if (mode === "repack") return `${layout} repack${page}`;
  const { compression, quality, tileSize, subsampling, keepsProfile, keepsDepth } = settings;
  const words = [
    layout,
    compression,
    ...(compression === "deflate" ? [] : [`q${quality}`]),
    ...(compression === "jpeg" ? [subsampling] : []),
    `t${tileSize}`,
    keepsProfile ? "profile" : "srgb",
    ...(keepsDepth ? ["16"] : []),
  ];
  return words.join(" ") + page;
}

async function load(file: string, { isOptional }: { readonly isOptional: boolean }): Promise<unknown> {
  let content: string;
  try {
    content = await readFile(file, "utf8");
  } catch (error) {
    if (isOptional && error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new CommandFaults([`${file} can't be read: ${messageOf(error)}`]);
  }
  try {
    if (!/\.[cm]?[jt]s$/.test(file)) return JSON.parse(content);
    const module: Readonly<Record<string, unknown>> = await import(pathToFileURL(file).href);
    return module.default;
  } catch (error) {
    throw new CommandFaults([`${file} can't be read: ${messageOf(error)}`]);
  }
}

function withPaths(config: IngestConfig, folder: string): IngestConfig {
  return {
    ...config,
    ...(config.records === undefined ? {} : { records: resolve(folder, config.records) }),
    ...(config.state === undefined ? {} : { state: resolve(folder, config.state) }),
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
