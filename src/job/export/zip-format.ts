/**
 * A stored entry of a ZIP archive. It is held in memory when it is written, so that it has less than 4 GB. Source: PKWARE,
 * APPNOTE.TXT 6.3.10.
 */
export interface ZipEntry {
  readonly name: string;
  readonly crc32: number;
  readonly bytes: number;
  /** Where its header begins in the archive. */
  readonly offset: number;
}

const version = 20;
/** Of what has offsets or counts that the older fields have no room for. */
const zip64Version = 45;
/** Made on Unix, where the upper half of the attributes is the mode. */
const unix = 3 << 8;
const regularFile = (0o100644 << 16) >>> 0;
/** Names are UTF-8. */
const flags = 0x0800;
const most16 = 0xffff;
const most32 = 0xffffffff;

/** Returns what stands in front of the bytes of an entry: its name, sizes and checksum (§4.3.7). */
export function formatEntryHead(entry: ZipEntry, modified: Date): Buffer {
  const name = Buffer.from(entry.name);
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(version, 4);
  writeShared(head.subarray(6), { entry, name, modified });
  return Buffer.concat([head, name]);
}

/** Returns what the directory at the end says of an entry (§4.3.12). */
export function formatDirectoryEntry(entry: ZipEntry, modified: Date): Buffer {
  const name = Buffer.from(entry.name);
  const isFar = entry.offset >= most32;
  const extra = Buffer.alloc(isFar ? 12 : 0);
  if (isFar) {
    extra.writeUInt16LE(0x0001, 0);
    extra.writeUInt16LE(8, 2);
    extra.writeBigUInt64LE(BigInt(entry.offset), 4);
  }
  const head = Buffer.alloc(46);
  head.writeUInt32LE(0x02014b50, 0);
  head.writeUInt16LE(unix | (isFar ? zip64Version : version), 4);
  head.writeUInt16LE(isFar ? zip64Version : version, 6);
  writeShared(head.subarray(8), { entry, name, modified });
  head.writeUInt16LE(extra.byteLength, 30);
  head.writeUInt32LE(regularFile, 38);
  head.writeUInt32LE(Math.min(entry.offset, most32), 42);
  return Buffer.concat([head, name, extra]);
}

interface SharedFields {
  readonly entry: ZipEntry;
  readonly name: Buffer;
  readonly modified: Date;
}

/** Writes the fields that both have, from the flags to the length of the name; method 0 is stored. */
function writeShared(fields: Buffer, { entry, name, modified }: SharedFields): void {
  fields.writeUInt16LE(flags, 0);
  const [hours, minutes, seconds] = [modified.getHours(), modified.getMinutes(), modified.getSeconds()];
  fields.writeUInt16LE((hours << 11) | (minutes << 5) | (seconds >> 1), 4);
  const years = Math.max(0, modified.getFullYear() - 1980);
  fields.writeUInt16LE((years << 9) | ((modified.getMonth() + 1) << 5) | modified.getDate(), 6);
  fields.writeUInt32LE(entry.crc32, 8);
  fields.writeUInt32LE(entry.bytes, 12);
  fields.writeUInt32LE(entry.bytes, 16);
  fields.writeUInt16LE(name.byteLength, 20);
}

/** The directory of an archive: how many entries it has, where it begins, and how long it is in bytes. */
export interface ZipDirectory {
  readonly entries: number;
  readonly offset: number;
  readonly bytes: number;
}

/** Returns the end of an archive, with the larger fields where they are needed (§4.3.14 to §4.3.16). */
export function formatArchiveEnd({ entries, offset, bytes }: ZipDirectory): Buffer {
  const isLarge = entries >= most16 || offset >= most32 || bytes >= most32;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  for (const at of [8, 10]) end.writeUInt16LE(Math.min(entries, most16), at);
  end.writeUInt32LE(Math.min(bytes, most32), 12);
  end.writeUInt32LE(Math.min(offset, most32), 16);
  return isLarge ? Buffer.concat([formatLargeEnd({ entries, offset, bytes }), end]) : end;
}

function formatLargeEnd({ entries, offset, bytes }: ZipDirectory): Buffer {
  const end = Buffer.alloc(56 + 20);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(44n, 4);
  end.writeUInt16LE(unix | zip64Version, 12);
  end.writeUInt16LE(zip64Version, 14);
  for (const at of [24, 32]) end.writeBigUInt64LE(BigInt(entries), at);
  end.writeBigUInt64LE(BigInt(bytes), 40);
  end.writeBigUInt64LE(BigInt(offset), 48);
  // Where that is, on the first of one disk.
  end.writeUInt32LE(0x07064b50, 56);
  end.writeBigUInt64LE(BigInt(offset + bytes), 64);
  end.writeUInt32LE(1, 72);
  return end;
}
