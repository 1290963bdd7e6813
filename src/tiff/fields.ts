import { maxEntryBytes } from "../limits.ts";
import type { ByteSource } from "../source/byte-source.ts";
import type { Directory, Entry } from "./directory.ts";
import { malformed } from "./faults.ts";
import { bytesOfType, integerOfType } from "./field-type.ts";
import type { TiffHeader } from "./header.ts";

/**
 * The values of one directory, read when asked for; undefined where an entry is missing. All throw `source-malformed`
 * for a wrong type, too many values, or values beyond the end of the file.
 */
export interface Fields {
  /** Reads the first of an entry's unsigned integers, of any integer type. */
  number(tag: number): Promise<number | undefined>;
  /** Reads an entry's unsigned integers: at least one and at most `maxCount`. */
  numbers(tag: number, maxCount: number): Promise<Float64Array | undefined>;
  /** Reads the bytes of an entry, at most `maxEntryBytes`. */
  bytes(tag: number): Promise<Uint8Array | undefined>;
}

/** Returns the values of `directory`. Never throws itself. */
export function fieldsOf(source: ByteSource, { isLittleEndian }: TiffHeader, { entries }: Directory): Fields {
  const readValues = async (entry: Entry, maxBytes: number): Promise<Uint8Array> => {
    const byteLength = entry.count * (bytesOfType(entry.type) ?? 0);
    if (byteLength === 0 || byteLength > maxBytes) {
      throw malformed(`tag ${entry.tag} has ${entry.count} values of type ${entry.type}`);
    }
    if (entry.valueOffset + byteLength > source.size) throw malformed(`tag ${entry.tag} has values beyond the end`);
    return source.read(entry.valueOffset, byteLength);
  };
  const numbers = async (tag: number, maxCount: number): Promise<Float64Array | undefined> => {
    const entry = entries.get(tag);
    if (entry === undefined) return undefined;
    const bytes = await readValues(entry, maxCount * 8);
    if (entry.count > maxCount) throw malformed(`tag ${tag} has ${entry.count} values`);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Float64Array.from({ length: entry.count }, (_, index) =>
      integerOfType(view, entry.type, index, isLittleEndian),
    );
  };
  return {
    numbers,
    number: async (tag) => (await numbers(tag, maxEntryBytes / 8))?.[0],
    bytes: async (tag) => {
      const entry = entries.get(tag);
      return entry === undefined ? undefined : (await readValues(entry, maxEntryBytes)).slice();
    },
  };
}
