import type { Bucket } from "../../src/bucket/bucket.ts";
import { checkedBytes, sha256Of } from "../../src/bucket/upload.ts";

/** Stores bytes that are held, with their SHA-256 as metadata, as records are. */
export async function uploadBytes(
  bucket: Bucket,
  { key, bytes, contentType }: { readonly key: string; readonly bytes: Uint8Array; readonly contentType: string },
): Promise<void> {
  await bucket.put(key, checkedBytes(bytes), { contentType, metadata: { sha256: sha256Of(bytes) } });
}
