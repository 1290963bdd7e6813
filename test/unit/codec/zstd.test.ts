import { constants, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { concatenate } from "../../../src/bytes.ts";
import { inflateZstd } from "../../../src/codec/zstd.ts";
import { codeOf } from "../../support/code-of.ts";
import { openRandom } from "../../support/random.ts";

const random = openRandom(31);
const content = Uint8Array.from({ length: 200_000 }, (_, index) => ((index >> 6) + random.integer(0, 9)) & 255);

function compress(bytes: Uint8Array, params: Readonly<Record<number, number>> = {}): Uint8Array {
  return zstdCompressSync(bytes, { params: { ...params } });
}

/** Says whether two arrays hold the same bytes, sooner than toEqual finds out. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** A frame of one block, with the header given. Source: RFC 8878, 3.1.1. */
function frameOf(header: readonly number[], block: readonly number[]): Uint8Array {
  return Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, ...header, ...block);
}

/** The last block: `count` times one byte. */
function repeated(byte: number, count: number): number[] {
  const header = 1 | (1 << 1) | (count << 3);
  return [header & 255, (header >> 8) & 255, header >> 16, byte];
}

describe("a ZSTD frame", () => {
  it.each([1, 3, 9, 19, 22])("of level %i returns what was compressed, with and without its checksum", (level) => {
    for (const checksum of [0, 1]) {
      const frame = compress(content, {
        [constants.ZSTD_c_compressionLevel]: level,
        [constants.ZSTD_c_checksumFlag]: checksum,
      });
      expect(isSame(inflateZstd(frame, content.length), content)).toBe(true);
    }
  });

  it.each([10, 17, 27])("with a window of 2^%i bytes and no content size is read", (windowLog) => {
    const frame = compress(content, {
      [constants.ZSTD_c_windowLog]: windowLog,
      [constants.ZSTD_c_contentSizeFlag]: 0,
    });
    expect(isSame(inflateZstd(frame, content.length), content)).toBe(true);
  });

  it.each([0, 1, 100, 255, 256, 70_000])("of %i bytes is read with any length of its content size", (length) => {
    const part = content.subarray(0, length);
    expect(isSame(inflateZstd(compress(part), length), part)).toBe(true);
  });

  it("that holds more than requested returns the first bytes, one that holds fewer returns those", () => {
    const frame = compress(content);
    expect(isSame(inflateZstd(frame, 150_000), content.subarray(0, 150_000))).toBe(true);
    expect(isSame(inflateZstd(frame, 300_000), content)).toBe(true);
  });

  it("is read on its own, whatever follows it", () => {
    const frame = compress(content);
    expect(isSame(inflateZstd(concatenate([frame, frame]), 400_000), content)).toBe(true);
    expect(isSame(inflateZstd(concatenate([frame, new Uint8Array(9)]), content.length), content)).toBe(true);
  });

  it("is read without its checksum, which may be wrong or cut off", () => {
    const frame = compress(content, { [constants.ZSTD_c_checksumFlag]: 1 });
    for (const changed of [frame.with(-1, frame.at(-1)! ^ 1), frame.subarray(0, -2), frame.subarray(0, -4)]) {
      expect(isSame(inflateZstd(changed, content.length), content)).toBe(true);
    }
  });

  it("that claims a window of 3.75 TiB is read within the bytes asked for", () => {
    const frame = frameOf([0, 0xff], repeated(7, 1000));
    expect(inflateZstd(frame, 1000)).toEqual(new Uint8Array(1000).fill(7));
  });
});

describe("a ZSTD frame that is cut off", () => {
  it("gives its whole blocks", () => {
    const frame = compress(content);
    for (const missing of [1, 4, 5, 100, 5000]) {
      const inflated = inflateZstd(frame.subarray(0, -missing), content.length);
      expect(inflated.byteLength).toBe(1 << 17);
      expect(isSame(inflated, content.subarray(0, 1 << 17))).toBe(true);
    }
  });
});

describe("a ZSTD frame is refused", () => {
  const refusal = (bytes: Uint8Array, byteLength = content.length) => codeOf(() => inflateZstd(bytes, byteLength));

  it("when it claims far more content than is asked for", () => {
    const claim = [0xe0, 0, 0, 0, 0, 0, 1, 0, 0];
    expect(refusal(frameOf(claim, repeated(7, 1000)), 1000)).toBe("source-malformed");
  });

  it("when it inflates without end", () => {
    expect(refusal(compress(new Uint8Array(64 << 20), { [constants.ZSTD_c_contentSizeFlag]: 0 }))).toBe(
      "source-malformed",
    );
  });

  it("when it needs a dictionary", () => {
    expect(refusal(frameOf([0x21, 9, 10], repeated(7, 10)), 10)).toBe("source-unsupported");
  });

  it("cut off anywhere in its first block", () => {
    const frame = compress(content.subarray(0, 3000));
    const codes = Array.from(frame, (_, length) => refusal(frame.subarray(0, length), 3000));
    expect(new Set(codes)).toEqual(new Set(["source-malformed"]));
  });

  it("changed anywhere, as malformed or unsupported and as nothing else", () => {
    const frames = [compress(content.subarray(0, 3000)), compress(content.subarray(0, 900).fill(3, 100, 700))];
    const codes = new Set<string>();
    for (let run = 0; run < 4000; run += 1) {
      const frame = Uint8Array.from(random.pick(frames));
      for (let left = random.integer(1, 4); left > 0; left -= 1) {
        // Half of the damage goes to the headers.
        const last = random.next() < 0.5 ? 30 : frame.length - 1;
        frame[random.integer(4, last)] = random.integer(0, 255);
      }
      codes.add(refusal(frame, 3000));
    }
    expect([...codes].filter((code) => !["none", "source-malformed", "source-unsupported"].includes(code))).toEqual([]);
    expect(codes.has("source-malformed")).toBe(true);
  });
});
