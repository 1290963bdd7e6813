// Stands between the built Worker and its bindings, in the same isolate, so that they behave as on the real platform:
// every call of a bucket or of the Cache API waits for real input and output first, and may fail, hang or fall short.
// What happens to a call is decided in Node, by the service binding LATE. Loaded by `platform.ts` with its types
// stripped.
// @ts-expect-error: the bundle stands next to this file when it is loaded.
import worker from "./worker.js";

/** What happens to a call of the platform, once its latency is over. */
export type Fate = "served" | "failed" | "short" | "hung";

interface FrontEnv {
  /** Answers late, in Node: the wait for it is real, and leaves the isolate idle. */
  readonly LATE: Fetcher;
  readonly MASTERS: R2Bucket;
  readonly CATALOGUE: R2Bucket;
  readonly DERIVATIVES: R2Bucket;
}

const plainCaches = caches;

export default {
  fetch(request: Request, env: FrontEnv, context: ExecutionContext): Promise<Response> {
    const { LATE } = env;
    const late = { default: lateCache(plainCaches.default, LATE) };
    Object.defineProperty(globalThis, "caches", { value: late, configurable: true });
    const bindings = {
      ...env,
      MASTERS: lateBucket(env.MASTERS, "masters", LATE),
      CATALOGUE: lateBucket(env.CATALOGUE, "catalogue", LATE),
      DERIVATIVES: lateBucket(env.DERIVATIVES, "derivatives", LATE),
    };
    return worker.fetch(request, bindings, context);
  },
};

/** Waits as long as Node lets it, and returns what is to become of the call. Throws for one that fails, never ends for one that hangs. */
async function wait(LATE: Fetcher, tier: string, call: string, key: string): Promise<Fate> {
  const answer = await LATE.fetch(`http://late/${tier}/${call}/${encodeURIComponent(key)}`);
  const fate = (await answer.text()) as Fate;
  if (fate === "failed")
    throw new Error(`${tier}.${call}: we encountered an internal error. Please try again. (10001)`);
  // As on the platform, a call that never ends is still a call: something is pending.
  if (fate === "hung") await LATE.fetch("http://late/never");
  return fate;
}

function lateBucket(bucket: R2Bucket, tier: string, LATE: Fetcher): R2Bucket {
  const late = {
    async head(key: string) {
      await wait(LATE, tier, "head", key);
      return bucket.head(key);
    },
    async get(key: string, options?: R2GetOptions) {
      const fate = await wait(LATE, tier, "get", key);
      const object = await bucket.get(key, options ?? {});
      return fate === "short" && object !== null && "body" in object ? shortObject(object) : object;
    },
    async put(key: string, value: never, options?: R2PutOptions) {
      await wait(LATE, tier, "put", key);
      return bucket.put(key, value, options);
    },
    async delete(keys: string | string[]) {
      await wait(LATE, tier, "delete", String(keys));
      return bucket.delete(keys);
    },
    async list(options?: R2ListOptions) {
      await wait(LATE, tier, "list", options?.prefix ?? "");
      return bucket.list(options);
    },
  };
  return late as unknown as R2Bucket;
}

/** The object with the second half of its body missing. */
function shortObject(object: R2ObjectBody): R2ObjectBody {
  const half = async (): Promise<Uint8Array> => {
    const bytes = new Uint8Array(await object.arrayBuffer());
    return bytes.subarray(0, bytes.byteLength >> 1);
  };
  const { key, size, etag, httpMetadata, customMetadata, checksums, range } = object;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        controller.enqueue(await half());
        controller.close();
      },
    },
    // Nothing is read before somebody asks.
    { highWaterMark: 0 },
  );
  const known = { key, size, etag, httpMetadata, customMetadata, checksums, range, body };
  return { ...known, bytes: half, arrayBuffer: async () => (await half()).slice().buffer } as unknown as R2ObjectBody;
}

function lateCache(cache: Cache, LATE: Fetcher): Cache {
  const urlOf = (request: RequestInfo | URL): string => (request instanceof Request ? request.url : String(request));
  return {
    async match(request: RequestInfo, options?: CacheQueryOptions) {
      const fate = await wait(LATE, "cache", "match", urlOf(request));
      const response = await cache.match(request, options);
      if (fate !== "short" || response === undefined) return response;
      const bytes = new Uint8Array(await response.arrayBuffer());
      return new Response(bytes.subarray(0, bytes.byteLength >> 1), { headers: response.headers });
    },
    async put(request: RequestInfo, response: Response) {
      await wait(LATE, "cache", "put", urlOf(request));
      return cache.put(request, response);
    },
    async delete(request: RequestInfo, options?: CacheQueryOptions) {
      await wait(LATE, "cache", "delete", urlOf(request));
      return cache.delete(request, options);
    },
  } as Cache;
}
