import type { MasterBucket, PartUpload } from "./bucket.ts";

/** Calls by the classes in which R2 charges for them. Source: Cloudflare R2 pricing. */
export interface Operations {
  /** Calls that write or list. */
  readonly classA: number;
  /** Calls that read. */
  readonly classB: number;
}

/** Returns a bucket that does what the one given does and counts the calls; those tried again count once. */
export function countOperations(bucket: MasterBucket): {
  readonly bucket: MasterBucket;
  readonly operations: () => Operations;
} {
  let classA = 0;
  let classB = 0;
  const countA = <Result>(result: Promise<Result>): Promise<Result> => {
    classA += 1;
    return result;
  };
  const countB = <Result>(result: Promise<Result>): Promise<Result> => {
    classB += 1;
    return result;
  };
  const countParts = (upload: PartUpload): PartUpload => ({
    ...upload,
    putPart: (number, part) => countA(upload.putPart(number, part)),
    complete: (parts) => countA(upload.complete(parts)),
  });
  return {
    operations: () => ({ classA, classB }),
    bucket: {
      ...bucket,
      check: () => countB(bucket.check()),
      head: (key) => countB(bucket.head(key)),
      put: (key, content, headers) => countA(bucket.put(key, content, headers)),
      startParts: async (key, headers) => {
        // What was left behind is listed, and an upload is started or its parts are listed.
        classA += 2;
        return countParts(await bucket.startParts(key, headers));
      },
    },
  };
}
