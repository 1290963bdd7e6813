import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, join, matchesGlob, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Institution, institutionKeys, readInstitution } from "../catalogue/institution.ts";
import { parseTemplate } from "../identity/identifier-template.ts";
import { firstFullChroma } from "../remake/treatment.ts";
import { ConfigurationFaults } from "./command-faults.ts";
import type { ConversionSettings } from "./conversion.ts";
import { settingFaults } from "./conversion.ts";
import { type ConversionOptions, conversionOptions, type PlaceOptions, placeOptions } from "./options.ts";
import { isR2Endpoint } from "./s3-endpoint.ts";
import { checkValues, text } from "./values.ts";

/** Settings for the files whose path fits a pattern. */
export interface ConversionRule extends ConversionOptions {
  /** A glob for the path from the folder that was named, ignoring case: `maps/**` or `**\/*.tif`. */
  readonly match: string;
}

/** The content of a configuration file; `export default {...} satisfies IngestConfig` in tessera.config.ts. */
export interface IngestConfig extends PlaceOptions, ConversionOptions {
  /** The first rule that matches a file applies, before what the configuration says for all files. */
  readonly conversions?: readonly ConversionRule[];
  /** What the institution says once for all its objects; as it was read. */
  readonly institution?: Institution;
  /** As a file says them; `institution` is what is read of them. */
  readonly providers?: unknown;
  readonly attributionLabel?: unknown;
  readonly otherRights?: unknown;
}

/** How a file is treated: its conversion, or its repacking. */
export interface FileTreatment {
  readonly mode: "convert" | "repack";
  readonly settings: ConversionSettings;
}

/** The file that is read from the working folder without being named: data, never a program. */
const foundName = "tessera.config.json";

/** The file that is only looked for, to say that it must be named. */
const foundProgramName = "tessera.config.ts";

const configOptions = { ...placeOptions, ...conversionOptions };

const ruleOptions = { ...conversionOptions, match: { kind: text("GLOB"), help: "files that the settings apply to" } };

/**
 * Reads the configuration file that is named, or tessera.config.json of `folder` if it exists. Paths in it are relative
 * to its own folder. A program only runs when it is named, and only a file that is named may send keys to an endpoint
 * other than R2: other files in a folder may come from anyone. Throws ConfigurationFaults with everything that is wrong
 * with it.
 */
export async function readIngestConfig(folder: string, named: string | undefined): Promise<IngestConfig> {
  if (named !== undefined) return readConfigFile(resolve(folder, named));
  const found = join(folder, foundName);
  if (existsSync(join(folder, foundProgramName))) {
    const fault = `${foundProgramName} is a program, which only runs when it is named: --config ${foundProgramName}`;
    throw new ConfigurationFaults([fault], { values: {}, wrong: undefined });
  }
  const config = existsSync(found) ? await readConfigFile(found) : {};
  if (config.endpoint !== undefined && !isR2Endpoint(config.endpoint)) {
    const fault = `${foundName}: endpoint is not an R2 endpoint, which is only accepted from a file that is named: --config ${foundName}, or --endpoint`;
    throw new ConfigurationFaults([fault], { values: config, wrong: new Set(["endpoint"]) });
  }
  return config;
}

async function readConfigFile(file: string): Promise<IngestConfig> {
  const content = await load(file);
  try {
    return withPaths(checkIngestConfig(content, basename(file)), file);
  } catch (error) {
    if (!(error instanceof ConfigurationFaults)) throw error;
    const { faults, values, wrong } = error;
    throw new ConfigurationFaults(faults, { values: withPaths(values, file), wrong });
  }
}

function withPaths(config: IngestConfig, file: string): IngestConfig {
  const paths = (["records", "objects", "collections", "state"] as const).flatMap((name) => {
    const path = config[name];
    return path === undefined ? [] : [[name, resolve(dirname(file), path)] as const];
  });
  return { ...config, ...Object.fromEntries(paths) };
}

/**
 * Checks the content of a configuration file; `name` stands for it in the faults. Throws ConfigurationFaults with all of
 * them.
 */
export function checkIngestConfig(content: unknown, name: string): IngestConfig {
  if (!isRecord(content)) throw unreadable(`${name} does not contain an object`);
  const faults: string[] = [];
  const { conversions: rules, ...others } = content;
  const rest = Object.fromEntries(Object.entries(others).filter(([key]) => !isInstitutionKey(key)));
  const said = Object.fromEntries(Object.entries(others).filter(([key]) => isInstitutionKey(key)));
  const institutionFaults: string[] = [];
  const institution = readInstitution(said, institutionFaults);
  faults.push(...institutionFaults.map((fault) => `${name}: ${fault}`));
  const options = checkValues(configOptions, rest, {
    faults,
    spell: (option) => `${name}: ${option}`,
    further: ["conversions", ...institutionKeys],
  });
  const wrong = new Set(Object.keys(rest).filter((option) => !Object.hasOwn(options, option)));
  const hasUnknown = [...wrong].some((option) => !Object.hasOwn(configOptions, option));
  if (options.identifier !== undefined) {
    const templateFaults: string[] = [];
    parseTemplate(options.identifier, templateFaults);
    if (templateFaults.length > 0) wrong.add("identifier");
    faults.push(...templateFaults);
  }
  const before = faults.length;
  if (rules !== undefined && !Array.isArray(rules)) faults.push(`${name}: conversions is not a list`);
  const conversions = (Array.isArray(rules) ? rules : []).map((rule: unknown, index): ConversionRule => {
    const spell = (option: string) => `${name}: ${option} of conversions[${index}]`;
    if (!isRecord(rule)) {
      faults.push(`${name}: conversions[${index}] is not an object`);
      return { match: "" };
    }
    const { match, ...checked } = checkValues(ruleOptions, rule, { faults, spell });
    if (rule.match === undefined) faults.push(`${spell("match")} is missing`);
    return { ...checked, match: match ?? "" };
  });
  const config = { ...options, conversions, ...(Object.keys(said).length > 0 && { institution }) };
  if (faults.length > before) wrong.add("conversions");
  if (faults.length > 0)
    throw new ConfigurationFaults(faults, { values: config, wrong: hasUnknown ? undefined : wrong });
  return config;
}

/**
 * Decides how a file is treated: the command line comes first, then the first rule that matches, then what the
 * configuration says for all files. Adds sentences to `faults` when the settings contradict each other.
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
 * Formats a treatment as it is stored with a master, to tell whether a later run would make the same one. The leading
 * number is the version of the layout, raised when the same settings result in a different file.
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

async function load(file: string): Promise<unknown> {
  try {
    const content = await readFile(file, "utf8");
    if (!/\.[cm]?[jt]s$/.test(file)) return JSON.parse(content);
    const module: Readonly<Record<string, unknown>> = await import(pathToFileURL(file).href);
    return module.default;
  } catch (error) {
    throw unreadable(`${file} can't be read: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "there is no such file";
  if (code !== "ERR_UNKNOWN_FILE_EXTENSION") return error.message;
  return `Node ${process.versions.node} does not run TypeScript, and 22.18 or newer does; it may be .mjs or .json too`;
}

function unreadable(fault: string): ConfigurationFaults<IngestConfig> {
  return new ConfigurationFaults([fault], { values: {}, wrong: undefined });
}

function isInstitutionKey(key: string): boolean {
  return institutionKeys.some((known) => known === key);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
