import type { MasterBucket, PartUpload } from "./bucket.ts";
import {
  type Ask,
  connectLocalBucket,
  defaultLocalPatience,
  type LocalConnection,
  type LocalPatience,
} from "./local-bucket-connection.ts";

/**
 * Each of three processes holds a part several times over while it passes it on: parts of 50 MB take 0.7 GB more than
 * these, and twice the time. No part may be shorter than 5 MiB. Source: Cloudflare R2, multipart upload limits.
 */
const leastPartBytes = 8_000_000;
const mostParts = 10_000;

/** Where a local bucket is and how it is waited for. */
export interface LocalBucketOptions {
  /** The wrangler.toml that declares it. */
  readonly configFile: string;
  readonly stateFolder: string;
  readonly patience?: LocalPatience;
  /** Stops it: calls under way are given a short time, and the next ones too. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Returns the bucket MASTERS as `wrangler dev --persist-to stateFolder` reads it, held by a process of its own that is
 * started with the first call and ended by `close`. Never throws; its calls throw BucketError.
 */
export function localBucket({
  configFile,
  stateFolder,
  patience = defaultLocalPatience,
  signal,
}: LocalBucketOptions): MasterBucket {
  let connecting: Promise<LocalConnection> | undefined;
  let opening: Promise<unknown> | undefined;
  const ask: Ask = async (call, ...given) => {
    connecting ??= connectLocalBucket({ stateFolder, patience, signal });
    const connection = await connecting;
    opening ??= connection.ask("open", { configFile, stateFolder });
    await opening;
    return connection.ask(call, ...given);
  };
  return {
    name: `the local bucket in ${stateFolder}`,
    partsAtOnce: 1,
    partBytes: (objectBytes) => Math.max(leastPartBytes, Math.ceil(objectBytes / mostParts)),
    // Asking for anything opens it.
    check: async () => void (await ask("head", { key: "-" })),
    head: (key) => ask("head", { key }),
    put: (key, content, headers) => ask("put", { key, ...content, headers }),
    async startParts(key, headers) {
      const uploadId = await ask("startParts", { key, headers });
      return partUpload(ask, uploadId);
    },
    close: async () => (await connecting)?.close(),
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
