import type { CacheTier } from "./tier.ts";

/** Returns the tier of the derivative bucket, which outlives every data centre's cache. May throw. */
export function bucketTier(bucket: R2Bucket): CacheTier {
  return {
    async get(key) {
      const object = await bucket.get(key);
      if (object === null) return undefined;
      return { bytes: await object.bytes(), mediaType: object.httpMetadata?.contentType ?? "" };
    },
    async put(key, { bytes, mediaType }) {
      await bucket.put(key, bytes, { httpMetadata: { contentType: mediaType } });
    },
    async delete(key) {
      await bucket.delete(key);
    },
  };
}
