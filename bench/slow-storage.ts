import type { ByteSource } from "../src/source/byte-source.ts";

/** Reads of a storage that takes its time, as they began and ended. */
export class SlowStorage {
  readonly #latencyMilliseconds: number;
  #reads: { readonly start: number; readonly end: number }[] = [];
  #bytes = 0;

  /** Makes a storage that answers every read after `latencyMilliseconds`. */
  constructor(latencyMilliseconds: number) {
    this.#latencyMilliseconds = latencyMilliseconds;
  }

  /** How many reads there were since `forget`. */
  get count(): number {
    return this.#reads.length;
  }

  /** How many bytes they brought. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The longest row of reads of which each began after the one before had ended: what latency is multiplied by. */
  get depth(): number {
    const depths: number[] = [];
    const reads = this.#reads.toSorted((a, b) => a.start - b.start);
    reads.forEach(({ start }, index) => {
      const before = depths.filter((_, earlier) => (reads[earlier]?.end ?? start) <= start);
      depths[index] = 1 + Math.max(0, ...before);
    });
    return Math.max(0, ...depths);
  }

  /** Forgets the reads so far. */
  forget(): void {
    this.#reads = [];
    this.#bytes = 0;
  }

  /** Does `read` after the latency. Throws what it throws. */
  async wait<T>(read: () => Promise<T> | T, byteLength = 0): Promise<T> {
    const start = performance.now();
    await new Promise((done) => setTimeout(done, this.#latencyMilliseconds));
    const value = await read();
    this.#reads.push({ start, end: performance.now() });
    this.#bytes += byteLength;
    return value;
  }
}

/** What objects are read and written by: of an R2 bucket the calls that the service makes. */
export type Bucket = Pick<R2Bucket, "get" | "head" | "put" | "delete" | "list">;

/** Returns a bucket of one file, under any key. */
export function fileBucket(file: ByteSource, storage: SlowStorage): Bucket {
  const object = { size: file.size, etag: "1" };
  return bucketOf({
    head: () => storage.wait(() => object),
    get: (_key, options) => {
      const { offset = 0, length = file.size } = (options?.range ?? {}) as { offset?: number; length?: number };
      const available = Math.min(length, file.size - offset);
      return storage.wait(async () => {
        const bytes = await file.read(offset, available);
        return { ...object, body: null, bytes: async () => bytes };
      }, available);
    },
  });
}

/** Returns a bucket that keeps what is put into it. */
export function keepingBucket(storage: SlowStorage): Bucket {
  const kept = new Map<string, Uint8Array>();
  return bucketOf({
    get: (key) => {
      const bytes = kept.get(key);
      const object = bytes && { size: bytes.byteLength, etag: "1", httpMetadata: {}, bytes: async () => bytes };
      return storage.wait(() => object ?? null, bytes?.byteLength);
    },
    put: async (key, bytes) => kept.set(key, bytes as Uint8Array),
  });
}

type Call = (key: string, options?: unknown) => Promise<unknown>;

function bucketOf(calls: {
  readonly get: (key: string, options?: { readonly range?: unknown }) => Promise<unknown>;
  readonly head?: Call;
  readonly put?: Call;
}): Bucket {
  const nothing: Call = async () => null;
  return { head: nothing, put: nothing, delete: nothing, list: nothing, ...calls } as unknown as Bucket;
}
