import { maxEntryBytes } from "../limits.ts";
import type { ByteSource } from "../source/byte-source.ts";
import type { Directory, Entry } from "./directory.ts";
import { malformed } from "./faults.ts";
import { bytesOfType, integerOfType, realOfType } from "./field-type.ts";
import type { TiffHeader } from "./header.ts";

/**
 * The values of one directory, read when asked for; undefined where an entry is missing. All throw `source-malformed`
 * for a wrong type, too many values, or values beyond the end of the file.
 */
export interface Fields {
  /** The byte order of the file, which samples of more than 8 bits share. */
  readonly isLittleEndian: boolean;
  /** Length of the file in bytes. */
  readonly fileBytes: number;
  /** The directory and its file, for readers that plan their own reads or go on to directories behind it. */
  readonly origin: FieldsOrigin;
  /** Reads the first of an entry's unsigned integers, of any integer type. */
  number(tag: number): Promise<number | undefined>;
  /** Reads an entry's unsigned integers: at least one and at most `maxCount`. */
  numbers(tag: number, maxCount: number): Promise<Float64Array | undefined>;
  /** Reads the first of an entry's numbers, of any type: whole, signed, fraction or floating point. */
  real(tag: number): Promise<number | undefined>;
  /** Reads the bytes of an entry, at most `maxBytes`; `maxEntryBytes` where nothing else is said. */
  bytes(tag: number, maxBytes?: number): Promise<Uint8Array | undefined>;
}

/** Where fields are read from. */
export interface FieldsOrigin {
  readonly source: ByteSource;
  readonly header: TiffHeader;
  readonly directory: Directory;
}

/** Returns the values of `directory`. Never throws itself. */
export function fieldsOf(source: ByteSource, header: TiffHeader, directory: Directory): Fields {
  const { isLittleEndian } = header;
  const { entries } = directory;
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
    isLittleEndian,
    fileBytes: source.size,
    origin: { source, header, directory },
    numbers,
    real: async (tag) => {
      const entry = entries.get(tag);
      if (entry === undefined) return undefined;
      const bytes = await readValues(entry, maxEntryBytes);
      return realOfType(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), entry.type, isLittleEndian);
    },
    number: async (tag) => (await numbers(tag, maxEntryBytes / 8))?.[0],
    bytes: async (tag, maxBytes = maxEntryBytes) => {
      const entry = entries.get(tag);
      return entry === undefined ? undefined : (await readValues(entry, maxBytes)).slice();
    },
  };
}
