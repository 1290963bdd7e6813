import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import {
  type Bucket,
  BucketError,
  type CheckedBytes,
  type ObjectHeaders,
  type PartUpload,
  type StoredPart,
} from "./bucket.ts";

/** A file to be stored. */
export interface Upload {
  readonly key: string;
  readonly file: string;
  readonly bytes: number;
  /** SHA-256 of the file in hexadecimal; also kept as `sha256` in the metadata. */
  readonly checksum: string;
  readonly headers: ObjectHeaders;
}

/** Bytes to be stored, from wherever they are read. */
export interface SourceUpload extends Omit<Upload, "file" | "checksum"> {
  /** What messages call the source. */
  readonly name: string;
  /** SHA-256 of the bytes in hexadecimal; undefined where nobody knows it. */
  readonly checksum: string | undefined;
  /** Reads a part; fewer bytes where the source has become shorter. */
  readonly read: (start: number, length: number) => Promise<Uint8Array>;
}

/** What may be watched and stopped of an upload. */
export interface UploadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes that are stored so far. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

/** How often an upload that was found unfinished is given up for one that starts anew. */
const mostStarts = 5;

/**
 * Stores a file, whole or in parts, taking up the parts that an interrupted upload of the same file left. The bytes read
 * are compared with the checksum before they become an object, its etag and size afterwards. An upload in parts that
 * fails is ended. Throws BucketError.
 */
export async function uploadFile(bucket: Bucket, upload: Upload, options: UploadOptions = {}): Promise<void> {
  const { file, ...stored } = upload;
  const handle = await open(file);
  const read = (start: number, length: number) => readFile(handle, start, length);
  try {
    await uploadSource(bucket, { ...stored, name: file, read }, options);
  } finally {
    await handle.close();
  }
}

/** Stores what a source gives, as `uploadFile` does with a file: no more than some parts of it are held. Throws BucketError. */
export async function uploadSource(bucket: Bucket, upload: SourceUpload, options: UploadOptions = {}): Promise<void> {
  if (upload.bytes <= bucket.partBytes(upload.bytes)) await putWhole(bucket, upload);
  else {
    const isWhole = await putParts(bucket, { upload, options });
    // The parts taken up belonged to an upload with other metadata, which only shows in the object.
    if (!isWhole) await putParts(bucket, { upload, options });
  }
  options.onProgress?.(upload.bytes);
  if (!(await isStored(bucket, upload))) {
    throw new BucketError("corrupted", `${upload.key} is not in the bucket as it was sent. Run the command again.`);
  }
}

/** Returns the SHA-256 of bytes in hexadecimal. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

interface Work {
  readonly upload: SourceUpload;
  readonly options: UploadOptions;
}

async function putWhole(bucket: Bucket, upload: SourceUpload): Promise<void> {
  const { key, headers } = upload;
  const content = checkedBytes(await read(upload, { start: 0, length: upload.bytes }));
  expectChecksum(upload, sha256Of(content.bytes));
  const etag = await bucket.put(key, content, headers);
  expectEtag(key, { etag, expected: content.md5 });
}

/** Returns whether the object has the metadata it should. */
async function putParts(bucket: Bucket, { upload, options }: Work): Promise<boolean> {
  const partBytes = bucket.partBytes(upload.bytes);
  const first = checkedBytes(await read(upload, { start: 0, length: partBytes }));
  const parts = await startParts(bucket, { upload, first });
  try {
    const etag = await sendParts(bucket, { upload, options, parts, partBytes });
    // No etag: the answer was lost, and what became of it shows below.
    if (etag.actual !== "") expectEtag(upload.key, { etag: etag.actual, expected: etag.expected });
  } catch (error) {
    await parts.abort();
    throw error;
  }
  return parts.found.size === 0 || (await isStored(bucket, upload));
}

/** Goes on with an interrupted upload only if its first part is this file's; others of the key are ended. */
async function startParts(
  bucket: Bucket,
  { upload, first }: { readonly upload: SourceUpload; readonly first: CheckedBytes },
): Promise<PartUpload> {
  for (let start = 1; ; start += 1) {
    const parts = await bucket.startParts(upload.key, upload.headers);
    const isOther = parts.found.size > 0 && parts.found.get(1)?.etag !== first.md5;
    if (!isOther || start === mostStarts) return parts;
    await parts.abort();
  }
}

interface PartsWork extends Work {
  readonly parts: PartUpload;
  readonly partBytes: number;
}

/** Reads the source once, in order, while earlier parts are on their way. */
async function sendParts(
  bucket: Bucket,
  { upload, options, parts, partBytes }: PartsWork,
): Promise<{ readonly actual: string; readonly expected: string }> {
  const digest = createHash("sha256");
  const digestOfParts = createHash("md5");
  const stored: StoredPart[] = [];
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let storedBytes = 0;
  const send = async (number: number, part: CheckedBytes) => {
    try {
      const found = parts.found.get(number);
      const isFound = found !== undefined && found.etag === part.md5 && found.bytes === part.bytes.byteLength;
      stored[number - 1] = isFound ? { number, etag: found.etag } : await parts.putPart(number, part);
      storedBytes += part.bytes.byteLength;
      options.onProgress?.(storedBytes);
    } catch (error) {
      failures.push(error);
    }
  };
  for (let start = 0, number = 1; start < upload.bytes && failures.length === 0; start += partBytes, number += 1) {
    if (options.signal?.aborted) {
      failures.push(new BucketError("stopped", "Stopped."));
      break;
    }
    const part = checkedBytes(await read(upload, { start, length: partBytes }));
    digest.update(part.bytes);
    digestOfParts.update(Buffer.from(part.md5, "hex"));
    const sending = send(number, part).finally(() => underWay.delete(sending));
    underWay.add(sending);
    if (underWay.size >= bucket.partsAtOnce) await Promise.race(underWay);
  }
  // Nothing may still be on its way when the upload is ended.
  await Promise.all(underWay);
  if (failures.length > 0) throw failures[0];
  expectChecksum(upload, digest.digest("hex"));
  const expected = `${digestOfParts.digest("hex")}-${stored.length}`;
  return { actual: await parts.complete(stored), expected };
}

async function read(
  upload: SourceUpload,
  { start, length }: { readonly start: number; readonly length: number },
): Promise<Uint8Array> {
  const wanted = Math.min(length, upload.bytes - start);
  const bytes = await upload.read(start, wanted);
  if (bytes.byteLength !== wanted) throw changed(upload);
  return bytes;
}

async function readFile(handle: FileHandle, start: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let filled = 0; filled < length; ) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, start + filled);
    if (bytesRead === 0) return bytes.subarray(0, filled);
    filled += bytesRead;
  }
  return bytes;
}

async function isStored(bucket: Bucket, { key, bytes, headers }: SourceUpload): Promise<boolean> {
  const object = await bucket.head(key);
  const names = Object.keys(headers.metadata);
  return object?.bytes === bytes && names.every((name) => object.metadata[name] === headers.metadata[name]);
}

/** Returns bytes with their MD5. */
export function checkedBytes(bytes: Uint8Array): CheckedBytes {
  return { bytes, md5: createHash("md5").update(bytes).digest("hex") };
}

function expectChecksum(upload: SourceUpload, actual: string): void {
  if (upload.checksum !== undefined && actual !== upload.checksum) throw changed(upload);
}

function changed({ name }: SourceUpload): BucketError {
  return new BucketError("corrupted", `${name} is not what was written before it was stored. Run the command again.`);
}

/** Compares etags of the form that MD5 gives; storages that encrypt state others, and check the bytes themselves. */
function expectEtag(key: string, { etag, expected }: { readonly etag: string; readonly expected: string }): void {
  if (/^[\da-f]{32}(?:-\d+)?$/.test(etag) && etag !== expected) {
    throw new BucketError("corrupted", `${key} did not arrive as it was sent. Run the command again.`);
  }
}
