import { createHash } from "node:crypto";
import { open, rm } from "node:fs/promises";
import { extname, join, posix } from "node:path";
import { type Bucket, BucketError, mostReadBytes } from "../bucket/bucket.ts";
import { bucketSource } from "../bucket/bucket-source.ts";
import { IngestError } from "../node/ingest-error.ts";
import { openWorkFolder, type WorkFolder } from "../node/work-folder.ts";
import { inOrder } from "./at-once.ts";
import { type BucketEntry, isTaken, scanBucket } from "./bucket-scan.ts";
import type { FolderScan } from "./folder-scan.ts";
import { parseBucketPlace } from "./source-place.ts";
import { type BroughtFile, localStore, type SourceStore } from "./source-store.ts";

/** The files of buckets, and those of this machine. */
export interface BucketStore extends SourceStore {
  /** Lists what a source of a bucket holds, into a scan. Throws BucketError. */
  readonly scan: (scan: FolderScan) => Promise<void>;
  /** Reads a file whole. Throws BucketError, also where there is none. */
  readonly read: (path: string) => Promise<Uint8Array>;
  /** Removes what was brought. */
  readonly close: () => Promise<void>;
}

/** Parts of a file that are on their way at once. */
const partsAtOnce = 4;

/** Etags that are sums of the content; others say whatever their storage likes. Source: Amazon S3, checking object integrity. */
const sumEtag = /^[\da-f]{32}(?:-\d{1,5})?$/;

/** What opens buckets of sources. */
export interface BucketStoreOptions {
  readonly bucketOf: (name: string) => Bucket;
  /** Is told what removes the brought files at once, for a process that must end. */
  readonly onFolder: (removeNow: () => void) => void;
}

/**
 * Opens the sources that lie in buckets. What was listed is not asked for again. A file is brought when its turn comes, its reads pinned
 * to the version that was listed, and is removed when it is done, so that a disk holds as many as are worked on.
 */
export function openBucketStore({ bucketOf, onFolder }: BucketStoreOptions): BucketStore {
  /** By path; images and what goes with them. */
  const listed = new Map<string, BucketEntry>();
  /** Names by the path of their folder. */
  const folders = new Map<string, string[]>();
  let folder: Promise<WorkFolder> | undefined;
  let brought = 0;

  const workFolder = async (): Promise<string> => {
    folder ??= openWorkFolder().then((made) => {
      onFolder(made.removeNow);
      return made;
    });
    return (await folder).path;
  };
  const find = async (path: string): Promise<BucketEntry | undefined> => {
    const place = parseBucketPlace(path);
    const known = listed.get(path);
    if (known !== undefined || place === undefined) return known;
    // A folder that was listed has told all that goes with images.
    if (folders.has(posix.dirname(path)) && isTaken(posix.basename(path))) return undefined;
    return bucketOf(place.bucket).head(place.key);
  };
  const sourceOf = (path: string, entry: BucketEntry) => {
    const { bucket, key } = placeOf(path);
    return bucketSource(bucketOf(bucket), key, entry);
  };
  return {
    async scan(scan) {
      for await (const { path, entry, folder: parent } of scanBucket(scan, bucketOf)) {
        listed.set(path, entry);
        if (parent === undefined) continue;
        const names = folders.get(parent) ?? [];
        folders.set(parent, names);
        names.push(posix.basename(path));
      }
    },
    sizeOf: async (path) => (isLocal(path) ? localStore.sizeOf(path) : (await find(path))?.bytes),
    async readStart(path, mostBytes) {
      if (isLocal(path)) return localStore.readStart(path, mostBytes);
      const entry = await find(path);
      return entry && sourceOf(path, entry).read(0, Math.min(entry.bytes, mostBytes));
    },
    listNames: async (path) => (isLocal(path) ? localStore.listNames(path) : (folders.get(path) ?? [])),
    versionOf(path) {
      const entry = listed.get(path);
      return entry !== undefined && sumEtag.test(entry.etag) ? entry.etag : undefined;
    },
    async bring(path) {
      if (isLocal(path)) return localStore.bring(path);
      const entry = await find(path);
      if (entry === undefined) throw new IngestError("unreadable", `${path} is not there any more.`);
      // Counted before anything is waited for: others are brought meanwhile.
      const name = `${++brought}${extname(path)}`;
      return bringTo(join(await workFolder(), name), sourceOf(path, entry), path);
    },
    async read(path) {
      const entry = await find(path);
      if (entry === undefined) throw new BucketError("failed", `${path} is not there.`);
      return sourceOf(path, entry).read(0, entry.bytes);
    },
    close: async () => (await folder)?.remove(),
  };
}

/** Writes a file in the order of its bytes, and takes its checksum on the way. What fails leaves nothing. */
async function bringTo(target: string, source: ReturnType<typeof bucketSource>, path: string): Promise<BroughtFile> {
  const remove = (): Promise<void> => rm(target, { force: true });
  const starts = Array.from({ length: Math.ceil(source.size / mostReadBytes) }, (_, index) => index * mostReadBytes);
  const digest = createHash("sha256");
  try {
    await using file = await open(target, "wx");
    for await (const bytes of inOrder(starts, partsAtOnce, (start) => source.read(start, mostReadBytes))) {
      digest.update(bytes);
      await file.writeFile(bytes);
    }
  } catch (error) {
    await remove();
    // The bucket was listed with these keys: what is refused is this file, such as one in an archive that must be restored first.
    if (error instanceof BucketError && error.code === "refused") {
      throw new IngestError("unreadable", `${path} can't be read. ${error.message}`, { cause: error });
    }
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "ENOSPC" && code !== "EDQUOT") throw error;
    const message = `The disk has no room for ${path}. Free some space in TMPDIR, or lower --jobs, and run again.`;
    throw new IngestError("disk-full", message, { cause: error });
  }
  return { path: target, checksum: digest.digest("hex"), [Symbol.asyncDispose]: remove };
}

function isLocal(path: string): boolean {
  return parseBucketPlace(path) === undefined;
}

function placeOf(path: string): { readonly bucket: string; readonly key: string } {
  const place = parseBucketPlace(path);
  if (place === undefined) throw new RangeError(`${path} lies in a bucket.`);
  return place;
}
