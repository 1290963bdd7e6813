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

  /** How many bytes they returned. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The longest chain of reads in which each began after the one before had ended: the factor of latency. */
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

  /** Counts bytes that were taken of an answer. */
  addBytes(byteLength: number): void {
    this.#bytes += byteLength;
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

/** The object storage interface: the calls of an R2 bucket that the service makes. */
export type Bucket = Pick<R2Bucket, "get" | "head" | "put" | "delete" | "list">;

/** Returns a bucket of one file, under any key. */
export function fileBucket(file: ByteSource, storage: SlowStorage): Bucket {
  const object = { size: file.size, etag: "1" };
  return bucketOf({
    head: () => storage.wait(() => object),
    get: (_key, options) => {
      const { suffix, ...range } = (options?.range ?? {}) as { offset?: number; length?: number; suffix?: number };
      const { offset = suffix === undefined ? 0 : Math.max(0, file.size - suffix), length = file.size } = range;
      const available = Math.min(length, file.size - offset);
      const bytes = async () => {
        storage.addBytes(available);
        return file.read(offset, available);
      };
      return storage.wait(() => ({ ...object, body: { cancel: async () => undefined }, bytes }));
    },
  });
}

/** Returns a bucket that keeps what is put into it. */
export function keepingBucket(storage: SlowStorage): Bucket {
  const kept = new Map<string, { readonly bytes: Uint8Array; readonly customMetadata: Record<string, string> }>();
  return bucketOf({
    get: (key) => {
      const object = kept.get(key);
      if (object === undefined) return storage.wait(() => null);
      const { bytes, customMetadata } = object;
      const size = bytes.byteLength;
      return storage.wait(
        () => ({
          ...{ size, etag: "1", customMetadata },
          ...{ body: new Response(bytes as BodyInit).body, bytes: async () => bytes },
        }),
        size,
      );
    },
    put: async (key, bytes, { customMetadata = {} } = {}) => kept.set(key, { bytes, customMetadata }),
  });
}

type Call = (key: string) => Promise<unknown>;

function bucketOf(calls: {
  readonly get: (key: string, options?: { readonly range?: unknown }) => Promise<unknown>;
  readonly head?: Call;
  readonly put?: (
    key: string,
    bytes: Uint8Array,
    options?: { readonly customMetadata?: Record<string, string> },
  ) => Promise<unknown>;
}): Bucket {
  const nothing: Call = async () => null;
  return { head: nothing, put: nothing, delete: nothing, list: nothing, ...calls } as unknown as Bucket;
}
