import { extname, posix } from "node:path";
import { type Bucket, BucketError, type StoredObject } from "../bucket/bucket.ts";
import { listObjects } from "../bucket/list-objects.ts";
import { isAttachment } from "../catalogue/attachment.ts";
import { textEndings } from "../text/read-text.ts";
import { type FolderScan, filesBeside, isImageName } from "./folder-scan.ts";
import { parseBucketPlace } from "./source-place.ts";

/** What is known of a file in a bucket. */
export type BucketEntry = Pick<StoredObject, "bytes" | "etag">;

/** A file in a bucket that is an image, or may go with one. */
export interface ScannedEntry {
  readonly path: string;
  readonly entry: BucketEntry;
  /** The path of its folder, of which all that counts is listed; undefined of a file that was named itself. */
  readonly folder: string | undefined;
}

/** Whether a file is kept in mind: images, texts and PDFs. Of what may lie in a bucket besides there is no end. */
export function isTaken(name: string): boolean {
  return isImageName(name) || isAttachment(name) || textEndings.some((ending) => name.endsWith(ending));
}

/**
 * Lists a source of a bucket into a scan, by the rules for folders: all of the bucket, what is under `key/`, or the object of the key itself,
 * if there is one. Yields what is to be kept in mind. Throws BucketError.
 */
export async function* scanBucket(
  scan: FolderScan,
  bucketOf: (name: string) => Bucket,
): AsyncGenerator<ScannedEntry, undefined> {
  const { root } = scan;
  const place = parseBucketPlace(root);
  if (place === undefined) {
    scan.faults.push(`${root} is not s3://BUCKET, s3://BUCKET/FOLDER or s3://BUCKET/FILE`);
    return;
  }
  const bucket = bucketOf(place.bucket);
  const { key } = place;
  try {
    const own = key === "" || key.endsWith("/") ? undefined : await bucket.head(key);
    if (own !== undefined) {
      if (scan.isNew(root)) {
        scan.files.push({
          path: root,
          relative: key.slice(key.lastIndexOf("/") + 1),
          folder: undefined,
          bytes: own.bytes,
        });
      }
      yield { path: root, entry: own, folder: undefined };
      return;
    }
    const prefix = key === "" || key.endsWith("/") ? key : `${key}/`;
    yield* scanPrefix(prefix, { scan, bucket, name: place.bucket });
  } catch (error) {
    if (!(error instanceof BucketError) || error.code !== "no-bucket") throw error;
    scan.faults.push(`${root} is not there: there is no bucket ${bucket.name}`);
  }
}

interface PrefixScan {
  readonly scan: FolderScan;
  readonly bucket: Bucket;
  readonly name: string;
}

/** Keys of one folder do not stand together where it has folders: all are listed before one is judged. */
async function* scanPrefix(
  prefix: string,
  { scan, bucket, name }: PrefixScan,
): AsyncGenerator<ScannedEntry, undefined> {
  const folder = scan.root.replace(/\/+$/, "");
  const byFolder = new Map<string, { readonly name: string; readonly key: string; readonly entry: BucketEntry }[]>();
  for await (const { key, bytes, etag } of listObjects(bucket, prefix)) {
    // What marks a folder has no name.
    if (key.endsWith("/")) continue;
    const relative = key.slice(prefix.length);
    const names = relative.split("/");
    const file = names.at(-1) ?? "";
    if (names.some((part) => part.startsWith("."))) {
      scan.skipped.add("hidden", isImageName(file) && !file.startsWith("._") ? `s3://${name}/${key}` : undefined);
    } else if (isTaken(file)) {
      const parent = relative.slice(0, -file.length);
      const found = byFolder.get(parent) ?? [];
      byFolder.set(parent, found);
      found.push({ name: file, key, entry: { bytes, etag } });
    } else scan.skipped.addExtension(extname(file).toLowerCase() || "without extension");
  }
  for (const [parent, files] of byFolder) {
    const beside = filesBeside(files.map((file) => file.name));
    for (const { name: file, key, entry } of files) {
      const path = `s3://${name}/${key}`;
      yield { path, entry, folder: posix.dirname(path) };
      if (beside.has(file)) continue;
      if (!isImageName(file)) scan.skipped.addExtension(extname(file).toLowerCase());
      else if (scan.isNew(path)) {
        scan.files.push({ path, relative: `${parent}${file}`, folder, bytes: entry.bytes });
      }
    }
  }
}
