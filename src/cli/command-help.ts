import { accessOptions, signOptions } from "../settings/access-options.ts";
import { batchOptions } from "../settings/batch-options.ts";
import { markOptions } from "../settings/mark-options.ts";
import {
  costOptions,
  indexOptions,
  infoOptions,
  lsOptions,
  movedOptions,
  moveRecordsOptions,
  mvOptions,
  pruneOptions,
  purgeOptions,
  reportOptions,
  rmOptions,
  statsOptions,
  verifyOptions,
  warmOptions,
} from "../settings/operation-options.ts";
import {
  checkOptions,
  compareOptions,
  conversionOptions,
  exportOptions,
  manifestOptions,
  placeOptions,
  runOptions,
} from "../settings/options.ts";
import type { OptionTable } from "../settings/values.ts";
import { spellOption } from "./arguments.ts";
import { type CommandName, commandOptions } from "./command.ts";
import { examples } from "./command-examples.ts";

const usages: Readonly<Record<CommandName, string>> = {
  ingest: "tessera ingest FOLDER_OR_FILE... --to local|remote [options]",
  compare: "tessera compare FILE [--out PAGE.html] [options]",
  check: "tessera check FOLDER_OR_FILE... | [IDENTIFIER...] --from local|remote [options]",
  manifest: "tessera manifest FOLDER --check | --show OBJECT | --template [options]",
  "move-records": "tessera move-records --to local|remote [options]",
  index: "tessera index --to local|remote [options]",
  purge: "tessera purge [IDENTIFIER...] --to local|remote [options]",
  ls: "tessera ls [PREFIX] --to local|remote [options]",
  info: "tessera info IDENTIFIER --to local|remote [options]",
  prune: "tessera prune --to local|remote [options]",
  verify: "tessera verify --to local|remote [options]",
  export: "tessera export FOLDER_OR_FILE... | [IDENTIFIER...] --from local|remote --to PLACE [options]",
  moved: "tessera moved FILE.csv --to local|remote [options]",
  mv: "tessera mv OLD NEW --to local|remote [options]",
  rm: "tessera rm IDENTIFIER... | --match PATTERN | --object KEY --to local|remote [options]",
  stats: "tessera stats --to local|remote [options]",
  cost: "tessera cost [--prefix TEXT | --object KEY | --collection KEY] --to local|remote [options]",
  warm: "tessera warm [IDENTIFIER...] --to local|remote [options]",
  report: "tessera report merge FILE... [options]",
  batch: "tessera batch submit FILE | status|watch|items|pause|resume|cancel|retry|report ID --to local|remote",
  access: "tessera access set|show|test ID... | rules show|set|check [FILE] | mark NAME --to local|remote",
  sign: "tessera sign IDENTIFIER... --for TIME [options]",
};

const summaries: Readonly<Record<CommandName, string>> = {
  ingest: "Turns images into masters, checks them and puts them into a bucket.",
  compare: "Writes a page that shows what ingest would store, at the same spot, without names.",
  check: "Says what masters are, whether they are served and how well, and how to fix them.",
  manifest: "Checks folders and tables of objects, prints a manifest, or writes the tables of what is stored.",
  "move-records": "Moves the records that earlier versions kept in the masters' bucket into the catalogue.",
  index: "Makes the index that searches ask, from the catalogue.",
  purge: "Removes what is kept of images and documents, so that the next answer is made of what is stored now.",
  ls: "Lists the images that are stored.",
  info: "Says all that is stored of an image: master, record, object, addresses, what is kept of it.",
  prune: "Removes pictures and indexes that nobody asks for any longer. Never removes masters or records.",
  verify: "Finds what is damaged or missing in masters and records, and says what mends it. Changes nothing.",
  export: "Writes images as files of level 0, which any host of files serves, and manifests of them.",
  moved: "Leads from identifiers that images had to those that they have, or says that they are gone.",
  mv: "Gives an image another identifier; the old one leads there.",
  rm: "Removes images, with their records and what is kept of them.",
  stats: "Tells what was asked of a service and what it took, and what is stored.",
  cost: "Makes the bill of what is stored and was counted, and foretells that of a month.",
  warm: "Asks a service for thumbnails and sizes, so that it has them when people ask.",
  report: "Makes one report of those of the shards of an ingest, and says which are missing.",
  batch: "Sends tasks that a service works off by itself, and tells how they stand.",
  access: "Says who may see images: sets it, shows it, tells how somebody would fare, makes marks.",
  sign: "Prints addresses of images that show them to whoever has the address, for a time.",
};

const sections: Readonly<Record<CommandName, readonly (readonly [string, OptionTable])[]>> = {
  ingest: [
    ["Places", placeOptions],
    ["Conversion", conversionOptions],
    ["This run", runOptions],
  ],
  compare: [["Options", compareOptions]],
  check: [["Options", checkOptions]],
  manifest: [["Options", manifestOptions]],
  "move-records": [["Options", moveRecordsOptions]],
  index: [["Options", indexOptions]],
  purge: [["Options", purgeOptions]],
  ls: [["Options", lsOptions]],
  info: [["Options", infoOptions]],
  prune: [["Options", pruneOptions]],
  verify: [["Options", verifyOptions]],
  export: [["Options", exportOptions]],
  moved: [["Options", movedOptions]],
  mv: [["Options", mvOptions]],
  rm: [["Options", rmOptions]],
  stats: [["Options", statsOptions]],
  cost: [["Options", costOptions]],
  warm: [["Options", warmOptions]],
  report: [["Options", reportOptions]],
  batch: [["Options", batchOptions]],
  access: [
    ["Options", accessOptions],
    ["Of mark", { text: markOptions.text, font: markOptions.font, image: markOptions.image }],
  ],
  sign: [["Options", signOptions]],
};

const notes: Readonly<Partial<Record<CommandName, readonly string[]>>> = {
  ingest: [
    "",
    "Masters already in the bucket, from the same file with the same settings, are kept: to resume",
    "an interrupted run, run the same command again. Keys of the remote bucket come from",
    "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (AWS_SESSION_TOKEN), the account from --account or",
    "CLOUDFLARE_ACCOUNT_ID; they are only sent over https. Sources may be s3://BUCKET/FOLDER, with keys from",
    "TESSERA_SOURCE_ACCESS_KEY_ID and TESSERA_SOURCE_SECRET_ACCESS_KEY, else the same. Exit status: 0 success, 1 a",
    "file failed, 2 wrong arguments or configuration, 75 try again, 130 stopped. See docs/ingest.md.",
  ],
  check: [
    "",
    "Exit status: 0 all are served, 1 some are not (with --strict: or have warnings), 2 wrong arguments,",
    "130 stopped. docs/masters.md lists what is checked.",
  ],
  manifest: [
    "",
    "Tables that --template writes change nothing when they are ingested again as they are. Exit status: 0",
    "success, 1 a record can't be read, 2 something is wrong, 130 stopped. See docs/presentation.md.",
  ],
  "move-records": [
    "",
    "Each record is copied, read back and compared, and only then deleted from the masters' bucket.",
    "Nothing in the catalogue is overwritten. To resume an interrupted move, run the command",
    "again. Exit status: 0 all records are moved, 1 some were left, 2 wrong arguments, 130 stopped.",
  ],
  index: [
    "",
    "What has not changed since the last run is kept; to resume an interrupted run, run the command",
    "again. Keys of the remote bucket come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the right",
    "to write the database from CLOUDFLARE_API_TOKEN. Exit status: 0 success, 1 something could not be",
    "read or written, 2 wrong arguments, 130 stopped. See docs/search.md.",
  ],
  ls: [
    "",
    "Without --long nothing but the listing is read. Exit status: 0 success, 1 nothing starts with PREFIX,",
    "2 wrong arguments, 130 stopped. See docs/operating.md.",
  ],
  info: ["", "Exit status: 0 success, 1 there is no such image, 2 wrong arguments. See docs/operating.md."],
  prune: [
    "",
    "Without --stale, --orphans, --unknown-settings and --older-than: the first two. To resume an interrupted",
    "run, run the command again. Exit status: 0 success, 1 a bucket failed, 2 wrong arguments, 130 stopped. See",
    "docs/operating.md.",
  ],
  stats: [
    "",
    "Hits of the cache in front of the Worker run no code and are in no figure. The hour that is running is",
    "asked of the service, with TESSERA_ADMIN_SECRET where it is remote. Exit status: 0 success, 1 something",
    "can't be read, 2 wrong arguments, 130 stopped. See docs/operating.md.",
  ],
  verify: [
    "",
    "Reads every byte of every master of the sample, and writes nothing. Exit status: 0 nothing is wrong,",
    "1 something is, or nothing was there to verify, 2 wrong arguments, 130 stopped. See docs/operating.md.",
  ],
  purge: [
    "",
    "Delete first, then purge: what is purged before is drawn again. The secret of a remote service is read from",
    "TESSERA_ADMIN_SECRET. Exit status: 0 success, 1 not purged, or nothing starts with --prefix, 2 wrong",
    "arguments or no service of npm start. See docs/operating.md.",
  ],
  export: [
    "",
    "Images that are there, from the same master with the same settings, are kept: to resume an interrupted",
    "run, run the command again; a ZIP file is begun anew. Exit status: 0 success, 1 an image or a manifest",
    "is left out, 2 wrong arguments or configuration, 130 stopped. See docs/export.md.",
  ],
  moved: [
    "",
    "In the column new stands the identifier that the image has now, or gone. Nothing is written where anything",
    "is wrong with the table; to resume an interrupted run, run the command again. Exit status: 0 success, 1 a",
    "record could not be written, 2 wrong arguments or table, 130 stopped. See docs/operating.md.",
  ],
  mv: [
    "",
    "The image is copied and compared, its record and its object name it anew, the old identifier leads to the",
    "new one, and only then the old master goes. To resume an interrupted move, run the command again. Exit",
    "status: 0 success, 1 it can't be moved, 2 wrong arguments, 130 stopped. See docs/operating.md.",
  ],
  rm: [
    "",
    "Pages go from their objects, and objects without a page from their collections. The secret of a remote",
    "service, which purges what is kept, is read from TESSERA_ADMIN_SECRET. Exit status: 0 success, 1 an image",
    "is not there or is not purged, 2 wrong arguments, 130 stopped. See docs/operating.md.",
  ],
  cost: [
    "",
    "Reads listings, and what the service has counted. Exit status: 0 success, 1 an object or a collection is",
    "not there, or counts can't be read, 2 wrong arguments, 130 stopped. See docs/operating.md.",
  ],
  warm: [
    "",
    "Asks as anybody may. To go on with an interrupted run, give --after the image that it names. Exit",
    "status: 0 success, 1 something was not answered, 2 wrong arguments, 130 stopped. See docs/operating.md.",
  ],
  report: [
    "",
    "Exit status: 0 all shards are there and nothing has failed, 1 otherwise, 2 wrong arguments, or reports of",
    "several runs. See docs/batch.md.",
  ],
  batch: [
    "",
    "ID is the id of a task, or latest; status without one lists the tasks. A task goes on without this command:",
    "Ctrl-C ends watch alone. pause lets what is begun end and begins nothing, cancel gives up what is not begun,",
    "retry has what failed or was cancelled done again. The secret of a remote service is read from",
    "TESSERA_ADMIN_SECRET. Exit status: 0 success, 1 the service refuses or, of watch, something is not done,",
    "2 wrong arguments or task file, 130 stopped. See docs/batch.md.",
  ],
  access: [
    "",
    "set leaves what its options don't state as it is; --clear begins anew. Records are written in place of what",
    "was read alone, then the objects that show the images, and what is kept is purged, by TESSERA_ADMIN_SECRET",
    "where the service is remote. Exit status: 0 success, 1 an image is not there or something is not purged,",
    "2 wrong arguments, rules or names, 130 stopped. See docs/access.md.",
  ],
  sign: [
    "",
    "The secret is that of the service, ACCESS_SECRET in the environment or in --secret-file, with --to local of",
    ".dev.vars; it is no argument, for others see these. Who has the address sees the image until it lapses, and",
    "nothing takes it back but another secret. Exit status: 0 success, 2 wrong arguments, or no secret. See",
    "docs/access.md.",
  ],
};

/** Returns the usage line of a command, or of all commands without a name. */
export function usageLine(command: CommandName | undefined): string {
  return command === undefined
    ? `Usage: tessera ${Object.keys(commandOptions).join("|")}|--help|--version ...`
    : `Usage: ${usages[command]}`;
}

/** Returns the help of one command, or the list of all, in lines. */
export function helpText(command: CommandName | undefined): readonly string[] {
  if (command === undefined) {
    const names = Object.keys(commandOptions) as CommandName[];
    const lines = names.flatMap((name) => [
      `  ${name.padEnd(13)} ${summaries[name]}`,
      `${" ".repeat(16)}${usages[name]}`,
    ]);
    return [
      usageLine(undefined),
      "",
      ...lines,
      "",
      "tessera COMMAND --help lists the options of a command, with examples.",
    ];
  }
  const parts = sections[command].flatMap(([title, table]) => ["", title, ...optionLines(table)]);
  const shown = ["", "Examples", ...exampleLines(examples[command])];
  return [usageLine(command), "", summaries[command], ...parts, ...shown, ...(notes[command] ?? [])];
}

function exampleLines(lines: readonly (readonly [string, string])[]): readonly string[] {
  return lines.flatMap(([call, meaning]) =>
    meaning === ""
      ? [`  ${call}`]
      : call.length > 46
        ? [`  ${call}`, `${" ".repeat(50)}${meaning}`]
        : [`  ${call.padEnd(48)}${meaning}`],
  );
}

function optionLines(table: OptionTable): readonly string[] {
  const entries = Object.entries(table).map(([name, { kind, help }]) => ({
    call: `${spellOption(name)}${kind.placeholder === undefined ? "" : ` ${kind.placeholder}`}`,
    help,
  }));
  return entries.flatMap(({ call, help }) =>
    call.length > 30 ? [`  ${call}`, `${" ".repeat(34)}${help}`] : [`  ${call.padEnd(32)}${help}`],
  );
}
