import type { Bucket } from "../bucket/bucket.ts";
import { bucketSource } from "../bucket/bucket-source.ts";
import type { KnownImage } from "../catalogue/work-completion.ts";
import { readFacts } from "../masters/image-facts.ts";

/**
 * Reads what a stored master is, as the service sees it; undefined where there is none. Throws BucketError, and
 * `source-malformed` or `source-unsupported` for a master that the service can't open.
 */
export async function readImageFacts(masters: Bucket, key: string): Promise<KnownImage | undefined> {
  const object = await masters.head(key);
  return object === undefined ? undefined : readFacts(bucketSource(masters, key, object));
}
