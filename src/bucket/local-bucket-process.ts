/**
 * The process that holds the local bucket. It is one of its own because the platform it starts ends the process it is in
 * when Ctrl-C is pressed, uploads half done. When whoever started it is gone it removes what is unfinished and ends.
 */
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { LocalAnswer, LocalCall, LocalCalls, LocalQuestion } from "./local-bucket-calls.ts";

interface Platform {
  readonly bucket: R2Bucket;
  readonly dispose: () => Promise<void>;
}

let platform: Platform | undefined;
const uploads = new Map<string, R2MultipartUpload>();

type Handlers = {
  readonly [Call in LocalCall]: (...options: Parameters<LocalCalls[Call]>) => Promise<ReturnType<LocalCalls[Call]>>;
};

const handlers: Handlers = {
  async open({ configFile, stateFolder }) {
    const { getPlatformProxy } = await import("wrangler");
    const proxy = await getPlatformProxy<{ readonly MASTERS?: R2Bucket }>({
      configPath: configFile,
      persist: { path: join(stateFolder, "v3") },
      remoteBindings: false,
    });
    if (proxy.env.MASTERS === undefined) throw new Error(`${configFile} has no bucket MASTERS.`);
    platform = { bucket: proxy.env.MASTERS, dispose: proxy.dispose };
    return undefined;
  },
  async head({ key }) {
    const object = await bucket().head(key);
    return object === null ? undefined : { bytes: object.size, metadata: { ...object.customMetadata } };
  },
  async put({ key, bytes, md5, headers }) {
    const object = await bucket().put(key, bytes, { md5, ...optionsOf(headers) });
    return object.etag;
  },
  async startParts({ key, headers }) {
    const upload = await bucket().createMultipartUpload(key, optionsOf(headers));
    uploads.set(upload.uploadId, upload);
    return upload.uploadId;
  },
  async putPart({ uploadId, number, bytes }) {
    const part = await uploadOf(uploadId).uploadPart(number, bytes);
    return { number: part.partNumber, etag: part.etag };
  },
  async complete({ uploadId, parts }) {
    const stored = parts.map(({ number, etag }) => ({ partNumber: number, etag }));
    const object = await uploadOf(uploadId).complete(stored);
    uploads.delete(uploadId);
    return object.etag;
  },
  async abort({ uploadId }) {
    await uploadOf(uploadId).abort();
    uploads.delete(uploadId);
    return undefined;
  },
};

function bucket(): R2Bucket {
  if (platform === undefined) throw new Error("The local bucket is not open.");
  return platform.bucket;
}

function uploadOf(uploadId: string): R2MultipartUpload {
  const upload = uploads.get(uploadId);
  if (upload === undefined) throw new Error("There is no such upload.");
  return upload;
}

function optionsOf({ contentType, metadata }: Parameters<LocalCalls["put"]>[0]["headers"]): R2PutOptions {
  return { httpMetadata: { contentType }, customMetadata: { ...metadata } };
}

async function answer({ id, call, options }: LocalQuestion): Promise<void> {
  let reply: LocalAnswer;
  try {
    const handler: (options: never) => Promise<unknown> = handlers[call];
    reply = { id, value: await handler(options as never) };
  } catch (error) {
    reply = { id, failure: error instanceof Error ? error.message : String(error) };
  }
  if (process.connected) process.send?.(reply);
}

/** What a disk that does not answer keeps from ending is ended with the process. */
const endMilliseconds = 3000;

async function end(): Promise<void> {
  await Promise.race([endUploads(), wait(endMilliseconds)]);
  process.exit(0);
}

async function endUploads(): Promise<void> {
  await Promise.allSettled([...uploads.values()].map((upload) => upload.abort()));
  await platform?.dispose().catch(() => undefined);
}

process.on("message", (question: LocalQuestion) => void answer(question));
process.on("disconnect", () => void end());
