import { maxEntryBytes } from "../limits.ts";
import { malformed } from "../pyramid/faults.ts";
import type { ByteSource } from "../source/byte-source.ts";
import type { Directory, Entry } from "./directory.ts";
import { bytesOfType, integerOfType, realOfType } from "./field-type.ts";
import type { TiffHeader } from "./header.ts";

/**
 * The values of one directory, read on demand; undefined if an entry is missing. All methods throw `source-malformed`
 * for a wrong type, too many values, or values beyond the end of the file.
 */
export interface Fields {
  /** The byte order of the file, which also holds for samples of more than 8 bits. */
  readonly isLittleEndian: boolean;
  /** Length of the file in bytes. */
  readonly fileBytes: number;
  /** The directory and its file, for readers that plan their own reads or follow other directories. */
  readonly origin: FieldsOrigin;
  /** Reads the first of an entry's unsigned integers, of any integer type. */
  number(tag: number): Promise<number | undefined>;
  /** Reads an entry's unsigned integers: at least one and at most `maxCount`. */
  numbers(tag: number, maxCount: number): Promise<Float64Array<ArrayBuffer> | undefined>;
  /** Reads the first `count` of an entry's unsigned integers; fewer throw too. */
  firstNumbers(tag: number, count: number): Promise<Float64Array<ArrayBuffer> | undefined>;
  /** Reads the first of an entry's numbers, of any type: whole, signed, fraction or floating point. */
  real(tag: number): Promise<number | undefined>;
  /** Reads the bytes of an entry, at most `maxBytes`; `maxEntryBytes` by default. */
  bytes(tag: number, maxBytes?: number): Promise<Uint8Array | undefined>;
}

/** The file that fields are read from. */
export interface FieldsOrigin {
  readonly source: ByteSource;
  readonly header: TiffHeader;
  readonly directory: Directory;
}

/** Returns the values of `directory`. */
export function fieldsOf(source: ByteSource, header: TiffHeader, directory: Directory): Fields {
  const { isLittleEndian } = header;
  const { entries } = directory;
  /** The whole entry must be in the file, even if only the first `count` values are read. */
  const readValues = async (
    entry: Entry,
    { maxBytes, count = entry.count }: { readonly maxBytes: number; readonly count?: number },
  ): Promise<DataView> => {
    const valueBytes = bytesOfType(entry.type) ?? 0;
    const byteLength = entry.count * valueBytes;
    if (byteLength === 0 || count * valueBytes > maxBytes) {
      throw malformed(`tag ${entry.tag} has ${entry.count} values of type ${entry.type}`);
    }
    if (entry.valueOffset + byteLength > source.size) throw malformed(`tag ${entry.tag} has values beyond the end`);
    const bytes = await source.read(entry.valueOffset, count * valueBytes);
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
  const integers = async (entry: Entry, count: number): Promise<Float64Array<ArrayBuffer>> => {
    const view = await readValues(entry, { maxBytes: count * 8, count });
    const values = new Float64Array(count);
    for (let index = 0; index < count; index++) values[index] = integerOfType(view, entry.type, index, isLittleEndian);
    return values;
  };
  return {
    isLittleEndian,
    fileBytes: source.size,
    origin: { source, header, directory },
    number: async (tag) => {
      const entry = entries.get(tag);
      return entry && (await integers(entry, 1))[0];
    },
    numbers: async (tag, maxCount) => {
      const entry = entries.get(tag);
      if (entry === undefined) return undefined;
      if (entry.count > maxCount) throw malformed(`tag ${tag} has ${entry.count} values`);
      return integers(entry, entry.count);
    },
    firstNumbers: async (tag, count) => {
      const entry = entries.get(tag);
      if (entry === undefined) return undefined;
      if (entry.count < count) throw malformed(`tag ${tag} has ${entry.count} values of ${count}`);
      return integers(entry, count);
    },
    real: async (tag) => {
      const entry = entries.get(tag);
      return entry && realOfType(await readValues(entry, { maxBytes: 8, count: 1 }), entry.type, isLittleEndian);
    },
    bytes: async (tag, maxBytes = maxEntryBytes) => {
      const entry = entries.get(tag);
      if (entry === undefined) return undefined;
      const { buffer, byteOffset, byteLength } = await readValues(entry, { maxBytes });
      return new Uint8Array(buffer, byteOffset, byteLength).slice();
    },
  };
}
