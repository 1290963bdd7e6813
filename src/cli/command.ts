import { accessOptions, signOptions } from "../settings/access-options.ts";
import { batchOptions } from "../settings/batch-options.ts";
import { markOptions } from "../settings/mark-options.ts";
import {
  type CostOptions,
  costOptions,
  type IndexOptions,
  type InfoOptions,
  indexOptions,
  infoOptions,
  type LsOptions,
  lsOptions,
  type MoveRecordsOptions,
  movedOptions,
  moveRecordsOptions,
  mvOptions,
  type PruneOptions,
  type PurgeOptions,
  pruneOptions,
  purgeOptions,
  type ReportOptions,
  reportOptions,
  rmOptions,
  type StatsOptions,
  statsOptions,
  type VerifyOptions,
  verifyOptions,
  type WarmOptions,
  warmOptions,
} from "../settings/operation-options.ts";
import {
  type CheckOptions,
  type CompareOptions,
  type ConversionOptions,
  checkOptions,
  compareOptions,
  conversionOptions,
  type ExportOptions,
  exportOptions,
  type ManifestOptions,
  manifestOptions,
  type PlaceOptions,
  placeOptions,
  type RunOptions,
  runOptions,
} from "../settings/options.ts";
import { checkValues, type OptionTable, suggest } from "../settings/values.ts";
import { type AccessCommand, readAccess, readSign, type SignCommand } from "./access-commands.ts";
import { readArguments, spellOption } from "./arguments.ts";
import { type BatchCommand, readBatch } from "./batch-command.ts";
import { readCost, readReport, readWarm } from "./choice-commands.ts";
import { type MovedCommand, type MvCommand, type RmCommand, readMoved, readMv, readRm } from "./image-commands.ts";

/** The commands by name, with the options each takes. */
export const commandOptions = {
  ingest: { ...placeOptions, ...conversionOptions, ...runOptions },
  compare: compareOptions,
  check: checkOptions,
  manifest: manifestOptions,
  "move-records": moveRecordsOptions,
  index: indexOptions,
  purge: purgeOptions,
  ls: lsOptions,
  info: infoOptions,
  prune: pruneOptions,
  verify: verifyOptions,
  export: exportOptions,
  moved: movedOptions,
  mv: mvOptions,
  rm: rmOptions,
  stats: statsOptions,
  cost: costOptions,
  warm: warmOptions,
  report: reportOptions,
  batch: batchOptions,
  access: { ...accessOptions, ...markOptions },
  sign: signOptions,
} as const satisfies Record<string, OptionTable>;

/** The name of a command. */
export type CommandName = keyof typeof commandOptions;

/** What a command line asks for. */
export type Command =
  | { readonly kind: "help"; readonly command: CommandName | undefined }
  | { readonly kind: "version" }
  | IngestCommand
  | CompareCommand
  | CheckCommand
  | ManifestCommand
  | MoveRecordsCommand
  | IndexCommand
  | PurgeCommand
  | StoredCommand
  | ExportCommand
  | MovedCommand
  | MvCommand
  | RmCommand
  | CostCommand
  | WarmCommand
  | ReportCommand
  | BatchCommand
  | AccessCommand
  | SignCommand
  | WrongCommand;

/** `tessera ingest`: files and folders, and what was said about them; the configuration file may say the rest. */
export interface IngestCommand {
  readonly kind: "ingest";
  readonly sources: readonly string[];
  readonly options: PlaceOptions & ConversionOptions & RunOptions;
}

/** `tessera compare`. */
export interface CompareCommand {
  readonly kind: "compare";
  readonly file: string;
  readonly options: CompareOptions;
}

/** `tessera check`: files and folders, or with `from` identifiers and what they start with. */
export interface CheckCommand {
  readonly kind: "check";
  readonly sources: readonly string[];
  readonly options: CheckOptions;
}

/** `tessera manifest`: folders for `--check`. */
export interface ManifestCommand {
  readonly kind: "manifest";
  readonly sources: readonly string[];
  readonly options: ManifestOptions;
}

/** `tessera move-records`. */
export interface MoveRecordsCommand {
  readonly kind: "move-records";
  readonly options: MoveRecordsOptions;
}

/** `tessera index`. */
export interface IndexCommand {
  readonly kind: "index";
  readonly options: IndexOptions;
}

/** `tessera purge`: identifiers of images, unless an option says what. */
export interface PurgeCommand {
  readonly kind: "purge";
  readonly identifiers: readonly string[];
  readonly options: PurgeOptions;
}

/** The commands on what is stored: `tessera ls`, `info`, `prune`, `verify`, `stats`; `names` are identifiers, or the start of one. */
export type StoredCommand =
  | { readonly kind: "ls"; readonly names: readonly string[]; readonly options: LsOptions }
  | { readonly kind: "info"; readonly names: readonly string[]; readonly options: InfoOptions }
  | { readonly kind: "prune"; readonly names: readonly string[]; readonly options: PruneOptions }
  | { readonly kind: "verify"; readonly names: readonly string[]; readonly options: VerifyOptions }
  | { readonly kind: "stats"; readonly names: readonly string[]; readonly options: StatsOptions };

/** `tessera export`: files and folders, or with `from` identifiers and what they start with. */
export interface ExportCommand {
  readonly kind: "export";
  readonly sources: readonly string[];
  readonly options: ExportOptions;
}

/** How many names each of these takes. */
const namesTaken = { ls: 1, info: 1, prune: 0, verify: 0, stats: 0 } as const satisfies Record<
  StoredCommand["kind"],
  number
>;

/** `tessera cost`. */
export interface CostCommand {
  readonly kind: "cost";
  readonly options: CostOptions;
}

/** `tessera warm`: identifiers of images, unless an option says what. */
export interface WarmCommand {
  readonly kind: "warm";
  readonly identifiers: readonly string[];
  readonly options: WarmOptions;
}

/** `tessera report merge`: files with the reports of shards. */
export interface ReportCommand {
  readonly kind: "report";
  readonly files: readonly string[];
  readonly options: ReportOptions;
}

/** A command line with faults, all of them, sentences without a full stop. */
export interface WrongCommand {
  readonly kind: "wrong";
  readonly command: CommandName | undefined;
  readonly faults: readonly string[];
}

/** Reads the arguments after `tessera`; what is wrong is in the command returned. */
export function parseCommand(args: readonly string[]): Command {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    const [of] = rest;
    return of === undefined || isCommand(of) ? { kind: "help", command: of } : unknownCommand(of);
  }
  if (name === "--version") return { kind: "version" };
  if (!isCommand(name)) return unknownCommand(name);
  const { positionals, given, faults } = readArguments(rest, commandOptions[name]);
  if (given.help === true) return { kind: "help", command: name };
  if (name === "ingest") {
    const options = checkValues(commandOptions.ingest, given, { faults, spell: spellOption });
    if (positionals.length === 0) faults.push("no file or folder is named");
    return faults.length > 0
      ? { kind: "wrong", command: name, faults }
      : { kind: "ingest", sources: positionals, options };
  }
  if (name === "check") {
    const options = checkValues(commandOptions.check, given, { faults, spell: spellOption });
    if (positionals.length === 0 && options.from === undefined) faults.push("no file or folder is named");
    for (const option of options.from === undefined ? bucketsOfCheck : []) {
      if (options[option] !== undefined) faults.push(`${spellOption(option)} has no effect without --from`);
    }
    if (options.brief === true && options.json === true) faults.push("--brief has no effect with --json");
    return faults.length > 0
      ? { kind: "wrong", command: name, faults }
      : { kind: "check", sources: positionals, options };
  }
  if (name === "manifest") {
    const options = checkValues(commandOptions[name], given, { faults, spell: spellOption });
    // What an option that is not known was meant to be decides the rest.
    if (faults.length > 0) return { kind: "wrong", command: name, faults };
    const asked = [options.check === true, options.show !== undefined, options.template === true];
    if (asked.filter(Boolean).length !== 1) faults.push("one of --check, --show and --template is needed");
    if (options.check === true && positionals.length === 0) faults.push("no file or folder is named");
    if (options.check !== true) {
      for (const positional of positionals) faults.push(`${positional} is not an option, and no file is asked for`);
    }
    if (options.api !== undefined && options.show === undefined) faults.push("--api has no effect without --show");
    return faults.length > 0 ? { kind: "wrong", command: name, faults } : { kind: name, sources: positionals, options };
  }
  if (name === "move-records") {
    const options = checkValues(commandOptions[name], given, { faults, spell: spellOption });
    for (const positional of positionals) faults.push(`${positional} is not an option, and no file is asked for`);
    return faults.length > 0 ? { kind: "wrong", command: name, faults } : { kind: name, options };
  }
  if (name === "index") {
    const options = checkValues(commandOptions[name], given, { faults, spell: spellOption });
    for (const positional of positionals) faults.push(`${positional} is not an option, and no file is asked for`);
    return faults.length > 0 ? { kind: "wrong", command: name, faults } : { kind: name, options };
  }
  if (name === "purge") {
    const options = checkValues(commandOptions[name], given, { faults, spell: spellOption });
    const { object, collection, prefix, everything } = options;
    const meant = [object, collection, prefix, everything].filter((value) => value !== undefined).length;
    if (meant + Math.sign(positionals.length) !== 1) {
      faults.push("one of identifiers, --object, --collection, --prefix and --everything is needed");
    }
    if (options.to === undefined) faults.push("--to is missing: local or remote");
    if (options.to === "local" && options.service !== undefined) faults.push("--service has no effect with --to local");
    if (options.to === "remote" && options.state !== undefined) faults.push("--state has no effect with --to remote");
    return faults.length > 0
      ? { kind: "wrong", command: name, faults }
      : { kind: name, identifiers: positionals, options };
  }
  if (name === "export") {
    const options = checkValues(commandOptions[name], given, { faults, spell: spellOption });
    return faults.length > 0 ? { kind: "wrong", command: name, faults } : { kind: name, sources: positionals, options };
  }
  if (name === "ls" || name === "info" || name === "prune" || name === "verify" || name === "stats") {
    const options = checkValues(commandOptions[name], given, { faults, spell: spellOption });
    for (const other of positionals.slice(namesTaken[name])) faults.push(`${other} is one name too many`);
    if (name === "info" && positionals.length === 0) faults.push("no identifier is named");
    if (name === "stats" && given.to === "local" && given.service !== undefined) {
      faults.push("--service has no effect with --to local");
    }
    if (faults.length > 0) return { kind: "wrong", command: name, faults };
    return { kind: name, names: positionals, options } as StoredCommand;
  }
  const checking = { faults, spell: spellOption };
  if (name === "moved") return readMoved(positionals, checkValues(movedOptions, given, checking), faults);
  if (name === "mv") return readMv(positionals, checkValues(mvOptions, given, checking), faults);
  if (name === "rm") return readRm(positionals, checkValues(rmOptions, given, checking), faults);
  if (name === "cost") return readCost(positionals, checkValues(costOptions, given, checking), faults);
  if (name === "warm") return readWarm(positionals, checkValues(warmOptions, given, checking), faults);
  if (name === "report") return readReport(positionals, checkValues(reportOptions, given, checking), faults);
  if (name === "batch") return readBatch(positionals, checkValues(batchOptions, given, checking), faults);
  if (name === "access") return readAccess(positionals, checkValues(commandOptions.access, given, checking), faults);
  if (name === "sign") return readSign(positionals, checkValues(signOptions, given, checking), faults);
  const options = checkValues(commandOptions.compare, given, { faults, spell: spellOption });
  const [file, ...others] = positionals;
  if (file === undefined) faults.push("no file is named");
  for (const other of others) faults.push(`${other} is a second file, and one is compared at a time`);
  return file === undefined || faults.length > 0
    ? { kind: "wrong", command: name, faults }
    : { kind: "compare", file, options };
}

const bucketsOfCheck = ["state", "bucket", "account", "endpoint", "region"] as const;

function unknownCommand(name: string): WrongCommand {
  const known = [...Object.keys(commandOptions), "help", "--help", "--version"];
  return { kind: "wrong", command: undefined, faults: [`Unknown command: ${name}${suggest(name, known)}`] };
}

function isCommand(name: string | undefined): name is CommandName {
  return name !== undefined && Object.hasOwn(commandOptions, name);
}
