import { type Bucket, BucketError, type ServiceBuckets } from "../../src/bucket/bucket.ts";

/** Thrown by the call that a run is killed at, and by all that follow. It passes through as what ends a run does. */
export class RunKilled extends BucketError {
  constructor() {
    super("stopped", "Killed.");
  }
}

/**
 * Returns buckets whose calls fail from the `at`-th on, as if the process had been killed there, and the number of calls
 * so far. Parts of uploads count too.
 */
export function stopBuckets({ masters, catalogue }: Pick<ServiceBuckets, "masters" | "catalogue">, at: number) {
  let calls = 0;
  const guard =
    <Args extends readonly unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      calls += 1;
      if (calls >= at) throw new RunKilled();
      return call(...args);
    };
  const stop = (bucket: Bucket): Bucket => ({
    ...bucket,
    head: guard(bucket.head),
    get: guard(bucket.get),
    put: guard(bucket.put),
    create: guard(bucket.create),
    replace: guard(bucket.replace),
    readRange: guard(bucket.readRange),
    list: guard(bucket.list),
    delete: guard(bucket.delete),
    deleteAll: guard(bucket.deleteAll),
    startParts: guard(async (key, headers) => {
      const upload = await bucket.startParts(key, headers);
      // A process that was killed gives nothing up.
      const abort = async () => {
        if (calls < at) await upload.abort();
      };
      return { ...upload, putPart: guard(upload.putPart), complete: guard(upload.complete), abort };
    }),
  });
  return { buckets: { masters: stop(masters), catalogue: stop(catalogue) }, calls: () => calls };
}
