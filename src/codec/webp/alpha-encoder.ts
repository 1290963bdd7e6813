import { ImageError } from "../../error.ts";
import type { Size } from "../../geometry.ts";
import type { Kernel } from "../../raster/kernel.ts";
import type { Plane } from "../../raster/raster.ts";
import { planPrefixCode } from "./prefix-code.ts";

/** The alpha of a picture being encoded. */
export interface AlphaEncoder {
  /** Encodes the next rows, and keeps what they become. Throws `render-memory` when more would be kept than may be. */
  write(rows: Plane): void;
  /** Returns the content of the chunk ALPH. */
  finish(): Uint8Array;
}

/** The longest run of one copy. Source: RFC 9649 §3.5.2. */
const longestCopy = 4096;
/** Runs of fewer samples are written one by one: a copy takes about as many bits. */
const shortestCopy = 3;

/** What is kept of each copy: that it is one, whether it is of the sample beside or of those above, and one less than its length. */
const copyFlag = 0x8000;
const besideFlag = 0x4000;

/** Samples and lengths of copies share an alphabet, of 256 and 24 symbols. */
const literals = 256;
const symbolCount = literals + 24;
const longestCode = 15;

/** What the stream takes at most next to its samples and copies, and each of those as it is kept and as it is written. */
const headBytes = 512;
const bytesOfToken = { kept: 2, written: 4 } as const;

/** Samples and copies that any picture may come to, beyond one in eight pixels. */
const usualTokens = 1 << 20;

/** The alpha of a picture: its own, or that of a canvas beside an opaque picture, which lies along the edges of both. */
export interface AlphaForm extends Size {
  readonly isOwn: boolean;
}

/** Returns how many samples and copies an alpha may come to: most that are a picture's own are masks and soft edges. */
function mostTokens({ width, height, isOwn }: AlphaForm): number {
  const pixels = width * height;
  return isOwn ? Math.min(pixels, usualTokens + Math.ceil(pixels / 8)) : 1024 + 16 * (width + height);
}

/** Returns what is kept of an alpha until it is complete, and the bytes that it becomes. */
export function alphaKeptBytes(form: AlphaForm): number {
  return headBytes + mostTokens(form) * (bytesOfToken.kept + bytesOfToken.written) + form.width;
}

/**
 * Begins an alpha, which is encoded without loss: samples, and copies of what is beside or above, for whose codes all of them
 * are counted first. Where it is the picture's own these are the differences of neighbours, which soft edges have few of.
 * Source: RFC 9649 §2.7.1.2 and §3.
 */
export function createAlphaEncoder(kernel: Kernel, form: AlphaForm): AlphaEncoder {
  const { width, isOwn: isFiltered } = form;
  const tokens = new Uint16Array(mostTokens(form));
  const counts = new Uint32Array(symbolCount);
  let count = 0;

  const keep = (token: number): void => {
    if (count === tokens.length) {
      throw new ImageError("render-memory", "The alpha of this WebP takes more memory than one rendering may use.", {
        hint: "Ask for a smaller size or region, or for png.",
        detail: `more than ${tokens.length} samples and copies`,
      });
    }
    tokens[count] = token;
    count += 1;
    counts[symbolOf(token)]! += 1;
  };

  /** Goes on with a copy that came to the end of the row above. Returns how many samples it has of this row. */
  const extendCopy = (around: Around): number => {
    const token = count === 0 ? 0 : tokens[count - 1]!;
    if (token < copyFlag) return 0;
    const isBeside = (token & besideFlag) !== 0;
    const length = runOf(around, 0, isBeside, longestCopy - copyLength(token));
    count -= 1;
    counts[symbolOf(token)]! -= 1;
    keep(token + length);
    return length;
  };

  /** Keeps what stands for the samples of a row from `x` on. Returns how many it stands for. */
  const addToken = (around: Around, x: number): number => {
    const [above, beside] = [runOf(around, x, false, longestCopy), runOf(around, x, true, longestCopy)];
    const length = Math.max(above, beside);
    if (length < shortestCopy) {
      keep(around.row[x]!);
      return 1;
    }
    keep(copyFlag | (beside > above ? besideFlag : 0) | (length - 1));
    return length;
  };

  let above: Uint8Array | undefined;
  let firstAbove = 0;
  return {
    write({ pointer, stride, height: rows }) {
      for (let y = 0; y < rows; y += 1) {
        const from = pointer + y * stride;
        const row = kernel.bytes.slice(from, from + width);
        const [first = 0] = row;
        if (isFiltered) filterRow(row, firstAbove);
        firstAbove = first;
        const around = { row, above };
        for (let x = extendCopy(around); x < width; ) x += addToken(around, x);
        above = row;
      }
    },
    finish() {
      const bits = new BitWriter(headBytes + count * bytesOfToken.written);
      const compressed = 1;
      bits.put(compressed | ((isFiltered ? 1 : 0) << 2), 8);
      const transforms = 0;
      const colorCache = 0;
      const codesByPlace = 0;
      bits.put(transforms | colorCache | codesByPlace, 3);
      // A code takes two symbols.
      for (const symbol of [0, 255]) counts[symbol] = Math.max(counts[symbol]!, 1);
      const { lengths, bits: codes } = planPrefixCode(counts, longestCode);
      putCode(bits, lengths);
      // Red, blue and alpha have one symbol, 0. Distances have two, each of a bit: 0 for above, 1 for beside.
      for (let sample = 0; sample < 3; sample += 1) bits.put(0b0001, 4);
      bits.put(0b0011, 4);
      bits.put(1, 8);
      for (const token of tokens.subarray(0, count)) {
        const symbol = symbolOf(token);
        bits.put(codes[symbol]!, lengths[symbol]!);
        if (token < copyFlag) continue;
        const { extra, extraBits } = lengthCode(copyLength(token));
        bits.put(extra, extraBits);
        bits.put(token & besideFlag ? 1 : 0, 1);
      }
      return bits.finish();
    },
  };
}

/** Leaves of each sample what it differs by from the one to its left, of the first from the one above it. Source: RFC 9649 §2.7.1.2. */
function filterRow(row: Uint8Array, firstAbove: number): void {
  for (let x = row.length - 1; x > 0; x -= 1) row[x]! -= row[x - 1]!;
  row[0]! -= firstAbove;
}

/** A row, and the one before it if there is one. */
interface Around {
  readonly row: Uint8Array;
  readonly above: Uint8Array | undefined;
}

/** Returns how many samples of a row from `x` on, `most` of them or fewer, are each as the one beside it, or above it. */
function runOf({ row, above }: Around, x: number, isBeside: boolean, most: number): number {
  const end = Math.min(row.length, x + most);
  let at = x;
  if (isBeside) {
    const beside = x > 0 ? row[x - 1] : above?.at(-1);
    while (at < end && row[at] === beside) at += 1;
  } else if (above !== undefined) {
    while (at < end && row[at] === above[at]) at += 1;
  }
  return at - x;
}

function copyLength(token: number): number {
  return (token & (besideFlag - 1)) + 1;
}

function symbolOf(token: number): number {
  return token < copyFlag ? token : literals + lengthCode(copyLength(token)).prefix;
}

/** What stands for a length: a prefix, and more bits of it from 5 on. Source: RFC 9649 §4.2.2. */
function lengthCode(length: number): { readonly prefix: number; readonly extra: number; readonly extraBits: number } {
  const rest = length - 1;
  if (rest < 4) return { prefix: rest, extra: 0, extraBits: 0 };
  const extraBits = 30 - Math.clz32(rest);
  return { prefix: 2 * extraBits + (rest >> extraBits), extra: rest & ((1 << extraBits) - 1), extraBits };
}

/** The order in which the lengths of the codes of lengths stand. Source: RFC 9649 §3.7.2.1.2. */
const lengthOrder = [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15] as const;
const longestLengthCode = 7;

/** Writes the lengths of the codes of an alphabet, which are of two values at least, each by a code of its own. */
function putCode(bits: BitWriter, lengths: Uint8Array): void {
  const counts = new Uint32Array(lengthOrder.length);
  for (const length of lengths) counts[length]! += 1;
  const { lengths: codeLengths, bits: codes } = planPrefixCode(counts, longestLengthCode);
  const isSimple = 0;
  bits.put(isSimple, 1);
  bits.put(lengthOrder.length - 4, 4);
  for (const length of lengthOrder) bits.put(codeLengths[length]!, 3);
  const endsEarly = 0;
  bits.put(endsEarly, 1);
  for (const length of lengths) bits.put(codes[length]!, codeLengths[length]!);
}

/** Bits, the first of which is the lowest of the first byte. */
class BitWriter {
  readonly #bytes: Uint8Array;
  #at = 0;
  #value = 0;
  #count = 0;

  constructor(mostBytes: number) {
    this.#bytes = new Uint8Array(mostBytes);
  }

  /** Writes up to 16 bits, the lowest first. */
  put(value: number, count: number): void {
    this.#value |= value << this.#count;
    this.#count += count;
    for (; this.#count >= 8; this.#count -= 8) {
      this.#bytes[this.#at] = this.#value;
      this.#at += 1;
      this.#value >>>= 8;
    }
  }

  finish(): Uint8Array {
    this.put(0, 7);
    return this.#bytes.subarray(0, this.#at);
  }
}
