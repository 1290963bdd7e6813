import { stat } from "node:fs/promises";
import { matchesGlob } from "node:path";
import { policiesOfPageNumber } from "../access/image-policies.ts";
import type { AccessRules } from "../access/rules.ts";
import type { Bucket, ServiceBuckets } from "../bucket/bucket.ts";
import { bucketSource } from "../bucket/bucket-source.ts";
import { readRights } from "../catalogue/accepted-rights.ts";
import { recordKey } from "../catalogue/image-records.ts";
import { parseWork, workKey } from "../catalogue/work-record.ts";
import { ImageError } from "../error.ts";
import { whyLeftOut } from "../export/left-out.ts";
import type { Identifier } from "../identity/identifier.ts";
import { dividePage, nameOfText } from "../identity/master-name.ts";
import { readStoredRules } from "../job/access-rules.ts";
import {
  type ExportFailure,
  type ExportSource,
  type ExportStanding,
  standingOfFile,
} from "../job/export/export-source.ts";
import { readImageRecord } from "../job/image-record.ts";
import { usualIdentifier } from "../job/job-plan.ts";
import { failUnnamed } from "../job/source-failure.ts";
import { findFiles } from "../job/source-files.ts";
import { storedMarks } from "../job/stored-marks.ts";
import { listMasters } from "../job/stored-masters.ts";
import { marksOf, type OpenMark } from "../marks/marks-of.ts";
import { openFileSource } from "../node/file-source.ts";
import { policiesOf } from "../policies.ts";
import type { Kernels } from "../render/kernels.ts";
import { CommandFaults, refuseFaults } from "../settings/command-faults.ts";
import { checkIdentifier, type Naming } from "../settings/naming.ts";
import { type FoundMaster, findMaster } from "./find-master.ts";

/** Which masters of a bucket are meant. */
export interface StoredSelection {
  /** Identifiers, and what they start with; all without any. */
  readonly names: readonly string[];
  /** The key of an object whose images are meant. */
  readonly object: string | undefined;
  readonly match: string | undefined;
  readonly naming: Naming;
  /** Whether images are exported too that not anybody may see. */
  readonly includesRestricted: boolean;
  /** Told of a name that no image has, and none starts with. */
  readonly onUnknown: (name: string) => void;
}

type Named = Pick<FoundMaster, "identifier" | "key" | "bytes" | "etag"> & { readonly page?: number };

/** Lists masters of a bucket, each once. Throws BucketError, and CommandFaults for an object that is not there. */
export async function* storedSources(
  buckets: Pick<ServiceBuckets, "masters" | "catalogue">,
  selection: StoredSelection,
): AsyncGenerator<ExportSource, undefined> {
  const known = new Set<string>();
  const { naming, includesRestricted } = selection;
  const { rules } = await readStoredRules(buckets.catalogue);
  const deciding = { rules, naming, includesRestricted, openMark: storedMarks(buckets.catalogue) };
  for await (const master of select(buckets, selection)) {
    const { identifier } = master;
    const { match } = selection;
    if (known.has(identifier) || (match !== undefined && !matchesGlob(identifier, match))) continue;
    known.add(identifier);
    yield sourceOf(buckets, master, deciding);
  }
}

async function* select(
  { masters, catalogue }: Pick<ServiceBuckets, "masters" | "catalogue">,
  { names, object, naming, onUnknown }: StoredSelection,
): AsyncGenerator<Named, undefined> {
  const meant = object === undefined ? names : await imagesOf(catalogue, object);
  if (object === undefined && names.length === 0) yield* listMasters(masters, { naming, prefix: "" });
  for (const name of meant) {
    const found = await findMaster(masters, name, naming);
    if (found !== undefined) {
      yield found;
      continue;
    }
    let count = 0;
    if (object === undefined) {
      for await (const master of listMasters(masters, { naming, prefix: name })) {
        count += 1;
        yield master;
      }
    }
    if (count === 0) onUnknown(name);
  }
}

async function imagesOf(catalogue: Bucket, object: string): Promise<readonly string[]> {
  const stored = await catalogue.get(workKey(object));
  if (stored === undefined) throw new CommandFaults([`there is no object ${object} in ${catalogue.name}`]);
  try {
    const { pages } = parseWork(stored.bytes, object);
    return pages.flatMap(({ images }) => images.map(({ identifier }) => identifier));
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    throw new CommandFaults([`the record of ${object} can't be read: ${error.detail ?? error.message}`]);
  }
}

/** What it is decided by whether an image is exported, and how. */
interface Deciding {
  readonly rules: AccessRules;
  readonly naming: Naming;
  readonly includesRestricted: boolean;
  readonly openMark: (kernels: Kernels) => OpenMark;
}

function sourceOf(
  { masters, catalogue }: Pick<ServiceBuckets, "masters" | "catalogue">,
  master: Named,
  deciding: Deciding,
): ExportSource {
  const { identifier, key, page = 1, etag } = master;
  return {
    identifier,
    page,
    version: etag,
    open: async () => bucketSource(masters, key, master),
    readStanding: () => readStanding(catalogue, identifier, deciding),
  };
}

async function readStanding(
  catalogue: Bucket,
  identifier: Identifier,
  { rules, naming, includesRestricted, openMark }: Deciding,
): Promise<ExportStanding> {
  // What is stated of a file counts for all of its pages.
  const { name, page } = dividePage(identifier, naming.pageSuffix);
  const facts = await readImageRecord(catalogue, name);
  // A record that can't be read says nothing of who may see the image, and of what nobody is to see of it.
  if (facts === undefined && (await catalogue.head(recordKey(name))) !== undefined) {
    return { ...standingOfFile, whyLeftOut: "Its record is damaged." };
  }
  const policies = policiesOfPageNumber(policiesOf(rules, name, facts), page);
  const rights = facts?.rights;
  return {
    whyLeftOut: includesRestricted ? undefined : whyLeftOut({ rules, policies, now: Date.now() }),
    rights: rights === undefined ? undefined : (readRights(rights) ?? rights),
    marksOf: (image, kernels) => marksOf(openMark(kernels), { policies, rules, image }),
  };
}

/**
 * Returns the files of folders, each under the identifier that the ingest gives it. Throws CommandFaults for what can't be
 * told apart or is not there.
 */
export async function fileSources(
  names: readonly string[],
  { naming, match }: Pick<StoredSelection, "naming" | "match">,
): Promise<{ readonly sources: readonly ExportSource[]; readonly failures: readonly ExportFailure[] }> {
  const { files, unnamed, faults } = await findFiles(names);
  const found = [...faults];
  const sources = new Map<string, ExportSource>();
  const paths = new Map<string, string>();
  for (const { path, relative } of files) {
    const text = usualIdentifier(relative);
    if (match !== undefined && !matchesGlob(text, match)) continue;
    const checked = checkIdentifier(text, naming);
    const identifier = nameOfText(text, naming)?.identifier;
    const other = paths.get(text);
    if ("fault" in checked) found.push(`${path} ${checked.fault}`);
    else if (other !== undefined) found.push(`${other} and ${path} would both be ${text}`);
    else if (identifier !== undefined) {
      const { size, mtimeMs } = await stat(path);
      paths.set(text, path);
      const open = () => openFileSource(path);
      sources.set(text, {
        identifier,
        page: 1,
        version: `${size} ${mtimeMs}`,
        open,
        readStanding: async () => standingOfFile,
      });
    }
  }
  refuseFaults(found);
  const failures = unnamed.map(failUnnamed).map(({ source, failure }) => ({ identifier: source, ...failure }));
  return { sources: [...sources.values()], failures };
}
