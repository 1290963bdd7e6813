import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Bucket } from "../bucket/bucket.ts";
import { listObjects } from "../bucket/list-objects.ts";
import { collectionKey, parseCollection } from "../catalogue/collection.ts";
import { writeCollectionTable } from "../catalogue/collection-writer.ts";
import { readInstitution } from "../catalogue/institution.ts";
import { changePictures, stated } from "../catalogue/picture-change.ts";
import { type TableWriting, writeTables } from "../catalogue/table-writer.ts";
import type { Work } from "../catalogue/work.ts";
import { parseWork, workKey } from "../catalogue/work-record.ts";
import { ImageError } from "../error.ts";
import { atOnce } from "../job/at-once.ts";
import { readImageRecord } from "../job/image-record.ts";
import type { Converter } from "../job/job-image.ts";
import type { Terminal } from "../node/terminal.ts";
import { findWriteFault, writeResult } from "../node/writable-file.ts";
import type { Addresses } from "../presentation/addresses.ts";
import { formatManifest } from "../presentation/manifest.ts";
import { formatManifestV2 } from "../presentation/v2/manifest.ts";
import { CommandFaults, refuseFaults } from "../settings/command-faults.ts";
import type { ServiceSettings } from "../settings/service-settings.ts";
import { nameBuckets } from "./choose-buckets.ts";
import type { ManifestCommand } from "./command.ts";
import { count } from "./count.ts";
import { exitStatus } from "./exit-status.ts";
import { planOnly } from "./ingest-settings.ts";
import { usualBase } from "./usual-base.ts";

/** Records of images that are read at once. */
const recordsAtOnce = 8;

/** What `--template` writes. */
const tableNames = ["objects.csv", "records.csv", "collections.csv"] as const;

/** Carries `tessera manifest` out and returns the exit status. Throws CommandFaults and BucketError. */
export async function manifest(command: ManifestCommand, terminal: Terminal, converter: Converter): Promise<number> {
  if (command.options.check === true) return check(command, terminal, converter);
  const { options: given } = command;
  const faults: string[] = [];
  const { options, service, open } = await nameBuckets(given, { terminal, asked: ["catalogue"], faults });
  const folder = resolve(terminal.folder, given.out ?? ".");
  if (given.template === true) faults.push(...(await findTableFaults(folder)));
  refuseFaults([...new Set(faults)]);
  const buckets = open();
  try {
    if (given.show !== undefined && service !== undefined) {
      return await show(given.show, buckets.catalogue, { command, terminal, service });
    }
    const { language = "none", separator = "|" } = options;
    const { providers } = options.institution ?? readInstitution({}, []);
    const providerKeys = new Map([...providers].map(([key, { uri }]) => [uri, key]));
    const writing = { language, separator, providerKeys };
    return await writeTemplates(buckets.catalogue, { writing, terminal, folder });
  } finally {
    await buckets.close();
  }
}

async function check(command: ManifestCommand, terminal: Terminal, converter: Converter): Promise<number> {
  const { check: _, show: __, api: ___, base: ____, template: _____, out: ______, ...options } = command.options;
  const { sources } = command;
  const plan = await planOnly({ kind: "ingest", sources, options: { to: "local", ...options } }, terminal, converter);
  terminal.say(plan.warnings.map((warning) => `Note: ${warning}`));
  const plans = plan.objects?.plans ?? [];
  const lines = plans.map(({ key, pages, label, name }) => {
    const shown = Object.values(label ?? { none: [name] })[0]?.[0] ?? name;
    return `${key}: ${shown}, ${count(pages.length, "page")}`;
  });
  const collections = (plan.objects?.collections ?? []).length;
  terminal.print([
    ...lines,
    `${count(plans.length, "object")}, ${count(collections, "collection")}; nothing is wrong, and nothing was written`,
  ]);
  return exitStatus.well;
}

interface Showing {
  readonly command: ManifestCommand;
  readonly terminal: Terminal;
  readonly service: ServiceSettings;
}

async function show(key: string, catalogue: Bucket, { command, terminal, service }: Showing): Promise<number> {
  const object = await catalogue.get(workKey(key));
  if (object === undefined) throw new CommandFaults([`there is no object ${key} in ${catalogue.name}`]);
  const { api = "3", base = service.base || usualBase } = command.options;
  const isSearched = service.searchDatabase === undefined ? {} : ({ isSearched: true } as const);
  const addresses: Addresses = { base, imagePrefix: service.imagePrefix, limits: service.limits, ...isSearched };
  try {
    const work = parseWork(object.bytes, key);
    const document = api === "3" ? formatManifest(addresses, work) : formatManifestV2(addresses, work);
    terminal.print(JSON.stringify(document, undefined, 2).split("\n"));
    return exitStatus.well;
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    terminal.say([`${error.detail ?? error.message} (${error.code})`]);
    return exitStatus.failed;
  }
}

interface Templates {
  readonly writing: TableWriting;
  readonly terminal: Terminal;
  readonly folder: string;
}

/** Writes the tables of all that can be read in the catalogue, and returns the exit status. */
async function writeTemplates(catalogue: Bucket, { writing, terminal, folder }: Templates): Promise<number> {
  const objects = await readAll(catalogue, workKey("|"), parseWork);
  const collections = await readAll(catalogue, collectionKey("|"), parseCollection);
  const failures = [...objects.failures, ...collections.failures];
  terminal.say(failures);
  const tables = writeTables(await withStatedPolicies(objects.records, catalogue), writing);
  const [objectsName, recordsName, collectionsName] = tableNames;
  const files = [
    { name: objectsName, text: tables.objects },
    { name: recordsName, text: tables.pages },
    ...(collections.records.length > 0
      ? [{ name: collectionsName, text: writeCollectionTable(collections.records, writing) }]
      : []),
  ].map(({ name, text }) => ({ file: join(folder, name), text }));
  for (const { file, text } of files) await writeResult(file, `\ufeff${text}`, "wx");
  const pages = objects.records.reduce((sum, work) => sum + work.pages.length, 0);
  const last =
    collections.records.length === 0 ? "" : `, ${count(collections.records.length, "collection")} in collections.csv`;
  terminal.print([
    `${count(objects.records.length, "object")} in objects.csv, ${count(pages, "page")} in records.csv${last}`,
  ]);
  return failures.length > 0 ? exitStatus.failed : exitStatus.well;
}

/**
 * Takes who may see images from their own records, which count: a table that said it of some would take it from the others
 * when it is ingested.
 */
async function withStatedPolicies(works: readonly Work[], catalogue: Bucket): Promise<readonly Work[]> {
  const all = works.flatMap(({ pages }) => pages.flatMap(({ images }) => images));
  if (!all.some(({ policy }) => policy !== undefined)) return works;
  const read = await atOnce(all, recordsAtOnce, async ({ identifier }) => {
    const policy = (await readImageRecord(catalogue, identifier))?.policy;
    return [identifier, policy] as const;
  });
  const policies = new Map(read);
  return works.map((work) => changePictures(work, stated(policies)) ?? work);
}

/** Reads all records of a kind; `pattern` is the key of one whose name is a bar. */
async function readAll<Kind>(
  catalogue: Bucket,
  pattern: string,
  parse: (bytes: Uint8Array, key: string) => Kind,
): Promise<{ readonly records: readonly Kind[]; readonly failures: readonly string[] }> {
  const records: Kind[] = [];
  const failures: string[] = [];
  const [prefix, suffix] = pattern.split("|") as [string, string];
  for await (const { key } of listObjects(catalogue, prefix)) {
    const object = await catalogue.get(key);
    if (object === undefined) continue;
    try {
      records.push(parse(object.bytes, key.slice(prefix.length, -suffix.length)));
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      failures.push(`left out  ${error.detail ?? error.message} (${error.code})`);
    }
  }
  return { records, failures };
}

/** Tables that somebody may have edited are not written over. Says before the work what is in the way of any. */
async function findTableFaults(folder: string): Promise<readonly string[]> {
  const faults = await Promise.all(
    tableNames.map(async (name) => {
      const file = join(folder, name);
      if (existsSync(file)) return [`${file} is there already: move it away, or name another folder by --out`];
      const fault = await findWriteFault(file);
      return fault === undefined ? [] : [`${file} ${fault}`];
    }),
  );
  return faults.flat();
}
