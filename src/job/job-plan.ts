import { type ImageRecord, recordKey } from "../catalogue/image-records.ts";
import {
  defaultTemplate,
  formatTemplate,
  parseTemplate,
  pathValues,
  type Template,
  usesPlaceholder,
} from "../identity/identifier-template.ts";
import { maxKeyBytes } from "../identity/master-name.ts";
import { refuseFaults } from "../settings/command-faults.ts";
import { chooseTreatment, type FileTreatment, type IngestConfig } from "../settings/ingest-config.ts";
import { checkIdentifier, type Naming } from "../settings/naming.ts";
import type { ConversionOptions } from "../settings/options.ts";
import type { BucketStore } from "./bucket-store.ts";
import { type ObjectsRequest, type PlannedObjects, planObjects } from "./object-plan.ts";
import type { NamedRecords } from "./read-records.ts";
import { pairRecords, type RecordPairing } from "./record-pairing.ts";
import { formatSkipped, type SkippedFiles } from "./skipped-files.ts";
import { failUnnamed, type SourceFailure } from "./source-failure.ts";
import { findFiles, type SourceFile } from "./source-files.ts";
import { isInBucket } from "./source-place.ts";

/** One image to be made a master of. */
export interface PlannedImage {
  readonly source: string;
  /** From 1 on, of a file whose pages are all taken; undefined where only the first is. */
  readonly page: number | undefined;
  readonly identifier: string;
  /** Of the master, in the masters' bucket. */
  readonly key: string;
  /** From the folder that was named, with slashes; and that folder, undefined where the file was named itself. */
  readonly path: string;
  readonly folder: string | undefined;
  /** The object that it is a page of; undefined where this run plans none of it. */
  readonly object?: string;
  readonly bytesIn: number;
  readonly treatment: FileTreatment;
  readonly record: ImageRecord | undefined;
}

/** What a run is to do. */
export interface IngestPlan {
  readonly images: readonly PlannedImage[];
  /** Image files that fail before they are images, because of their names. */
  readonly failures: readonly SourceFailure[];
  /** What lies in the folders and is not taken. */
  readonly skipped: readonly SkippedFiles[];
  /** Sentences on what may not be as meant. */
  readonly warnings: readonly string[];
  /** The objects of the images; undefined where images alone are stored. */
  readonly objects?: PlannedObjects | undefined;
}

/** What a plan is made of. */
export interface PlanRequest {
  /** Files and folders. */
  readonly sources: readonly string[];
  /** Lists those that lie in buckets. */
  readonly buckets?: Pick<BucketStore, "scan"> | undefined;
  readonly template: string;
  readonly collection: string;
  readonly prefix: string;
  readonly naming: Naming;
  readonly records: NamedRecords | undefined;
  /** What objects are made of besides the images; undefined where none are made. */
  readonly objects?: ObjectsRequest | undefined;
  readonly pages: "first" | "all";
  readonly conversion: ConversionOptions;
  readonly config: IngestConfig;
  /** Counts the pages of a file; called only when all pages are taken. */
  readonly countPages: (file: string) => Promise<number>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Finds the images, names them and decides how each is treated. Throws CommandFaults with everything that is wrong: names
 * that lead nowhere, identifiers that two images would share, settings that contradict each other; and the reason of the
 * signal once it is aborted.
 */
export async function planIngest(request: PlanRequest): Promise<IngestPlan> {
  const { files, faults: found, skipped, unnamed } = await findFiles(request.sources, request.buckets);
  const faults = [...found];
  const template = parseTemplate(request.template, faults);
  if (request.pages === "all" && !usesPlaceholder(template, "page")) {
    faults.push("--pages all needs {page} in the identifier template");
  }
  const distant = files.find(({ path }) => isInBucket(path));
  if (request.pages === "all" && distant !== undefined) {
    faults.push(
      `--pages all takes files of this machine alone, for each must be read to count its pages: not ${distant.path}`,
    );
  }
  refuseFaults(faults);
  const images: PlannedImage[] = [];
  const pairing = pairRecords(request.records);
  for (const file of files) {
    request.signal?.throwIfAborted();
    images.push(...(await planFile(file, { request, template, faults, pairing })));
  }
  const leftOver = pairing.leftOver();
  const objects = request.objects === undefined ? undefined : planObjects(images, request.objects, faults);
  faults.push(...sharedKeys(images), ...leftOver.faults);
  refuseFaults([...new Set(faults)]);
  const objectOf = objects?.objectOf ?? new Map<string, string>();
  const without = request.records === undefined ? [] : withoutRecord(images);
  return {
    images: images.map((image) => {
      const object = objectOf.get(image.identifier);
      return object === undefined ? image : { ...image, object };
    }),
    objects,
    failures: unnamed.map(failUnnamed),
    skipped,
    warnings: [...formatSkipped(skipped), ...leftOver.warnings, ...without, ...(objects?.notes ?? [])],
  };
}

interface FilePlanning {
  readonly request: PlanRequest;
  readonly template: Template;
  readonly faults: string[];
  readonly pairing: RecordPairing;
}

async function planFile(file: SourceFile, planning: FilePlanning): Promise<readonly PlannedImage[]> {
  const { request, template, faults, pairing } = planning;
  const treatment = chooseTreatment(file.relative, { given: request.conversion, config: request.config, faults });
  const count = request.pages === "all" ? await countPages(file, planning) : 1;
  if (count > 1 && treatment.mode === "repack") {
    faults.push(`${file.path} has ${count} pages, and --repack takes the first only`);
  }
  const images: PlannedImage[] = [];
  for (let page = 1; page <= count; page += 1) {
    const identifier = formatTemplate(template, {
      ...pathValues(file.relative),
      page: count > 1 ? String(page).padStart(String(count).length, "0") : "",
      collection: request.collection,
      prefix: request.prefix,
    });
    const checked = checkIdentifier(identifier, request.naming);
    const record = pairing.take(file.relative, "fault" in checked ? undefined : identifier);
    if ("fault" in checked) faults.push(`${file.path} ${checked.fault}`);
    else {
      if (record !== undefined && Buffer.byteLength(recordKey(identifier)) > maxKeyBytes) {
        faults.push(`${file.path} has a record whose key would be longer than ${maxKeyBytes} bytes`);
      }
      images.push({
        source: file.path,
        page: count > 1 ? page : undefined,
        identifier,
        key: checked.key,
        path: file.relative.normalize("NFC"),
        folder: file.folder,
        bytesIn: file.bytes,
        treatment: count > 1 ? withPage(treatment, page) : treatment,
        record,
      });
    }
  }
  return images;
}

/** A file whose pages can't be counted is planned as one image, and fails by itself when its turn comes. */
async function countPages(file: SourceFile, { request, pairing }: FilePlanning): Promise<number> {
  try {
    return Math.max(1, await request.countPages(file.path));
  } catch {
    pairing.doubt();
    return 1;
  }
}

function withPage({ mode, settings }: FileTreatment, page: number): FileTreatment {
  return { mode, settings: { ...settings, page: page - 1 } };
}

/** Tells which images would share a master, and what gives each its own. */
function sharedKeys(images: readonly PlannedImage[]): readonly string[] {
  const pairs = [...Map.groupBy(images, ({ key }) => key).values()].flatMap(([first, ...others]) =>
    others.map((other) => [first ?? other, other] as const),
  );
  const shared = pairs.map(
    ([first, other]) => `${nameImage(first)} and ${nameImage(other)} would both be ${other.identifier}`,
  );
  return [...shared, ...new Set(pairs.map(([first, other]) => tellApart(first.path, other.path)))];
}

/** Says what makes two files two identifiers. */
function tellApart(first: string, other: string): string {
  const differ = (placeholder: "path" | "extension") => {
    const [one, two] = [first, other].map((file) =>
      formatTemplate(parseTemplate(`{path}{${placeholder}}`, []), { ...noValues, ...pathValues(file) }),
    );
    return one !== two;
  };
  if (differ("path")) return "{path} in --identifier tells files of several folders apart";
  if (differ("extension")) return "{extension} in --identifier tells files apart that differ in it alone";
  return "names that differ only in what identifiers leave out can't be told apart: rename one file of each pair";
}

/** Returns the identifier that the usual template makes of a path, from the folder that was named; empty where none is left. */
export function usualIdentifier(relative: string): string {
  return formatTemplate(parseTemplate(defaultTemplate, []), { ...noValues, ...pathValues(relative) });
}

const noValues = { page: "", collection: "", prefix: "" };

/** Names an image for messages: its file, and its page where pages are masters of their own. */
export function nameImage({ source, page }: Pick<PlannedImage, "source" | "page">): string {
  return page === undefined ? source : `${source} page ${page}`;
}

function withoutRecord(images: readonly PlannedImage[]): readonly string[] {
  const names = images.filter(({ record }) => record === undefined).map(nameImage);
  return names.length > 0 ? [`images without a record: ${shorten(names)}`] : [];
}

function shorten(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(", ");
  return names.length > 5 ? `${shown}, and ${names.length - 5} more` : shown;
}
