import { describe, expect, it } from "vitest";
import { concatenate } from "../../../src/bytes.ts";
import { spliceWebp } from "../../../src/codec/webp-splice.ts";
import { formatChunk, formatFile, readChunks } from "../../../src/webp/chunks.ts";
import { codeOf } from "../../support/code-of.ts";

const bytesOf = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => index + 1);
const chunks = [0, 1, 2, 7].map((length) => ({ type: `ab${length} `, data: bytesOf(length) }));
const file = concatenate(formatFile(chunks.flatMap(({ type, data }) => formatChunk(type, [data]))));

describe("the chunks of a WebP", () => {
  it("come out as they went in, those of odd lengths padded", () => {
    expect(file.byteLength).toBe(12 + 4 * 8 + 0 + 2 + 2 + 8);
    expect(new DataView(file.buffer).getUint32(4, true)).toBe(file.byteLength - 8);
    expect([...readChunks(file)]).toEqual(chunks);
  });

  it("may be of data in pieces", () => {
    const whole = concatenate(formatChunk("abcd", [bytesOf(7)]));
    expect(concatenate(formatChunk("abcd", [bytesOf(3), bytesOf(7).subarray(3)]))).toEqual(whole);
  });

  it("are read without the padding of the last, and as far as they are asked for", () => {
    expect([...readChunks(file.subarray(0, -1))]).toEqual(chunks);
    const cut = file.subarray(0, -2);
    const walk = readChunks(cut);
    expect([walk.next().value, walk.next().value, walk.next().value]).toEqual(chunks.slice(0, 3));
    expect(codeOf(() => walk.next())).toBe("source-malformed");
  });

  it("are followed by anything too short for a head", () => {
    expect([...readChunks(concatenate([file, new Uint8Array(7)]))]).toEqual(chunks);
    expect([...readChunks(concatenate([file, new Uint8Array(8)]))]).toHaveLength(chunks.length + 1);
  });

  it("are those of a WebP alone", () => {
    for (const at of [0, 3, 8, 11]) {
      const other = file.slice();
      other[at]! ^= 1;
      expect(codeOf(() => readChunks(other).next())).toBe("source-malformed");
    }
  });
});

describe("a stored tile without its padding", () => {
  it("is given it", () => {
    const frame = Uint8Array.of(0, 0, 0, 0x9d, 0x01, 0x2a, 33, 0, 20, 0, 7);
    const tile = concatenate(formatFile(formatChunk("VP8 ", [frame])));
    for (const stored of [tile, tile.subarray(0, -1)]) {
      expect(spliceWebp(stored, { width: 33, height: 20 })).toEqual(tile);
    }
  });
});
