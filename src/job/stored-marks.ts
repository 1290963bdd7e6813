import type { Bucket } from "../bucket/bucket.ts";
import { IsolateCache } from "../cache/isolate.ts";
import { markKey } from "../catalogue/mark-name.ts";
import { type OpenedMark, openMarkFile, refuseLongMark, unusableMark } from "../marks/mark-file.ts";
import type { OpenMark } from "../marks/marks-of.ts";
import type { Kernels } from "../render/kernels.ts";

/** Memory of marks that a run holds, in bytes: each is read once where all of them have room. */
const heldBytes = 16 << 20;

/**
 * Returns what opens the marks of a catalogue for a run, which holds what it has opened. It throws `record-malformed` for a
 * mark that is missing, broken or too large, and BucketError.
 */
export function storedMarks(catalogue: Bucket): (kernels: Kernels) => OpenMark {
  const held = new IsolateCache<OpenedMark>(heldBytes);
  return (kernels) => async (name) => {
    const key = markKey(name);
    const known = held.get(key);
    if (known !== undefined) return known;
    const found = await catalogue.head(key);
    if (found === undefined) throw unusableMark(key, "it is not there");
    refuseLongMark(key, found.bytes);
    const stored = await catalogue.get(key);
    if (stored === undefined) throw unusableMark(key, "it is not there");
    const mark = await openMarkFile(kernels, { key, bytes: stored.bytes, version: stored.etag });
    held.set(key, mark, mark.image.samples.byteLength);
    return mark;
  };
}
