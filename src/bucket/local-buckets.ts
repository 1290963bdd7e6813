import type { Bucket, PartUpload, ServiceBuckets } from "./bucket.ts";
import type { LocalBinding } from "./local-bucket-calls.ts";
import { type Ask, defaultLocalPatience, type LocalConnection, type LocalPatience } from "./local-bucket-connection.ts";
import { openLocalBuckets } from "./open-local-buckets.ts";

/**
 * Each of three processes holds a part several times over while it passes it on: parts of 50 MB take 0.7 GB more than
 * these, and twice the time. No part may be shorter than 5 MiB. Source: Cloudflare R2, multipart upload limits.
 */
const leastPartBytes = 8_000_000;
const mostParts = 10_000;

/** Where local buckets are and how they are waited for. */
export interface LocalBucketsOptions {
  /** The wrangler.toml that declares them. */
  readonly configFile: string;
  readonly stateFolder: string;
  readonly patience?: LocalPatience;
  /** Stops them: calls under way are given a short time, and the next ones too. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Returns the buckets MASTERS, CATALOGUE and DERIVATIVES as `wrangler dev --persist-to stateFolder` reads them, held by one process
 * that is started with the first call and ended by `close`. Their calls throw BucketError.
 */
export function localBuckets({
  configFile,
  stateFolder,
  patience = defaultLocalPatience,
  signal,
}: LocalBucketsOptions): ServiceBuckets {
  let opening: Promise<LocalConnection> | undefined;
  const ask: Ask = async (call, ...given) => {
    opening ??= openLocalBuckets({ configFile, stateFolder, patience, signal });
    return (await opening).ask(call, ...given);
  };
  return {
    masters: bucketOf(ask, { binding: "MASTERS", name: `the local bucket in ${stateFolder}` }),
    catalogue: bucketOf(ask, { binding: "CATALOGUE", name: `the local catalogue in ${stateFolder}` }),
    derivatives: bucketOf(ask, { binding: "DERIVATIVES", name: `the local derivatives in ${stateFolder}` }),
    search: { name: `the local index in ${stateFolder}`, run: (statements) => ask("search", { statements }) },
    // What could not be opened has been ended.
    close: async () =>
      opening?.then(
        (connection) => connection.close(),
        () => undefined,
      ),
  };
}

function bucketOf(ask: Ask, { binding, name }: { readonly binding: LocalBinding; readonly name: string }): Bucket {
  return {
    name,
    partsAtOnce: 1,
    partBytes: (objectBytes) => Math.max(leastPartBytes, Math.ceil(objectBytes / mostParts)),
    // Asking for anything opens it.
    check: async () => void (await ask("head", { binding, key: "-" })),
    head: (key) => ask("head", { binding, key }),
    get: (key) => ask("get", { binding, key }),
    put: (key, content, headers) => ask("put", { binding, key, ...content, headers }),
    create: (key, content, headers) => ask("create", { binding, key, ...content, headers }),
    replace: (key, content, { etag, headers }) => ask("replace", { binding, key, ...content, headers, etag }),
    readRange: (key, range) => ask("readRange", { binding, key, ...range }),
    async startParts(key, headers) {
      const uploadId = await ask("startParts", { binding, key, headers });
      return partUpload(ask, uploadId);
    },
    list: (prefix, after) => ask("list", { binding, prefix, after }),
    delete: (key) => ask("deleteAll", { binding, keys: [key] }),
    deleteAll: (keys) => ask("deleteAll", { binding, keys }),
  };
}

function partUpload(ask: Ask, uploadId: string): PartUpload {
  return {
    found: new Map(),
    putPart: (number, { bytes }) => ask("putPart", { uploadId, number, bytes }),
    complete: (parts) => ask("complete", { uploadId, parts }),
    // What can't be removed now is removed when the process ends.
    abort: () => ask("abort", { uploadId }).catch(() => undefined),
  };
}
