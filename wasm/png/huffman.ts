// Huffman codes of limited length, and the tables for writing symbols. Source: RFC 1951 section 3.2.2.
import { writeBits } from "./bits";

const symbolMask: u32 = 511;

/** Leaves, rarest first, as `count << 9 | symbol`; then weights and parents, later depths, of leaves and inner nodes. */
const leaves = memory.data(1280, 16);
const weights = memory.data(2560, 16);
const parents = memory.data(2560, 16);
/** The number of codes of each length, and the next code. */
const lengthCounts = memory.data(64, 16);
const nextCodes = memory.data(64, 16);

/**
 * Writes the length of every symbol's code, 0 for those that `counts` says never occur, at most `limit`. `counts` are
 * below 2^23, and at least two must be above 0: missing ones are set to 1, because a code with fewer symbols has unused
 * words, which not every decoder accepts.
 */
export function buildLengths(counts: usize, symbolCount: usize, limit: i32, lengths: usize): void {
  memory.fill(lengths, 0, symbolCount);
  const count = sortLeaves(counts, symbolCount);
  joinNodes(count);
  countDepths(count, limit);
  limitLengths(limit);
  // The rarest get the longest codes.
  let leaf = leaves;
  for (let length = limit; length > 0; length--) {
    for (let rest = load<u32>(lengthCounts + (length << 2)); rest > 0; rest--) {
      store<u8>(lengths + (load<u32>(leaf) & symbolMask), length);
      leaf += 4;
    }
  }
}

/** Lists the symbols that occur by their counts, rarest first; returns their number. */
function sortLeaves(counts: usize, symbolCount: usize): usize {
  let end = leaves;
  for (let symbol: usize = 0; symbol < symbolCount; symbol++) {
    const count = load<u32>(counts + (symbol << 2));
    if (count == 0) continue;
    store<u32>(end, (count << 9) | <u32>symbol);
    end += 4;
  }
  for (let symbol: usize = 0; end - leaves < 8; symbol++) {
    const count = counts + (symbol << 2);
    if (load<u32>(count) != 0) continue;
    store<u32>(count, 1);
    store<u32>(end, (1 << 9) | <u32>symbol);
    end += 4;
  }
  // Shell's sort: 286 numbers are too many for plain insertion and too few for more.
  for (let gap: usize = 4 * 57; gap > 0; gap = gap == 4 ? 0 : (gap * 4 / 9) & ~3) {
    for (let at = leaves + gap; at < end; at += 4) {
      const leaf = load<u32>(at);
      let to = at;
      while (to >= leaves + gap && load<u32>(to - gap) > leaf) {
        store<u32>(to, load<u32>(to - gap));
        to -= gap;
      }
      store<u32>(to, leaf);
    }
  }
  return (end - leaves) >> 2;
}

/** Joins the two lightest nodes until one is left: leaves and inner nodes are each in order of weight already. */
function joinNodes(count: usize): void {
  for (let leaf: usize = 0; leaf < count; leaf++) store<u32>(weights + (leaf << 2), load<u32>(leaves + (leaf << 2)) >>> 9);
  let leaf: usize = 0;
  let inner = count;
  for (let made = count; made < 2 * count - 1; made++) {
    let weight: u32 = 0;
    for (let half = 0; half < 2; half++) {
      const isLeaf =
        leaf < count && (inner == made || load<u32>(weights + (leaf << 2)) <= load<u32>(weights + (inner << 2)));
      const node = isLeaf ? leaf++ : inner++;
      weight += load<u32>(weights + (node << 2));
      store<u32>(parents + (node << 2), <u32>made);
    }
    store<u32>(weights + (made << 2), weight);
  }
}

/** Counts the leaves at each depth; those below `limit` are counted at it. */
function countDepths(count: usize, limit: i32): void {
  memory.fill(lengthCounts, 0, 64);
  let at = parents + ((2 * count - 2) << 2);
  store<u32>(at, 0);
  while (at > parents) {
    at -= 4;
    const depth = load<u32>(parents + (load<u32>(at) << 2)) + 1;
    store<u32>(at, depth);
    if (at >= parents + (count << 2)) continue;
    const counted = lengthCounts + (min<u32>(depth, limit) << 2);
    store<u32>(counted, load<u32>(counted) + 1);
  }
}

/**
 * Makes room for the leaves that were lifted up to `limit`: each pass pairs one of them with a shorter code, both one
 * longer than that was, which frees one word. A lifted leaf takes less than one word too many, so there are always
 * enough of them.
 */
function limitLengths(limit: i32): void {
  let words: u32 = 0;
  for (let length = 1; length <= limit; length++) words += load<u32>(lengthCounts + (length << 2)) << (limit - length);
  for (; words > <u32>1 << limit; words--) {
    let shorter = lengthCounts + ((limit - 1) << 2);
    while (load<u32>(shorter) == 0) shorter -= 4;
    const longest = lengthCounts + (limit << 2);
    store<u32>(longest, load<u32>(longest) - 1);
    store<u32>(shorter, load<u32>(shorter) - 1);
    store<u32>(shorter, load<u32>(shorter, 4) + 2, 4);
  }
}

/** Writes `code << 5 | length` for every symbol, the first bit of the code lowest, as it is sent. */
export function buildCodes(lengths: usize, symbolCount: usize, codes: usize): void {
  memory.fill(lengthCounts, 0, 64);
  for (let symbol: usize = 0; symbol < symbolCount; symbol++) {
    const counted = lengthCounts + (<usize>load<u8>(lengths + symbol) << 2);
    store<u32>(counted, load<u32>(counted) + 1);
  }
  store<u32>(lengthCounts, 0);
  let next: u32 = 0;
  for (let length: usize = 1; length < 16; length++) {
    next = (next + load<u32>(lengthCounts + ((length - 1) << 2))) << 1;
    store<u32>(nextCodes + (length << 2), next);
  }
  for (let symbol: usize = 0; symbol < symbolCount; symbol++) {
    const length = <u32>load<u8>(lengths + symbol);
    const code = load<u32>(nextCodes + (length << 2));
    store<u32>(nextCodes + (length << 2), code + 1);
    store<u32>(codes + (symbol << 2), length == 0 ? 0 : ((turnBits(code) >>> (16 - length)) << 5) | length);
  }
}

/** Reverses 16 bits. */
// @ts-ignore: decorator
@inline
function turnBits(bits: u32): u32 {
  let turned = ((bits & 0x5555) << 1) | ((bits >>> 1) & 0x5555);
  turned = ((turned & 0x3333) << 2) | ((turned >>> 2) & 0x3333);
  turned = ((turned & 0x0f0f) << 4) | ((turned >>> 4) & 0x0f0f);
  return ((turned & 0xff) << 8) | (turned >>> 8);
}

/** Returns the total number of bits of the counted symbols with codes of these lengths. */
export function weighLengths(counts: usize, lengths: usize, symbolCount: usize): u32 {
  let bits: u32 = 0;
  for (let symbol: usize = 0; symbol < symbolCount; symbol++) {
    bits += load<u32>(counts + (symbol << 2)) * load<u8>(lengths + symbol);
  }
  return bits;
}

/** Counts a symbol. */
// @ts-ignore: decorator
@inline
export function countSymbol(counts: usize, symbol: u32): void {
  const counted = counts + (<usize>symbol << 2);
  store<u32>(counted, load<u32>(counted) + 1);
}

/** Writes one symbol by its code. */
export function writeSymbol(codes: usize, symbol: u32): void {
  const code = load<u32>(codes + (<usize>symbol << 2));
  writeBits(code >>> 5, code & 31);
}
