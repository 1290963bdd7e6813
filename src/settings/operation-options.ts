import { parseSize } from "../iiif/size.ts";
import { bucketOptions, derivativesOption, runOptions, serviceOption } from "./options.ts";
import {
  amount,
  choice,
  days,
  flag,
  integer,
  list,
  type OptionTable,
  part,
  percent,
  span,
  text,
  type ValueKind,
  type ValuesOf,
} from "./values.ts";

/** What `move-records` takes. */
export const moveRecordsOptions = { ...bucketOptions, config: runOptions.config } as const satisfies OptionTable;

/** What `index` takes. */
export const indexOptions = {
  ...bucketOptions,
  database: { kind: text("NAME"), help: "remote database of the index (database_name of SEARCH in wrangler.toml)" },
  rebuild: { kind: flag, help: "make all of the index anew, not only what has changed" },
  config: runOptions.config,
} as const satisfies OptionTable;

/** What `moved` takes. */
export const movedOptions = {
  ...bucketOptions,
  dryRun: { kind: flag, help: "say what the table does, and write nothing" },
  json: runOptions.json,
  config: runOptions.config,
} as const satisfies OptionTable;

/** What `mv` takes. */
export const mvOptions = {
  ...bucketOptions,
  service: serviceOption,
  dryRun: { kind: flag, help: "say what is left to do, and do nothing" },
  json: runOptions.json,
  config: runOptions.config,
} as const satisfies OptionTable;

/** What `rm` takes. */
export const rmOptions = {
  match: { kind: text("PATTERN"), help: "the images whose identifiers fit: * within a part, ** over parts" },
  object: { kind: text("KEY"), help: "an object, with all images of its pages" },
  keepGone: { kind: flag, help: "say for good that they are gone: 410 in place of 404" },
  yes: { kind: flag, help: "don't ask before more than 10 are removed" },
  ...mvOptions,
  dryRun: { kind: flag, help: "say what would be removed, and remove nothing" },
} as const satisfies OptionTable;

/** What `purge` takes: which service, and what of it. */
export const purgeOptions = {
  to: { kind: choice("local", "remote"), help: "the service of npm start on this machine, or one that is deployed" },
  state: bucketOptions.state,
  service: serviceOption,
  object: { kind: text("KEY"), help: "an object: its documents, and the images of its pages" },
  collection: { kind: text("KEY"), help: "the documents of a collection" },
  prefix: { kind: text("TEXT"), help: "the images whose identifiers start so" },
  everything: { kind: flag, help: "all that is kept of all images and documents" },
  dryRun: { kind: flag, help: "say what would be removed, and remove nothing" },
  json: { kind: flag, help: "report as JSON on standard output" },
} as const satisfies OptionTable;

/** What `ls` takes. */
export const lsOptions = {
  ...bucketOptions,
  long: { kind: flag, help: "size, pages, bytes, compression, date and object of each" },
  json: { kind: flag, help: "a line of JSON an image" },
  config: runOptions.config,
} as const satisfies OptionTable;

/** What `info` takes. */
export const infoOptions = {
  ...bucketOptions,
  ...derivativesOption,
  json: { kind: flag, help: "report as JSON on standard output" },
  config: runOptions.config,
} as const satisfies OptionTable;

/** What `prune` takes: without a reason, stale and orphans. */
export const pruneOptions = {
  ...bucketOptions,
  ...derivativesOption,
  stale: { kind: flag, help: "those whose master was replaced" },
  orphans: { kind: flag, help: "those whose master is gone" },
  unknownSettings: { kind: flag, help: "those that no request leads to any longer" },
  olderThan: {
    kind: days,
    help: "those that nobody needed for so long; small ones are kept four times as long",
  },
  dryRun: { kind: flag, help: "say what would be removed, and remove nothing" },
  json: { kind: flag, help: "report as JSON on standard output" },
  config: runOptions.config,
} as const satisfies OptionTable;

/** What `report` takes. */
export const reportOptions = { json: runOptions.json } as const satisfies OptionTable;

/** What `verify` takes. */
export const verifyOptions = {
  ...bucketOptions,
  sample: { kind: percent, help: "of the images, objects and collections; the same ones every time (100%)" },
  deep: { kind: flag, help: "decode each tile of each level" },
  json: { kind: flag, help: "a line of JSON a finding" },
  config: runOptions.config,
} as const satisfies OptionTable;

/** What `stats` takes: of which time, and by what it is told apart. */
export const statsOptions = {
  ...bucketOptions,
  ...derivativesOption,
  service: purgeOptions.service,
  since: { kind: span, help: "how far back, in hours or days (24h)" },
  by: {
    kind: choice("class", "image", "client", "format", "size", "code", "status", "strategy", "tier", "index", "hour"),
    help: "what requests are told apart by (class)",
  },
  storage: { kind: flag, help: "count what is stored, and which derivatives are stale, by listing all of it" },
  json: { kind: flag, help: "report as JSON on standard output" },
  config: runOptions.config,
} as const satisfies OptionTable;

/** Which images are meant, where they are not named. */
const choiceOptions = {
  prefix: { kind: text("TEXT"), help: "the images whose identifiers start so" },
  object: { kind: text("KEY"), help: "the images of the pages of an object" },
  collection: { kind: text("KEY"), help: "those of all objects of a collection, and of the collections in it" },
} as const satisfies OptionTable;

/** What `cost` takes: without a choice, all that is stored. */
export const costOptions = {
  ...choiceOptions,
  service: purgeOptions.service,
  since: { kind: span, help: "what was counted so far back, in hours or days (30d)" },
  views: { kind: amount, help: "foretell so many views a month, of people who open an image" },
  hit: { kind: part, help: "part of the requests that the cache in front of the Worker answers (0)" },
  ...bucketOptions,
  ...derivativesOption,
  json: { kind: flag, help: "report as JSON on standard output" },
  config: runOptions.config,
} as const satisfies OptionTable;

/** A size as the Image API 3.0 writes it. */
const sizeKind: ValueKind<string> = {
  placeholder: "SIZE",
  check: (given) => {
    try {
      parseSize(String(given), 3);
      return { value: String(given) };
    } catch {
      return { fault: `is ${JSON.stringify(given)}, not a size such as 400, or !800,800 or max` };
    }
  },
};

/** What `warm` takes: named images, or a choice. */
export const warmOptions = {
  ...choiceOptions,
  sizes: { kind: list(sizeKind, ";"), help: "sizes of the whole image (thumbnails of manifests, sizes of info.json)" },
  formats: { kind: list(choice("jpg", "png", "webp", "gif")), help: "formats of the pictures (jpg)" },
  after: { kind: text("IDENTIFIER"), help: "begin after this image: where an earlier run ended" },
  jobs: { kind: integer({ least: 1, most: 16 }), help: "images that are asked for at once (4)" },
  service: purgeOptions.service,
  ...bucketOptions,
  dryRun: { kind: flag, help: "print the images that would be asked for" },
  json: { kind: flag, help: "report as JSON on standard output" },
  config: runOptions.config,
} as const satisfies OptionTable;

/** Which records are moved, as far as it was said. */
export type MoveRecordsOptions = ValuesOf<typeof moveRecordsOptions>;

/** How a merged report is told, as far as it was said. */
export type ReportOptions = ValuesOf<typeof reportOptions>;

/** What is indexed and where, as far as it was said. */
export type IndexOptions = ValuesOf<typeof indexOptions>;

/** What is listed, as far as it was said. */
export type LsOptions = ValuesOf<typeof lsOptions>;

/** What is told of an image, as far as it was said. */
export type InfoOptions = ValuesOf<typeof infoOptions>;

/** What is pruned, as far as it was said. */
export type PruneOptions = ValuesOf<typeof pruneOptions>;

/** What is verified, as far as it was said. */
export type VerifyOptions = ValuesOf<typeof verifyOptions>;

/** Which figures are told, as far as it was said. */
export type StatsOptions = ValuesOf<typeof statsOptions>;

/** What is to be purged, as far as it was said. */
export type PurgeOptions = ValuesOf<typeof purgeOptions>;

/** Where a table of moved images goes, as far as it was said. */
export type MovedOptions = ValuesOf<typeof movedOptions>;

/** Where an image is moved, as far as it was said. */
export type MvOptions = ValuesOf<typeof mvOptions>;

/** What is to be removed, as far as it was said. */
export type RmOptions = ValuesOf<typeof rmOptions>;
/** What the bill is made of, as far as it was said. */
export type CostOptions = ValuesOf<typeof costOptions>;

/** What is warmed, as far as it was said. */
export type WarmOptions = ValuesOf<typeof warmOptions>;
