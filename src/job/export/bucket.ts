import { type Bucket, mostDeletedAtOnce } from "../../bucket/bucket.ts";
import { listObjects } from "../../bucket/list-objects.ts";
import { checkedBytes } from "../../bucket/upload.ts";
import { markerName, markerPath, mediaTypeOf, wholeMarker } from "../../export/names.ts";
import { isLevel0Segment } from "../../iiif/level0.ts";
import { type ExportPlace, type ExportTarget, folderOfMarker, otherContent } from "./target.ts";

/**
 * Returns a place in a bucket that an export goes to: `prefix` ends in a slash, or is empty. Nothing is there, or an
 * earlier export. Throws PlaceFault and BucketError.
 */
export async function bucketPlace(bucket: Bucket, prefix: string): Promise<ExportPlace> {
  const { objects } = await bucket.list(prefix, undefined);
  const name = prefix === "" ? bucket.name : `${prefix} in ${bucket.name}`;
  const isNew = objects.length === 0;
  if (!isNew && (await bucket.head(prefix + markerName)) === undefined) throw otherContent(name);
  return {
    name,
    isCharged: true,
    open: async () => {
      const target = bucketTarget(bucket, { prefix, isNew });
      if (isNew) await target.writeMarker("", wholeMarker);
      return target;
    },
  };
}

interface PlaceInBucket {
  readonly prefix: string;
  /** There is nothing to be removed. */
  readonly isNew: boolean;
}

function bucketTarget(bucket: Bucket, { prefix, isNew }: PlaceInBucket): ExportTarget {
  const write = async (path: string, bytes: Uint8Array): Promise<void> => {
    await bucket.put(prefix + path, checkedBytes(bytes), { contentType: mediaTypeOf(path), metadata: {} });
  };
  return {
    readMarker: async (folder) => {
      const marker = isNew ? undefined : await bucket.get(prefix + markerPath(folder));
      return marker && new TextDecoder().decode(marker.bytes);
    },
    writeMarker: (folder, marker) => write(markerPath(folder), new TextEncoder().encode(marker)),
    clear: async (folder) => {
      if (isNew) return;
      const base = `${prefix}${folder}/`;
      // Without its marker it is not taken for whole, whatever becomes of the rest.
      await bucket.delete(base + markerName);
      let keys: string[] = [];
      for await (const { key } of listObjects(bucket, base)) {
        if (!isLevel0Segment(key.slice(base.length).split("/")[0] ?? "")) continue;
        if (keys.push(key) < mostDeletedAtOnce) continue;
        await bucket.deleteAll(keys);
        keys = [];
      }
      if (keys.length > 0) await bucket.deleteAll(keys);
    },
    write,
    async *listMarked() {
      for await (const { key } of listObjects(bucket, prefix)) {
        const folder = folderOfMarker(key.slice(prefix.length));
        if (folder !== undefined) yield folder;
      }
    },
    finish: async () => {},
    abandon: async () => {},
  };
}
