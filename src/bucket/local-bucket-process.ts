/**
 * The process that holds the local buckets. It is one of its own because the platform it starts ends the process it is in
 * when Ctrl-C is pressed, uploads half done. When the process that started it is gone, it removes what is unfinished and
 * ends.
 */
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Row } from "../search/search-index.ts";
import { mostReadBytes } from "./bucket.ts";
import type {
  LocalAnswer,
  LocalBinding,
  LocalCall,
  LocalCalls,
  LocalPut,
  LocalQuestion,
} from "./local-bucket-calls.ts";

interface Platform {
  readonly configFile: string;
  readonly buckets: Readonly<Partial<Record<LocalBinding, R2Bucket>>>;
  readonly database: D1Database | undefined;
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
    const proxy = await getPlatformProxy<Platform["buckets"] & { readonly SEARCH?: D1Database }>({
      configPath: configFile,
      persist: { path: join(stateFolder, "v3") },
      remoteBindings: false,
    });
    platform = { configFile, buckets: proxy.env, database: proxy.env.SEARCH, dispose: proxy.dispose };
    return undefined;
  },
  async head({ binding, key }) {
    const object = await bucketOf(binding).head(key);
    if (object === null) return undefined;
    return { ...versionOf(object), contentType: typeOf(object), metadata: { ...object.customMetadata } };
  },
  async get({ binding, key }) {
    const object = await bucketOf(binding).get(key);
    if (object === null) return undefined;
    if (object.size > mostReadBytes) {
      await object.body.cancel();
      throw new Error(`${key} is longer than ${mostReadBytes} bytes.`);
    }
    const contentType = typeOf(object);
    const metadata = { ...object.customMetadata };
    return { bytes: new Uint8Array(await object.arrayBuffer()), contentType, metadata, etag: object.etag };
  },
  put: async (given) => (await put(given, {})).etag,
  async create(given) {
    const object: R2Object | null = await put(given, { onlyIf: { etagDoesNotMatch: "*" } });
    return object?.etag;
  },
  async replace({ etag, ...given }) {
    const object: R2Object | null = await put(given, { onlyIf: { etagMatches: etag } });
    return object?.etag;
  },
  async readRange({ binding, key, offset, length, etag }) {
    const object = await bucketOf(binding).get(key, { range: { offset, length } });
    if (object === null) throw new Error(`${key} is not there.`);
    if (etag !== undefined && object.etag !== etag) {
      await object.body.cancel();
      throw new Error(`${key} was replaced while it was read. Run the command again.`);
    }
    return new Uint8Array(await object.arrayBuffer());
  },
  async list({ binding, prefix, after }) {
    const start = after === undefined ? {} : { startAfter: after };
    const listed = await bucketOf(binding).list({ prefix, ...start, include: ["customMetadata"] });
    const objects = listed.objects.map((object) => ({
      key: object.key,
      ...versionOf(object),
      metadata: { ...object.customMetadata },
    }));
    return { objects, isTruncated: listed.truncated };
  },
  async deleteAll({ binding, keys }) {
    await bucketOf(binding).delete([...keys]);
    return undefined;
  },
  async startParts({ binding, key, headers }) {
    const upload = await bucketOf(binding).createMultipartUpload(key, optionsOf(headers));
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
  async search({ statements }) {
    if (platform?.database === undefined) throw new Error(`${platform?.configFile} has no database SEARCH.`);
    const { database } = platform;
    const results = await database.batch<Row>(
      statements.map(({ sql, values }) => database.prepare(sql).bind(...values)),
    );
    return results.map(({ results }) => results);
  },
  async abort({ uploadId }) {
    await uploadOf(uploadId).abort();
    uploads.delete(uploadId);
    return undefined;
  },
};

function typeOf({ httpMetadata }: R2Object): string {
  return httpMetadata?.contentType ?? "application/octet-stream";
}

function bucketOf(binding: LocalBinding): R2Bucket {
  if (platform === undefined) throw new Error("The local buckets are not open.");
  const bucket = platform.buckets[binding];
  if (bucket === undefined) throw new Error(`${platform.configFile} has no bucket ${binding}.`);
  return bucket;
}

function versionOf({ size, etag, uploaded }: R2Object) {
  return { bytes: size, etag, uploadedAt: uploaded.getTime() };
}

function put({ binding, key, bytes, md5, headers }: LocalPut, condition: R2PutOptions) {
  return bucketOf(binding).put(key, bytes, { md5, ...optionsOf(headers), ...condition });
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
