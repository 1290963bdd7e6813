import { type Bucket, BucketError } from "../bucket/bucket.ts";
import { checkedBytes, sha256Of } from "../bucket/upload.ts";

/** How a record came to be as it is now. */
export type RecordEnding = "created" | "replaced" | "unchanged";

/** How often a record is made anew because somebody else has changed it meanwhile. */
const mostTries = 5;

/**
 * Writes a record of the catalogue, made of the one that is there: where none was, only if there is still none, and in
 * place of the one that was read alone. Who loses a race makes it anew from the record that is there then. Throws
 * BucketError, and what `make` throws.
 */
export async function rewriteRecord(
  catalogue: Bucket,
  key: string,
  make: (former: Uint8Array | undefined) => Uint8Array | Promise<Uint8Array>,
): Promise<RecordEnding> {
  let lost: RecordEnding | undefined;
  for (let attempt = 1; attempt <= mostTries; attempt += 1) {
    const former = await catalogue.get(key);
    const bytes = await make(former?.bytes);
    // An answer that was lost looks like a lost race, and the record is there.
    if (former !== undefined && Buffer.compare(former.bytes, bytes) === 0) return lost ?? "unchanged";
    const content = checkedBytes(bytes);
    const headers = { contentType: "application/json", metadata: { sha256: sha256Of(bytes) } };
    lost = former === undefined ? "created" : "replaced";
    const etag =
      former === undefined
        ? await catalogue.create(key, content, headers)
        : await catalogue.replace(key, content, { etag: former.etag, headers });
    if (etag !== undefined) return lost;
  }
  throw new BucketError("failed", `${key} is changed by somebody else again and again. Run the command again later.`);
}
