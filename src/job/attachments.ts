import { stat } from "node:fs/promises";
import { basename, dirname, extname } from "node:path";
import type { Bucket } from "../bucket/bucket.ts";
import { uploadFile } from "../bucket/upload.ts";
import { attachmentKey, attachmentType, isAttachment } from "../catalogue/attachment.ts";
import { compareNaturally } from "../catalogue/natural-order.ts";
import type { Attachment, Work } from "../catalogue/work.ts";
import { maxKeyBytes } from "../identity/master-name.ts";
import { checksumFile } from "./job-image.ts";
import type { PlannedImage } from "./job-plan.ts";
import { pathIn } from "./source-place.ts";
import { localStore, type SourceStore } from "./source-store.ts";

/** The PDFs beside the images of a run. */
export interface FoundAttachments {
  /** Paths by the objects that they go with; none of an object no folder of which was looked into. */
  readonly byObject: ReadonlyMap<string, readonly string[]>;
  /** What goes with no object: sentences without a full stop. */
  readonly notes: readonly string[];
}

/**
 * Finds the PDFs that lie beside images, each folder looked into once. They go with the object of these images; where there
 * are several, with that of the image whose name they have.
 */
export async function findAttachments(
  images: readonly PlannedImage[],
  store: SourceStore = localStore,
): Promise<FoundAttachments> {
  const byObject = new Map<string, string[]>();
  const notes: string[] = [];
  // Images that were named one by one say nothing of what lies beside them.
  const inFolders = images.filter(({ folder, object }) => folder !== undefined && object !== undefined);
  for (const [folder, beside] of Map.groupBy(inFolders, ({ source }) => dirname(source))) {
    const objects = new Set(beside.map(({ object = "" }) => object));
    for (const object of objects) if (!byObject.has(object)) byObject.set(object, []);
    const byName = new Map(beside.map(({ source, object }) => [stemOf(source), object]));
    const [only, ...others] = objects;
    for (const path of await listAttachments(folder, store)) {
      const object = others.length === 0 ? only : byName.get(stemOf(path));
      if (object !== undefined) byObject.get(object)?.push(path);
      else notes.push(`${path} is left out: call it like an image, for images of several objects lie beside it`);
    }
  }
  return { byObject, notes };
}

async function listAttachments(folder: string, store: SourceStore): Promise<readonly string[]> {
  const names = (await store.listNames(folder)).filter((name) => isAttachment(name) && !name.startsWith("."));
  return names.toSorted(compareNaturally).map((name) => pathIn(folder, name));
}

/** What stores the files beside the images of an object. */
export interface AttachmentRun {
  readonly catalogue: Bucket;
  readonly found: FoundAttachments;
  /** Where files are; this machine without it. */
  readonly store?: SourceStore | undefined;
  readonly signal: AbortSignal | undefined;
  /** Is told what is left out, a sentence without a full stop. */
  readonly notes: string[];
}

/**
 * Stores the PDFs of an object, and returns it with them and no others; as it is, where no folder of it was looked into.
 * Throws BucketError.
 */
export async function withAttachments(work: Work, run: AttachmentRun): Promise<Work> {
  const paths = run.found.byObject.get(work.key);
  if (paths === undefined) return work;
  const attachments: Attachment[] = [];
  for (const path of paths) {
    const file = basename(path).normalize("NFC");
    const key = attachmentKey(work.key, file);
    if ((await (run.store ?? localStore).sizeOf(path)) === undefined)
      run.notes.push(`${path} is left out: it is no file that can be read`);
    else if (Buffer.byteLength(key) > maxKeyBytes) run.notes.push(`${path} is left out: its name is too long`);
    else if (attachments.some((other) => other.file === file))
      run.notes.push(`${path} is left out: another of its name goes with the object`);
    else attachments.push({ file, sha256: await storeFile(path, key, run) });
  }
  const { attachments: _, ...bare } = work;
  return attachments.length === 0 ? bare : { ...bare, attachments };
}

/** A file that is there already, by its checksum, is not sent again. Returns the checksum. */
async function storeFile(path: string, key: string, run: AttachmentRun): Promise<string> {
  const { catalogue, signal, store = localStore } = run;
  await using file = await store.bring(path);
  const checksum = file.checksum ?? (await checksumFile(file.path, signal));
  const stored = await catalogue.head(key);
  if (stored?.metadata.sha256 !== checksum) {
    const { size: bytes } = await stat(file.path);
    const headers = { contentType: attachmentType, metadata: { sha256: checksum } };
    await uploadFile(catalogue, { key, file: file.path, bytes, checksum, headers }, { signal });
  }
  return checksum;
}

function stemOf(path: string): string {
  return basename(path, extname(path));
}
