import type { Random } from "../support/random.ts";

/** Values at the edges of what fields hold, and one to either side. */
export const oddValues: readonly number[] = [
  ...[0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 255, 256, 257, 511, 512, 1023, 1024, 4095, 4096],
  ...[32_767, 32_768, 65_534, 65_535, 65_536, 1 << 20, (1 << 20) + 1, 1 << 21, 1 << 24, (1 << 28) - 1],
  ...[2 ** 31 - 1, 2 ** 31, 2 ** 32 - 16, 2 ** 32 - 2, 2 ** 32 - 1],
];

/** Where damage goes, and what it is made of. */
export interface Mutation {
  /** Other files, parts of which may be put in. */
  readonly others?: readonly Uint8Array[];
  /** Half of the damage goes to this many bytes in front, where lengths and tables are. 400. */
  readonly headBytes?: number;
  /** Most changes. 5. */
  readonly changes?: number;
}

/** Returns bytes with some of them changed, removed, repeated, cut off or taken from elsewhere. */
export function mutateBytes(random: Random, bytes: Uint8Array, mutation: Mutation = {}): Uint8Array {
  const { others = [], headBytes = 400, changes = 5 } = mutation;
  // Not slice: that of a Buffer would be the same bytes.
  let mutated: Uint8Array = new Uint8Array(bytes);
  for (let rest = random.integer(1, changes); rest > 0 && mutated.length > 0; rest -= 1) {
    const last = mutated.length - 1;
    const at = random.integer(0, random.next() < 0.5 ? Math.min(headBytes, last) : last);
    mutated = change(random, mutated, { at, others });
  }
  return mutated;
}

interface Place {
  readonly at: number;
  readonly others: readonly Uint8Array[];
}

function change(random: Random, bytes: Uint8Array, { at, others }: Place): Uint8Array {
  const kind = random.integer(0, 19);
  if (kind < 5) bytes[at]! ^= 1 << random.integer(0, 7);
  else if (kind < 9) bytes[at] = random.pick([0, 1, 0x7f, 0x80, 0xfe, 0xff, random.integer(0, 255)]);
  else if (kind < 13) setNumber(random, bytes, { at, byteLength: random.pick([2, 4]), value: random.pick(oddValues) });
  else if (kind === 13) return splice(bytes, { at, removed: random.integer(1, 40) });
  else if (kind === 14) return repeat(random, bytes, at);
  else if (kind === 15) return random.next() < 0.3 ? bytes.slice(0, at) : bytes;
  else if (kind === 16) moveBlock(random, bytes, at);
  else if (kind === 17) bytes.fill(random.pick([0, 0xff]), at, at + random.integer(1, 64));
  else if (others.length > 0) return mix(random, bytes, { at, others });
  return bytes;
}

/** Writes a whole number in either byte order as far as there are bytes. */
function setNumber(
  random: Random,
  bytes: Uint8Array,
  { at, byteLength, value }: { readonly at: number; readonly byteLength: number; readonly value: number },
): void {
  const isLittleEndian = random.next() < 0.5;
  for (let index = 0; index < byteLength && at + index < bytes.length; index += 1) {
    bytes[at + index] = Math.floor(value / 256 ** (isLittleEndian ? index : byteLength - 1 - index));
  }
}

function splice(
  bytes: Uint8Array,
  { at, removed, added }: { readonly at: number; readonly removed: number; readonly added?: Uint8Array },
): Uint8Array {
  const behind = bytes.subarray(at + removed);
  const between = added ?? new Uint8Array(0);
  const spliced = new Uint8Array(at + between.length + behind.length);
  spliced.set(bytes.subarray(0, at));
  spliced.set(between, at);
  spliced.set(behind, at + between.length);
  return spliced;
}

/** Repeats a run once or, if it is short, many times. */
function repeat(random: Random, bytes: Uint8Array, at: number): Uint8Array {
  const run = bytes.subarray(at, at + random.integer(1, 100));
  const times = random.next() < 0.1 ? 200 : 1;
  const added = new Uint8Array(run.length * times);
  for (let time = 0; time < times; time += 1) added.set(run, time * run.length);
  return splice(bytes, { at, removed: 0, added });
}

function moveBlock(random: Random, bytes: Uint8Array, at: number): void {
  const from = random.integer(0, bytes.length - 1);
  bytes.copyWithin(at, from, from + random.integer(1, 64));
}

/** Puts a block of another file in, or goes on with the rest of it. */
function mix(random: Random, bytes: Uint8Array, { at, others }: Place): Uint8Array {
  const other = random.pick(others);
  const from = random.integer(0, Math.max(0, other.length - 1));
  if (random.next() < 0.3) return splice(bytes, { at, removed: bytes.length, added: other.subarray(from) });
  const block = other.subarray(from, from + random.integer(1, 200));
  return splice(bytes, { at, removed: block.length, added: block });
}
