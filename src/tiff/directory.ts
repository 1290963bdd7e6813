import { maxDirectoryEntries } from "../limits.ts";
import { malformed } from "../pyramid/faults.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { bytesOfType } from "./field-type.ts";
import { readPointer, type TiffHeader } from "./header.ts";

/** One image file directory: where its values are, not yet the values. */
export interface Directory {
  readonly offset: number;
  readonly entries: ReadonlyMap<number, Entry>;
  /** Byte offset of the next directory, 0 if there is none. */
  readonly next: number;
}

/** One entry: `count` values of `type` at `valueOffset`, which is inside the entry if they fit. */
export interface Entry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly valueOffset: number;
}

/** Reads the directory at `offset`. Throws `source-malformed` for one that is cut off or claims too many entries. */
export async function readDirectory(source: ByteSource, header: TiffHeader, offset: number): Promise<Directory> {
  const { isLittleEndian, isBigTiff } = header;
  const countBytes = isBigTiff ? 8 : 2;
  const entryBytes = isBigTiff ? 20 : 12;
  const pointerBytes = isBigTiff ? 8 : 4;
  if (offset < 8 || offset + countBytes > source.size) throw malformed(`a directory at ${offset} of ${source.size}`);
  const countView = viewOf(await source.read(offset, countBytes));
  const count = isBigTiff ? Number(countView.getBigUint64(0, isLittleEndian)) : countView.getUint16(0, isLittleEndian);
  if (count === 0 || count > maxDirectoryEntries) throw malformed(`a directory of ${count} entries at ${offset}`);
  const bytes = await source.read(offset + countBytes, count * entryBytes + pointerBytes);
  const missing = count * entryBytes + pointerBytes - bytes.byteLength;
  // Some writers end the file with the last entry, without the pointer that should follow.
  if (missing > pointerBytes) throw malformed(`the directory at ${offset} is cut off`);
  const view = viewOf(bytes);
  const entries = new Map<number, Entry>();
  for (let index = 0; index < count; index++) {
    const at = index * entryBytes;
    const tag = view.getUint16(at, isLittleEndian);
    const type = view.getUint16(at + 2, isLittleEndian);
    const valueCount = isBigTiff
      ? Number(view.getBigUint64(at + 4, isLittleEndian))
      : view.getUint32(at + 4, isLittleEndian);
    const valueAt = at + entryBytes - pointerBytes;
    const isInside = valueCount * (bytesOfType(type) ?? 0) <= pointerBytes;
    const valueOffset = isInside ? offset + countBytes + valueAt : readPointer(view, valueAt, header);
    if (!entries.has(tag)) entries.set(tag, { tag, type, count: valueCount, valueOffset });
  }
  return { offset, entries, next: missing > 0 ? 0 : readPointer(view, count * entryBytes, header) };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
