import { setTimeout as wait } from "node:timers/promises";
import { type Bucket, BucketError, type ObjectHeaders } from "../bucket/bucket.ts";
import { checkedBytes, sha256Of } from "../bucket/upload.ts";

/** How a record came to be as it is now. */
export type RecordEnding = "created" | "replaced" | "unchanged";

/** Keeps account of records that are written, so that what happened to them is told even if this run breaks off. */
export interface RecordJournal {
  /** Is awaited before a record is written. */
  readonly announce: () => Promise<void>;
  /** What a record is marked with. */
  readonly metadata: (ending: WrittenEnding) => Readonly<Record<string, string>>;
  /** Is called once it is written. */
  readonly tell: (ending: WrittenEnding) => void;
}

/** The endings of a record that was written. */
export type WrittenEnding = Exclude<RecordEnding, "unchanged">;

/** Returns what a record of the catalogue is stored with, and what it is marked with. */
export function recordHeaders(bytes: Uint8Array, marks: Readonly<Record<string, string>> = {}): ObjectHeaders {
  return { contentType: "application/json", metadata: { sha256: sha256Of(bytes), ...marks } };
}

/** How often a record is made anew because somebody else has changed it meanwhile: many shards may end at once. */
const mostTries = 12;

/** From the third try on it waits, at random, so that those who write at once don't stay together. */
const longestPause = (attempt: number): number => (attempt < 3 ? 0 : 50 * 2 ** Math.min(attempt - 3, 5));

/**
 * Writes a record of the catalogue, made of the one that is there: where none was, only if there is still none, and in
 * place of the one that was read alone. Who loses a race makes it anew from the record that is there then. Throws
 * BucketError, and what `make` and the journal throw.
 */
export async function rewriteRecord(
  catalogue: Bucket,
  key: string,
  make: (former: Uint8Array | undefined) => Uint8Array | Promise<Uint8Array>,
  journal?: RecordJournal,
): Promise<RecordEnding> {
  let lost: WrittenEnding | undefined;
  const written = (ending: WrittenEnding): WrittenEnding => {
    journal?.tell(ending);
    return ending;
  };
  for (let attempt = 1; attempt <= mostTries; attempt += 1) {
    const former = await catalogue.get(key);
    const bytes = await make(former?.bytes);
    if (former !== undefined && Buffer.compare(former.bytes, bytes) === 0) {
      // An answer that was lost looks like a lost race, and the record is there.
      return lost === undefined ? "unchanged" : written(lost);
    }
    await journal?.announce();
    const content = checkedBytes(bytes);
    const ending = former === undefined ? "created" : "replaced";
    const headers = recordHeaders(bytes, journal?.metadata(ending));
    const etag =
      former === undefined
        ? await catalogue.create(key, content, headers)
        : await catalogue.replace(key, content, { etag: former.etag, headers });
    if (etag !== undefined) return written(ending);
    lost = ending;
    await wait(Math.random() * longestPause(attempt));
  }
  throw new BucketError("changed", `${key} is changed by somebody else again and again. Run the command again later.`);
}
