import type { ByteSource } from "../source/byte-source.ts";
import { type Directory, type Entry, readDirectory } from "../tiff/directory.ts";
import { bytesOfType } from "../tiff/field-type.ts";
import type { TiffHeader } from "../tiff/header.ts";

/** One entry of a directory to write: a value in the byte order of the file, or a directory of its own. */
export type PlannedEntry = PlannedValue | PlannedDirectory;

/** An entry with `count` values of a field type. */
export interface PlannedValue {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly value: Uint8Array;
}

/** An entry that points to a directory: Exif, GPS. */
export interface PlannedDirectory {
  readonly tag: number;
  readonly entries: readonly PlannedEntry[];
}

/** Field types that are written. Source: TIFF 6.0 §2; BigTIFF. */
export const fieldTypes = { short: 3, long: 4, undefined: 7, long8: 16 } as const;

/** Entries whose value is the offset of a directory. Source: Exif 2.32 §4.6.3. */
const directoryTags: readonly number[] = [34665, 34853, 40965];

/** Larger values are left out: layers of a Photoshop file, previews. */
const maxCarriedBytes = 16 << 20;

const maxDepth = 2;

/** Which tags are copied; `isNested` is true for those of Exif and GPS directories. */
export type TagChoice = (tag: number, isNested: boolean) => boolean;

/** Where entries come from and how to encode them. */
export interface EntryOrigin {
  readonly source: ByteSource;
  readonly header: TiffHeader;
  /** The byte order of the file to write. */
  readonly isLittleEndian: boolean;
}

/**
 * Reads the entries of a directory that `isWanted` accepts, with the directories they point to. Entries that are cut
 * off, of an unknown type or above 16 MB are left out. Throws what the source throws.
 */
export async function carryEntries(
  origin: EntryOrigin,
  directory: Directory,
  isWanted: TagChoice,
): Promise<readonly PlannedEntry[]> {
  return carry(origin, directory, { isWanted, depth: 0 });
}

async function carry(
  origin: EntryOrigin,
  directory: Directory,
  { isWanted, depth }: { readonly isWanted: TagChoice; readonly depth: number },
): Promise<readonly PlannedEntry[]> {
  const carried: PlannedEntry[] = [];
  for (const entry of directory.entries.values()) {
    if (!isWanted(entry.tag, depth > 0)) continue;
    const value = await readValue(origin, entry);
    if (value === undefined) continue;
    if (!directoryTags.includes(entry.tag)) carried.push({ ...entryHead(entry), value });
    else if (depth < maxDepth) {
      const nested = await readNested(origin, value);
      const entries = nested === undefined ? [] : await carry(origin, nested, { isWanted, depth: depth + 1 });
      if (entries.length > 0) carried.push({ tag: entry.tag, entries });
    }
  }
  return carried;
}

function entryHead({ tag, type, count }: Entry): Omit<PlannedValue, "value"> {
  return { tag, type, count };
}

async function readValue(
  { source, header, isLittleEndian }: EntryOrigin,
  entry: Entry,
): Promise<Uint8Array | undefined> {
  const byteLength = entry.count * (bytesOfType(entry.type) ?? 0);
  if (byteLength === 0 || byteLength > maxCarriedBytes || entry.valueOffset + byteLength > source.size)
    return undefined;
  const value = (await source.read(entry.valueOffset, byteLength)).slice();
  return header.isLittleEndian === isLittleEndian ? value : reverseUnits(value, unitBytes(entry.type));
}

async function readNested(
  { source, header, isLittleEndian }: EntryOrigin,
  value: Uint8Array,
): Promise<Directory | undefined> {
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  if (value.byteLength !== 4 && value.byteLength !== 8) return undefined;
  const offset =
    value.byteLength === 4 ? view.getUint32(0, isLittleEndian) : Number(view.getBigUint64(0, isLittleEndian));
  // Damaged metadata must not keep its picture out.
  return readDirectory(source, header, offset).catch(() => undefined);
}

/** A rational is two numbers. */
function unitBytes(type: number): number {
  return type === 5 || type === 10 ? 4 : (bytesOfType(type) ?? 1);
}

function reverseUnits(value: Uint8Array, unit: number): Uint8Array {
  for (let at = 0; unit > 1 && at + unit <= value.byteLength; at += unit) value.subarray(at, at + unit).reverse();
  return value;
}

/** Returns an entry with these bytes, of type BYTE or UNDEFINED. */
export function bytesEntry(tag: number, type: 1 | 7, value: Uint8Array): PlannedValue {
  return { tag, type, count: value.byteLength, value };
}

/** Returns an entry of integers. */
export function numbersEntry(
  { tag, type, isLittleEndian }: { readonly tag: number; readonly type: 3 | 4 | 16; readonly isLittleEndian: boolean },
  values: ArrayLike<number>,
): PlannedValue {
  const unit = type === fieldTypes.short ? 2 : type === fieldTypes.long ? 4 : 8;
  const value = new Uint8Array(values.length * unit);
  const view = new DataView(value.buffer);
  for (let index = 0; index < values.length; index++) {
    const number = values[index] ?? 0;
    if (unit === 2) view.setUint16(index * 2, number, isLittleEndian);
    else if (unit === 4) view.setUint32(index * 4, number, isLittleEndian);
    else view.setBigUint64(index * 8, BigInt(number), isLittleEndian);
  }
  return { tag, type, count: values.length, value };
}
