import { createHash } from "node:crypto";
import {
  type Bucket,
  BucketError,
  type CheckedBytes,
  type ObjectHeaders,
  type StoredPart,
} from "../../src/bucket/bucket.ts";

/** An object of a bucket in memory. */
export interface MemoryObject extends ObjectHeaders {
  readonly bytes: Uint8Array;
  readonly etag: string;
}

/** What a bucket in memory holds: objects, and uploads that are not completed, by key. */
export interface MemoryStore {
  readonly objects: Map<string, MemoryObject>;
  readonly uploads: Map<string, { readonly headers: ObjectHeaders; readonly parts: Map<number, CheckedBytes> }>;
}

/** Returns a bucket in memory, for tests of thousands of runs. It keeps to conditions, sums and the order of keys as R2 does. */
export function memoryBucket({ objects, uploads }: MemoryStore, partBytes: number): Bucket {
  const store = (key: string, bytes: Uint8Array, headers: ObjectHeaders, etag = md5Of(bytes)): string => {
    objects.set(key, { ...headers, bytes: Uint8Array.from(bytes), etag });
    return etag;
  };
  const storeChecked = (key: string, { bytes, md5 }: CheckedBytes, headers: ObjectHeaders): string => {
    if (md5Of(bytes) !== md5) throw new BucketError("corrupted", `${key}: another sum.`);
    return store(key, bytes, headers);
  };
  return {
    name: "memory",
    partsAtOnce: 2,
    partBytes: () => partBytes,
    check: async () => {},
    async head(key) {
      const object = objects.get(key);
      if (object === undefined) return undefined;
      const { bytes, ...rest } = object;
      return { ...rest, bytes: bytes.byteLength, uploadedAt: 0 };
    },
    get: async (key) => objects.get(key),
    put: async (key, content, headers) => storeChecked(key, content, headers),
    create: async (key, content, headers) => (objects.has(key) ? undefined : storeChecked(key, content, headers)),
    replace: async (key, content, { etag, headers }) =>
      objects.get(key)?.etag === etag ? storeChecked(key, content, headers) : undefined,
    async readRange(key, { offset, length, etag }) {
      const object = objects.get(key);
      if (etag !== undefined && object !== undefined && object.etag !== etag) {
        throw new BucketError("failed", `${key} was replaced.`);
      }
      if (object === undefined) throw new BucketError("failed", `${key} is not there.`);
      return object.bytes.slice(offset, offset + length);
    },
    async list(prefix, after = "") {
      const found = [...objects].filter(([key]) => key.startsWith(prefix) && key > after);
      const sorted = found.sort(([a], [b]) => (a < b ? -1 : 1));
      const listed = sorted
        .slice(0, 1000)
        .map(([key, { bytes, etag }]) => ({ key, etag, bytes: bytes.byteLength, uploadedAt: 0 }));
      return { objects: listed, isTruncated: sorted.length > 1000 };
    },
    deleteAll: async (keys) => {
      for (const key of keys) objects.delete(key);
    },
    delete: async (key) => void objects.delete(key),
    async startParts(key, headers) {
      const upload = uploads.get(key) ?? { headers, parts: new Map<number, CheckedBytes>() };
      uploads.set(key, upload);
      const found = [...upload.parts].map(
        ([number, { bytes, md5 }]) => [number, { number, etag: md5, bytes: bytes.byteLength }] as const,
      );
      return {
        found: new Map(found),
        async putPart(number, part): Promise<StoredPart> {
          upload.parts.set(number, part);
          return { number, etag: part.md5 };
        },
        async complete(parts) {
          const bytes = Buffer.concat(parts.map(({ number }) => upload.parts.get(number)?.bytes ?? new Uint8Array()));
          const sums = createHash("md5");
          for (const { etag } of parts) sums.update(Buffer.from(etag, "hex"));
          uploads.delete(key);
          return store(key, bytes, upload.headers, `${sums.digest("hex")}-${parts.length}`);
        },
        async abort() {
          uploads.delete(key);
        },
      };
    },
  };
}

function md5Of(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}
