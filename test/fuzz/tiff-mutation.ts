import type { Random } from "../support/random.ts";
import { mutateBytes, oddValues } from "./mutation.ts";

/** Where the numbers of a TIFF stand, as far as it can be followed. */
interface TiffPlaces {
  readonly isLittleEndian: boolean;
  readonly isBigTiff: boolean;
  readonly entries: readonly EntryPlace[];
  /** Where the offsets of directories stand: in the header and behind each directory. */
  readonly links: readonly number[];
  readonly directories: readonly number[];
}

interface EntryPlace {
  readonly at: number;
  /** Where the values stand: in the entry or elsewhere. */
  readonly valuesAt: number;
  readonly valueBytes: number;
  readonly count: number;
}

const typeBytes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];

/** Tags that are read, of every room. */
const knownTags = [
  ...[254, 256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 284, 292, 317, 320, 322, 323, 324, 325, 330, 332],
  ...[338, 339, 340, 341, 347, 530, 700, 33_723, 34_377, 34_665, 34_675, 34_853, 282, 283, 296, 315, 33_432],
];

/** Returns a TIFF some fields of which do not say the truth, at times with damage of any kind. */
export function mutateTiff(random: Random, file: Uint8Array, others: readonly Uint8Array[]): Uint8Array {
  if (random.next() < 0.25) return mutateBytes(random, file, { others, headBytes: file.length, changes: 3 });
  const bytes = new Uint8Array(file);
  const places = findPlaces(bytes);
  if (places === undefined || places.entries.length === 0) return mutateBytes(random, bytes, { others });
  for (let rest = random.pick([1, 1, 1, 2, 4]); rest > 0; rest -= 1) changeField(random, bytes, places);
  return random.next() < 0.1 ? mutateBytes(random, bytes, { others, changes: 2 }) : bytes;
}

function changeField(random: Random, bytes: Uint8Array, places: TiffPlaces): void {
  const { entries, links, isBigTiff } = places;
  const wordBytes = isBigTiff ? 8 : 4;
  const entryBytes = isBigTiff ? 20 : 12;
  const entry = random.pick(entries);
  const write = (at: number, byteLength: number, value: number): void =>
    writeNumber(bytes, { at, byteLength, value }, places);
  const kind = random.integer(0, 13);
  if (kind === 0) write(entry.at, 2, random.pick(knownTags));
  else if (kind === 1) write(entry.at + 2, 2, random.integer(0, 19));
  else if (kind === 2) write(entry.at + 4, wordBytes, random.pick([...oddValues, entry.count + 1, entry.count - 1]));
  else if (kind === 3) write(entry.at + 4 + wordBytes, wordBytes, pickOffset(random, bytes, places));
  else if (kind < 9) changeValue(random, bytes, { places, entry });
  else if (kind === 9) write(random.pick(links), wordBytes, pickOffset(random, bytes, places));
  else if (kind === 10) {
    const other = random.pick(entries);
    bytes.copyWithin(entry.at, other.at, other.at + entryBytes);
  } else if (kind === 11) {
    const other = random.pick(entries);
    bytes.copyWithin(entry.at + 2, other.at + 2, other.at + entryBytes);
  } else if (kind === 12) {
    // A number of entries that reaches into what stands behind, or ends in front of it.
    write(random.pick(places.directories), isBigTiff ? 8 : 2, random.pick([0, 1, 2, 300, 1024, 1025, 65_535]));
  } else bytes[random.integer(0, Math.min(15, bytes.length - 1))] = random.pick([0, 8, 0x2a, 0x2b, 0x49, 0x4d, 0xff]);
}

/** Changes one of an entry's values: to an odd one, one beside it, an offset, or what another place says. */
function changeValue(
  random: Random,
  bytes: Uint8Array,
  { places, entry }: { readonly places: TiffPlaces; readonly entry: EntryPlace },
): void {
  const { valuesAt, valueBytes, count } = entry;
  if (valueBytes === 0 || count === 0) return;
  const placeOf = (): number => valuesAt + valueBytes * random.integer(0, Math.min(count, 4096) - 1);
  const at = placeOf();
  const old = readNumber(bytes, { at, byteLength: valueBytes }, places);
  const value = random.pick([
    random.pick(oddValues),
    old + random.pick([-1, 1, 7, 8, 256]),
    old * random.pick([2, 3, 256]),
    pickOffset(random, bytes, places),
    readNumber(bytes, { at: placeOf(), byteLength: valueBytes }, places),
  ]);
  writeNumber(bytes, { at, byteLength: valueBytes, value }, places);
}

/** Returns an offset that is worth a try: of a directory, of values, in the header, at the end, beyond it. */
function pickOffset(random: Random, bytes: Uint8Array, { entries, directories }: TiffPlaces): number {
  const entry = random.pick(entries);
  const chosen = [
    ...[random.pick(directories), entry.at, entry.valuesAt, random.pick(oddValues)],
    ...[bytes.length - 1, bytes.length, bytes.length + 1, random.integer(0, bytes.length)],
  ];
  return random.pick(chosen);
}

/** Follows chain and SubIFDs, at most 32 directories; undefined for what is no TIFF. */
function findPlaces(bytes: Uint8Array): TiffPlaces | undefined {
  const isLittleEndian = bytes[0] === 0x49;
  const isBigTiff = bytes[isLittleEndian ? 2 : 3] === 43;
  const form = { isLittleEndian };
  const [countBytes, entryBytes, wordBytes] = isBigTiff ? [8, 20, 8] : [2, 12, 4];
  const links = [isBigTiff ? 8 : 4];
  const directories: number[] = [];
  const entries: EntryPlace[] = [];
  const waiting = [...links];
  const read = (at: number, byteLength: number): number => readNumber(bytes, { at, byteLength }, form);
  if (bytes.length < 16) return undefined;
  for (let link = waiting.shift(); link !== undefined && directories.length < 32; link = waiting.shift()) {
    const start = read(link, wordBytes);
    if (start < 8 || start + countBytes > bytes.length || directories.includes(start)) continue;
    directories.push(start);
    const count = Math.min(read(start, countBytes), 200);
    for (let index = 0; index < count; index += 1) {
      const at = start + countBytes + index * entryBytes;
      if (at + entryBytes > bytes.length) break;
      const entry = placeOfEntry(read, at, wordBytes);
      entries.push(entry);
      if (read(at, 2) === 330 && entry.count < 16) {
        for (let sub = 0; sub < entry.count; sub += 1) waiting.push(entry.valuesAt + sub * entry.valueBytes);
      }
    }
    const next = start + countBytes + count * entryBytes;
    if (next + wordBytes > bytes.length) continue;
    links.push(next);
    waiting.push(next);
  }
  return directories.length === 0 ? undefined : { isLittleEndian, isBigTiff, entries, links, directories };
}

function placeOfEntry(read: (at: number, byteLength: number) => number, at: number, wordBytes: number): EntryPlace {
  const valueBytes = typeBytes[read(at + 2, 2)] ?? 0;
  const count = read(at + 4, wordBytes);
  const field = at + 4 + wordBytes;
  return { at, count, valueBytes, valuesAt: valueBytes * count <= wordBytes ? field : read(field, wordBytes) };
}

interface NumberPlace {
  readonly at: number;
  readonly byteLength: number;
}

type ByteOrder = Pick<TiffPlaces, "isLittleEndian">;

/** Bytes beyond the end count as 0. */
function readNumber(bytes: Uint8Array, { at, byteLength }: NumberPlace, { isLittleEndian }: ByteOrder): number {
  let value = 0;
  for (let index = 0; index < byteLength; index += 1) {
    value = value * 256 + (bytes[at + (isLittleEndian ? byteLength - 1 - index : index)] ?? 0);
  }
  return value;
}

function writeNumber(
  bytes: Uint8Array,
  { at, byteLength, value }: NumberPlace & { readonly value: number },
  { isLittleEndian }: ByteOrder,
): void {
  for (let index = 0; index < byteLength && at + index < bytes.length; index += 1) {
    bytes[at + index] = Math.floor(value / 256 ** (isLittleEndian ? index : byteLength - 1 - index));
  }
}
