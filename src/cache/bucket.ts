import { ofLength } from "./fixed-length.ts";
import type { TierGuard } from "./guard.ts";
import { parseSeal } from "./seal.ts";
import type { BucketTier, KeptName } from "./tier.ts";

/** Returns the tier of the derivative bucket, which outlives every data centre's cache. */
export function bucketTier(bucket: R2Bucket, guard: TierGuard): BucketTier {
  return {
    get: (name, asking) =>
      guard.read(async () => {
        const { key } = name;
        const object = await bucket.get(key);
        if (object === null) return undefined;
        const { body, size, customMetadata: labels } = object;
        if (!isNamed(labels, name)) {
          await body.cancel();
          return undefined;
        }
        const seal = parseSeal(labels?.length, labels?.sha256);
        return { key, seal, statedBytes: size, body, remove: () => bucket.delete(key) };
      }, asking),
    put: ({ key }, { byteLength, sha256, mediaType, labels, body }) =>
      guard.store((signal) => {
        const sent = body instanceof Uint8Array ? body : ofLength(body, byteLength, signal);
        // R2 compares what arrives with the checksum, and keeps nothing that differs.
        return bucket.put(key, sent, {
          sha256,
          httpMetadata: { contentType: mediaType },
          customMetadata: { ...labels, sha256, length: String(byteLength) },
        });
      }),
    delete: ({ key }) => guard.remove(() => bucket.delete(key)),
    async holds(name) {
      const object = await guard.look(() => bucket.head(name.key));
      return object != null && isNamed(object.customMetadata, name);
    },
  };
}

function isNamed(labels: Record<string, string> | undefined, { picture }: KeptName): boolean {
  return picture === undefined || labels?.picture === picture;
}
