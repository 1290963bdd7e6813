import type { Bucket, PartUpload, ServiceBuckets } from "./bucket.ts";

/** Calls by the classes in which R2 charges for them. Source: Cloudflare R2 pricing. */
export interface Operations {
  /** Calls that write or list. */
  readonly classA: number;
  /** Calls that read. */
  readonly classB: number;
}

/** Returns buckets that do what those given do, and counts the calls of both; those tried again count once. */
export function countOperations(buckets: ServiceBuckets): {
  readonly buckets: ServiceBuckets;
  readonly operations: () => Operations;
} {
  const counter = { classA: 0, classB: 0 };
  return {
    operations: () => ({ ...counter }),
    buckets: {
      masters: countCalls(buckets.masters, counter),
      catalogue: countCalls(buckets.catalogue, counter),
      derivatives: countCalls(buckets.derivatives, counter),
      close: buckets.close,
    },
  };
}

/** Deleting and giving up an upload cost nothing. */
function countCalls(bucket: Bucket, counter: { classA: number; classB: number }): Bucket {
  const countA = <Result>(result: Promise<Result>): Promise<Result> => {
    counter.classA += 1;
    return result;
  };
  const countB = <Result>(result: Promise<Result>): Promise<Result> => {
    counter.classB += 1;
    return result;
  };
  const countParts = (upload: PartUpload): PartUpload => ({
    ...upload,
    putPart: (number, part) => countA(upload.putPart(number, part)),
    complete: (parts) => countA(upload.complete(parts)),
  });
  return {
    ...bucket,
    check: () => countB(bucket.check()),
    head: (key) => countB(bucket.head(key)),
    get: (key) => countB(bucket.get(key)),
    put: (key, content, headers) => countA(bucket.put(key, content, headers)),
    create: (key, content, headers) => countA(bucket.create(key, content, headers)),
    replace: (key, content, options) => countA(bucket.replace(key, content, options)),
    readRange: (key, range) => countB(bucket.readRange(key, range)),
    list: (prefix, after) => countA(bucket.list(prefix, after)),
    startParts: async (key, headers) => {
      // What was left behind is listed, and an upload is started or its parts are listed.
      counter.classA += 2;
      return countParts(await bucket.startParts(key, headers));
    },
  };
}
