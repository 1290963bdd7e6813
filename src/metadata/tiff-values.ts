import { maxMetadataReadBytes, maxMetadataReads } from "../limits.ts";
import type { Entry } from "../tiff/directory.ts";
import { bytesOfType } from "../tiff/field-type.ts";
import type { FieldsOrigin } from "../tiff/fields.ts";

/** The values of one entry as they are in the file, in its byte order. */
export interface TiffValue {
  readonly tag: number;
  readonly type: number;
  readonly bytes: Uint8Array;
}

/** Values that are closer together than this, in bytes, are read at once. */
const maxGapBytes = 8192;

/** Longest single read: the longest value with a few others before it. */
const maxRunBytes = maxMetadataReadBytes + (1 << 16);

/** A range of a file that holds values, from `offset` up to `end`. */
interface Run {
  readonly offset: number;
  end: number;
  readonly entries: Entry[];
}

/**
 * Reads the values of a directory for which `maxBytesOf` is above 0, by tag, with at most `maxMetadataReads` reads.
 * Values are left out if they are longer than allowed, empty, of an unknown type, beyond the end of the file, or would
 * need more reads. Throws what the source throws.
 */
export async function readTiffValues(
  { source, directory }: FieldsOrigin,
  maxBytesOf: (tag: number) => number,
): Promise<ReadonlyMap<number, TiffValue>> {
  const wanted = [...directory.entries.values()].filter((entry) => {
    const byteLength = bytesOfEntry(entry);
    const isAllowed = byteLength > 0 && byteLength <= Math.min(maxBytesOf(entry.tag), maxMetadataReadBytes);
    return isAllowed && entry.valueOffset + byteLength <= source.size;
  });
  const values = new Map<number, TiffValue>();
  for (const run of joinRuns(wanted).slice(0, maxMetadataReads)) {
    const bytes = await source.read(run.offset, run.end - run.offset);
    for (const entry of run.entries) {
      const at = entry.valueOffset - run.offset;
      const { tag, type } = entry;
      values.set(tag, { tag, type, bytes: bytes.subarray(at, at + bytesOfEntry(entry)) });
    }
  }
  return values;
}

function bytesOfEntry({ type, count }: Entry): number {
  return count * (bytesOfType(type) ?? 0);
}

function joinRuns(entries: readonly Entry[]): readonly Run[] {
  const runs: Run[] = [];
  for (const entry of entries.toSorted((a, b) => a.valueOffset - b.valueOffset)) {
    const run = runs.at(-1);
    const offset = entry.valueOffset;
    const end = Math.max(run?.end ?? 0, offset + bytesOfEntry(entry));
    if (run !== undefined && offset - run.end <= maxGapBytes && end - run.offset <= maxRunBytes) {
      run.end = end;
      run.entries.push(entry);
    } else runs.push({ offset, end: offset + bytesOfEntry(entry), entries: [entry] });
  }
  return runs;
}
