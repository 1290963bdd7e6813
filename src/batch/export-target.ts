import { digest } from "../digest.ts";
import { markerName, markerPath, mediaTypeOf, wholeMarker } from "../export/names.ts";
import type { ImageTarget } from "../export/target.ts";
import { isLevel0Segment } from "../iiif/level0.ts";
import { answered, type Jobs } from "./jobs.ts";
import { putPieces } from "./put-pieces.ts";

/** Pages of its listing that a folder is looked through for: 64,000 objects, those of images below it among them. */
const mostPages = 64;

/** Objects that R2 deletes in one call. */
const mostDeletedAtOnce = 1000;

/** A note is some hundred bytes. */
const mostMarkerBytes = 1 << 14;

/** Too much lies below the folder of an image, for it is that of many others too. */
export class CrowdedFolder extends Error {
  override readonly name = "CrowdedFolder";
}

/** The place of an export in the bucket EXPORTS. Each call has a deadline; all throw `storage-failed`. */
export interface ExportTarget extends ImageTarget {
  /**
   * Notes on the place that it holds an export, where nothing else is there. Returns whether it does. Others may do so at the
   * same time.
   */
  readonly claim: () => Promise<boolean>;
  /** Removes the marker of an image, then its files. Throws CrowdedFolder. */
  readonly clear: (folder: string) => Promise<void>;
  /** Writes a picture that `begin` has not found, and that the next one finds. */
  readonly writePicture: (path: string, bytes: Uint8Array) => Promise<void>;
  /**
   * Writes a picture under each of some paths as its pieces come, in parts of `putPartBytes` that are held one at a time. None
   * of them is there before all is. Returns how many bytes it has. Throws what the pieces throw.
   */
  readonly writePieces: (paths: readonly string[], pieces: AsyncIterable<Uint8Array>) => Promise<number>;
}

/** Returns what puts an export below `prefix`, which ends in a slash or is empty. It is for one image. */
export function exportTarget(jobs: Jobs, prefix: string): ExportTarget {
  const bucket = jobs.buckets.exports;
  /** Written on each picture: what it was made of. */
  let of = "";
  const optionsOf = (path: string, customMetadata: Record<string, string>) => ({
    httpMetadata: { contentType: mediaTypeOf(path) },
    customMetadata,
  });
  const put = async (path: string, content: Uint8Array | string, metadata = {}): Promise<void> => {
    await answered(jobs, () => bucket.put(prefix + path, content, optionsOf(path, metadata)));
  };
  const remove = (keys: string[]) => answered(jobs, () => bucket.delete(keys));
  const clear = async (folder: string, keep: (object: R2Object, path: string) => boolean): Promise<void> => {
    // Without its marker it is not taken for whole, whatever becomes of the rest.
    await remove([prefix + markerPath(folder)]);
    let keys: string[] = [];
    for await (const object of listFolder(jobs, `${prefix}${folder}/`)) {
      if (keep(object, object.key.slice(prefix.length))) continue;
      if (keys.push(object.key) < mostDeletedAtOnce) continue;
      await remove(keys);
      keys = [];
    }
    if (keys.length > 0) await remove(keys);
  };
  return {
    async claim() {
      const isOurs = async () => (await answered(jobs, () => bucket.head(prefix + markerName))) !== null;
      if (await isOurs()) return true;
      const { objects } = await answered(jobs, () => bucket.list({ prefix, limit: 1 }));
      // Another image may have been the first meanwhile.
      if (objects.length > 0) return isOurs();
      await put(markerName, wholeMarker);
      return true;
    },
    readMarker: (folder) =>
      answered(jobs, async () => {
        const found = await bucket.get(prefix + markerPath(folder));
        if (found === null) return undefined;
        if (found.size <= mostMarkerBytes) return found.text();
        await found.body.cancel();
        return undefined;
      }),
    writeMarker: (folder, marker) => put(markerPath(folder), marker),
    async begin(folder, made) {
      of = await digest(made);
      const there = new Set<string>();
      await clear(folder, ({ customMetadata }, path) => {
        const isThere = customMetadata?.of === of;
        if (isThere) there.add(path);
        return isThere;
      });
      return there;
    },
    clear: (folder) => clear(folder, () => false),
    write: (path, bytes) => put(path, bytes),
    writePicture: (path, bytes) => put(path, bytes, { of }),
    writePieces: (paths, pieces) =>
      putPieces(jobs, { keys: paths.map((path) => prefix + path), options: optionsOf("picture.jpg", { of }) }, pieces),
  };
}

/** Lists the files in the folder of an image, `base`, without those of images below it. Throws CrowdedFolder. */
async function* listFolder(jobs: Jobs, base: string): AsyncGenerator<R2Object, undefined> {
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const asked = { prefix: base, include: ["customMetadata" as const], ...(cursor === undefined ? {} : { cursor }) };
    const listed = await answered(jobs, () => jobs.buckets.exports.list(asked));
    for (const object of listed.objects) {
      if (isLevel0Segment(object.key.slice(base.length).split("/")[0] ?? "")) yield object;
    }
    if (!listed.truncated) return;
    cursor = listed.cursor;
  }
  throw new CrowdedFolder(`More than ${mostPages} pages of objects lie below ${base}.`);
}
