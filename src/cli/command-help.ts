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

/** What people do most, in the order in which they come to it. */
const examples: Readonly<Record<CommandName, readonly (readonly [string, string])[]>> = {
  ingest: [
    ["tessera ingest scans --to local", "all images of a folder, for npm start"],
    ["tessera ingest scans --to remote --dry-run", "what it would do, and what that costs"],
    ["tessera ingest scans --to remote --collection maps --records maps.csv", "with a record for each image"],
    ["tessera ingest pyramids --to local --repack", "keeps the tiles of pyramids as they are"],
    ["tessera ingest scans --to remote --shard 2/8", "the second of eight parts: docs/batch.md"],
  ],
  compare: [
    ["tessera compare scan.tif", "writes compare.html"],
    ["tessera compare scan.tif --qualities 80,89,95 --crops 6 --out pages/scan.html", ""],
  ],
  check: [
    ["tessera check scans", "every file, with what is wrong and what fixes it"],
    ["tessera check scans --decode --strict", "looks for damage too, for scripts"],
    ["tessera check scans --brief", "a line a file"],
    ["tessera check maps/ --from remote", "the masters in the bucket whose identifiers start so"],
  ],
  manifest: [
    ["tessera manifest scans --check --objects objects.csv", "all that is wrong, before anything is stored"],
    ["tessera manifest --show maps/atlas --to local", "what viewers will get"],
    ["tessera manifest --template --to local", "tables of all that is stored, to be edited"],
  ],
  "move-records": [
    ["tessera move-records --to local", "in the buckets of npm start"],
    ["tessera move-records --to remote --account 0123456789abcdef0123456789abcdef", "on R2"],
  ],
  index: [
    ["tessera index --to local", "for npm start"],
    ["tessera index --to remote --account 0123456789abcdef0123456789abcdef", "on D1"],
    ["tessera index --to local --rebuild", "all of it anew"],
  ],
  purge: [
    ["tessera purge maps/atlas --to remote", "an image, from every cache that can be reached"],
    ["tessera purge --object atlas --to remote", "an object with the images of its pages"],
    ["tessera purge --prefix loans/ --to local", "all images of a folder, of npm start"],
  ],
  ls: [
    ["tessera ls --to local", "all identifiers, of npm start"],
    ["tessera ls maps/ --to remote --long", "those that start so, with what they are"],
  ],
  info: [
    ["tessera info maps/atlas --to remote", "all of an image"],
    ["tessera info maps/atlas --to local --json", "for scripts"],
  ],
  prune: [
    ["tessera prune --to remote --dry-run", "how much is of masters that were replaced or are gone"],
    ["tessera prune --to remote --older-than 30d", "what nobody needed for 30 days; small ones for 120"],
  ],
  stats: [
    ["tessera stats --to local", "what was asked of npm start in the last 24 hours"],
    ["tessera stats --to remote --since 7d --by image", "the images of a week"],
    ["tessera stats --to remote --since 30d --by client", "who asked"],
    ["tessera stats --to remote --storage", "what is stored, and how much of it is stale"],
  ],
  verify: [
    ["tessera verify --to remote", "every master and record"],
    ["tessera verify --to remote --sample 5% --deep", "every tile of one image in twenty"],
  ],
  export: [
    ["tessera export --from local --to site --base https://images.example --manifests", "all that is stored"],
    ["tessera export maps/ --from remote --to maps.zip --base https://images.example", "what starts so, as one file"],
    ["tessera export scans --to site --base https://images.example --dry-run", "files of this machine, foretold"],
  ],
  moved: [
    ["tessera moved moved.csv --to remote --dry-run", "what it would do, and all that is wrong with it"],
    ["tessera moved moved.csv --to local", "a table with the columns old and new"],
  ],
  mv: [
    ["tessera mv scan-0007 maps/atlas --to remote", "the image, and all that leads to it"],
    ["tessera mv scan-0007 maps/atlas --to local --dry-run", "what is left to do"],
  ],
  rm: [
    ["tessera rm loans/7 loans/8 --to remote", "two images"],
    ["tessera rm --match 'loans/**' --to remote --dry-run", "which images that would be"],
    ["tessera rm --object atlas --keep-gone --to remote", "an object; its images are 410 from then on"],
  ],
  cost: [
    ["tessera cost --to remote", "all that is stored, and what was counted in 30 days"],
    ["tessera cost --to remote --prefix maps/", "of the images of a folder"],
    ["tessera cost --to remote --views 10e6 --hit 0.9", "and what ten million views a month would cost"],
  ],
  warm: [
    ["tessera warm --object atlas --to remote", "the thumbnails and sizes of an object's pages"],
    ["tessera warm --prefix maps/ --to remote --sizes 1200,", "a given size of the images of a folder"],
  ],
  report: [
    ["tessera report merge report-*.json", "what ingest --shard I/N --report report-I.json wrote"],
    ["tessera report merge report-*.json --json", "for scripts"],
  ],
  batch: [
    ["tessera batch submit task.json --to remote", "a task file, JSON or CSV; a faulty one is not sent"],
    ["tessera batch status --to remote", "the latest tasks"],
    ["tessera batch watch latest --to local", "until the task ends that was sent last"],
    ["tessera batch items 20261129-104826-3fa85f645717 --to remote --only failed", "what failed, and why"],
    ["tessera batch retry 20261129-104826-3fa85f645717 --to remote", "what failed or was cancelled, again"],
    ["tessera batch report latest --to remote --csv", "time, cost and stages as a table"],
    ["tessera batch report --collection maps --to remote", "what all tasks of a collection came to"],
  ],
  access: [
    ["tessera access set loans/7 --access role:staff --public-size 400 --to remote", "400 pixels for all others"],
    ["tessera access set --prefix diary/ --embargo 2031-01-01 --to remote", "closed until then"],
    ["tessera access set loans/7 --clear --to remote", "takes it all back"],
    ["tessera access show loans/7 --to remote", "what is stated of it, and what counts now and next"],
    ["tessera access test loans/7 --as role:staff --at 2031-01-01 --to remote", "how somebody would fare"],
    ["tessera access rules set rules.json --to remote", "what counts for folders; names of networks and roles"],
    ["tessera access mark library --text Library --to local", "marks/library.png, which rules put over images"],
    ["tessera access mark library --image logo.png --to remote", "of a picture in place of a text"],
  ],
  sign: [
    ["tessera sign loans/7 --for 8h", "the base URI of the image, for any viewer"],
    ["tessera sign loans/7 --for 7d --max 2000 --json", "reduced, with all that is in it"],
    ["tessera sign --list ids.txt --until 2031-01-01", "a line an image"],
  ],
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
