import { identifierOfKey } from "../identity/master-name.ts";
import type { ObjectVersion } from "../source/stored-object.ts";
import { itemsPerPart } from "./find-items.ts";
import { answered, type Jobs } from "./jobs.ts";

/** A master that lies in a folder. */
export interface FolderMaster extends ObjectVersion {
  readonly key: string;
  readonly identifier: string;
}

/** Which masters of a folder are meant. */
export interface FolderChoice {
  /** Ends in a slash. */
  readonly folder: string;
  /** What their keys end in. */
  readonly suffix: string;
  /** No more than one beyond so many are looked for. */
  readonly most: number;
  readonly signal: AbortSignal;
}

/**
 * Lists the masters that lie in a folder itself, in the order of their keys; what no identifier means is none. Throws
 * `storage-failed`, and the reason of the signal once it is aborted.
 */
export async function listFolder(
  jobs: Jobs,
  { folder, suffix, most, signal }: FolderChoice,
): Promise<readonly FolderMaster[]> {
  const { buckets, config } = jobs;
  const masters: FolderMaster[] = [];
  for (let cursor: string | undefined; ; ) {
    signal.throwIfAborted();
    const asked = { prefix: folder, delimiter: "/", limit: itemsPerPart, ...(cursor === undefined ? {} : { cursor }) };
    const page = await answered(jobs, () => buckets.masters.list(asked));
    for (const { key, size, etag } of page.objects) {
      const name = key === folder || !key.endsWith(suffix) ? undefined : identifierOfKey(key, config);
      if (name !== undefined) masters.push({ key, identifier: name.identifier, size, version: etag });
    }
    if (!page.truncated || masters.length > most) return masters;
    cursor = page.cursor;
  }
}
