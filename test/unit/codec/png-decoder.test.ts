import { deflateSync } from "node:zlib";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { concatenate } from "../../../src/bytes.ts";
import { formatChunk } from "../../../src/codec/png/chunk.ts";
import { decodePng } from "../../../src/codec/png/decoder.ts";
import { ImageError } from "../../../src/error.ts";
import { openTestKernel } from "../../support/kernel.ts";
import { type PngParts, writePng } from "../../support/png-writer.ts";
import { openRandom } from "../../support/random.ts";

const kernel = openTestKernel(8 << 20);

/** Decodes to rows without padding, and tells how they came. */
async function decode(bytes: Uint8Array, size: { readonly width: number; readonly height: number }, rowBytes: number) {
  const decoded = new Uint8Array(rowBytes * size.height);
  const batches: number[] = [];
  let read = 0;
  for (const { pointer, stride, first, count } of decodePng(kernel, { bytes, size, rowsAtOnce: 120 })) {
    batches.push(count);
    for (let row = 0; row < count; row += 1) {
      const start = pointer + row * stride;
      decoded.set(kernel.bytes.subarray(start, start + rowBytes), (first + row) * rowBytes);
    }
    read = first + count;
  }
  return { decoded, batches, read };
}

/** The code that decoding is refused with; any other fault is the test's. */
async function refusal(bytes: Uint8Array, size = { width: 3, height: 2 }): Promise<string> {
  const mark = kernel.mark();
  try {
    for (const _ of decodePng(kernel, { bytes, size, rowsAtOnce: 120 }));
    return "none";
  } catch (error) {
    if (error instanceof ImageError) return error.code;
    throw error;
  } finally {
    expect(kernel.mark()).toBe(mark);
  }
}

const rows = [0, 1, 2, 3, 0, 4, 5, 6];
const gray: PngParts = { width: 3, height: 2, bitDepth: 8, colorType: 0, rows };

describe("a PNG", () => {
  const random = openRandom(5);
  const width = 151;
  const height = 97;
  const samples = Uint8Array.from(
    { length: width * height * 4 },
    (_, index) => (index / 9 + random.integer(0, 20)) & 255,
  );

  it.each([1, 2, 3, 4] as const)("of %i samples a pixel comes out as it went in", async (channels) => {
    const raw = samples.subarray(0, width * height * channels);
    for (const adaptiveFiltering of [true, false]) {
      const image = sharp(raw, { raw: { width, height, channels } });
      const png = await image
        .toColourspace(channels < 3 ? "b-w" : "srgb")
        .png({ adaptiveFiltering })
        .toBuffer();
      const { decoded } = await decode(png, { width, height }, width * channels);
      expect(decoded).toEqual(raw);
    }
  });

  it("of 16 bits a sample has the high byte of each first", async () => {
    const words = Uint16Array.from({ length: width * height * 3 }, (_, index) => (index * 257 + (index >> 5)) & 65_535);
    const png = await sharp(words, { raw: { width, height, channels: 3 } })
      .toColourspace("rgb16")
      .png()
      .toBuffer();
    const { decoded } = await decode(png, { width, height }, width * 6);
    const view = new DataView(decoded.buffer);
    expect(Uint16Array.from(words, (_, index) => view.getUint16(2 * index))).toEqual(words);
  });

  it.each([1, 2, 4])("of %i bits keeps its pixels packed", async (bitDepth) => {
    const packed = Uint8Array.from([0, 0b10110010, 0b01000000, 2, 0b00000001, 0b10000000]);
    const narrow = { width: 16 / bitDepth - 1, height: 2 };
    const png = writePng({ ...narrow, bitDepth, colorType: 0, rows: packed });
    const { decoded } = await decode(png, narrow, 2);
    expect([...decoded]).toEqual([0b10110010, 0b01000000, 0b10110011, 0b11000000]);
  });

  it("comes in batches that cover its rows once, for any size of its chunks", async () => {
    const tall = { width: 1000, height: 700 };
    const filtered = new Uint8Array(1001 * 700).map((_, index) => (index % 1001 === 0 ? 2 : index & 3));
    const sums = new Uint8Array(1000 * 700);
    for (let at = 0; at < sums.length; at += 1) {
      sums[at] = (sums[at - 1000] ?? 0) + filtered[at + Math.floor(at / 1000) + 1]!;
    }
    for (const dataBytes of [97, 1 << 20]) {
      const png = writePng({ ...tall, bitDepth: 8, colorType: 0, rows: filtered, dataBytes });
      const { decoded, batches } = await decode(png, tall, 1000);
      expect(batches.length).toBeGreaterThan(3);
      expect(batches.reduce((sum, count) => sum + count, 0)).toBe(700);
      expect(Buffer.compare(decoded, sums)).toBe(0);
    }
  });

  it("is decoded however much more its stream holds, and no further than its rows", async () => {
    const bomb = writePng({ ...gray, rows: concatenate([Uint8Array.from(rows), new Uint8Array(64 << 20)]) });
    const before = kernel.memoryBytes;
    expect((await decode(bomb, gray, 3)).decoded).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6));
    expect(kernel.memoryBytes).toBe(before);
  });
});

describe("a PNG that is damaged amid its rows", () => {
  const tall = { width: 40, height: 400 };
  const filtered = Uint8Array.from({ length: 41 * 400 }, (_, at) => (at % 41 === 0 ? 0 : Math.imul(at, 40_503) >> 7));
  const png = (parts: Partial<PngParts> = {}) =>
    writePng({ ...tall, bitDepth: 8, colorType: 0, rows: filtered, ...parts });
  const packed = filtered.filter((_, at) => at % 41 !== 0);

  it("gives the rows before the place where it is cut off", async () => {
    const whole = png({ dataBytes: 900 });
    let most = 0;
    for (let length = 60; length < whole.length; length += 1009) {
      const { read, decoded } = await decode(whole.subarray(0, length), tall, 40);
      expect(read).toBeGreaterThanOrEqual(most);
      expect(Buffer.compare(decoded.subarray(0, 40 * read), packed.subarray(0, 40 * read))).toBe(0);
      most = read;
    }
    expect(most).toBeGreaterThan(200);
  });

  it("gives the rows before the place where its stream ends as it should", async () => {
    for (const [bytes, count] of [
      [41 * 299, 299],
      [filtered.length - 1, 399],
      [41 * 7, 7],
      [0, 0],
    ] as const) {
      const { read, decoded } = await decode(png({ rows: filtered.slice(0, bytes) }), tall, 40);
      expect(read).toBe(count);
      expect(Buffer.compare(decoded.subarray(0, 40 * read), packed.subarray(0, 40 * read))).toBe(0);
    }
  });

  it("gives the rows before one that has no filter there is", async () => {
    const { read, decoded } = await decode(png({ rows: filtered.with(41 * 250, 5) }), tall, 40);
    expect(read).toBe(250);
    expect(Buffer.compare(decoded.subarray(0, 40 * read), packed.subarray(0, 40 * read))).toBe(0);
  });

  it("loses nothing where kernel memory grows while its rows are taken", async () => {
    const fresh = openTestKernel();
    const lines = { width: 40, height: 20_000 };
    const rows = Uint8Array.from({ length: 41 * lines.height }, (_, at) => (at % 41 === 0 ? 0 : at % 251));
    const bytes = writePng({ ...lines, bitDepth: 8, colorType: 0, rows });
    let taken = 0;
    for (const { count } of decodePng(fresh, { bytes, size: lines, rowsAtOnce: 20 })) {
      taken += count;
      const mark = fresh.mark();
      fresh.allocate(fresh.memoryBytes);
      fresh.release(mark);
    }
    expect(taken).toBe(lines.height);
  });

  it("is whole as far as the rows that are needed", async () => {
    const cut = png().subarray(0, 4000);
    const { read } = await decode(cut, tall, 40);
    expect(read).toBeGreaterThan(50);
    const file = { bytes: cut, size: tall, rowsAtOnce: 20, endRow: 50 };
    const passed = Array.from(decodePng(kernel, file), ({ count }) => count);
    expect(passed).toEqual([20, 20, 10]);
  });
});

/** Writes samples of one size in seven passes, without filters. Source: W3C PNG specification, third edition, 8.1. */
function interlace(
  { width, height, bitDepth, colorType }: Omit<PngParts, "rows">,
  bitsOf: (x: number, y: number) => string,
): Uint8Array {
  const starts = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ] as const;
  const rows: number[] = [];
  for (const [left, top, columns, lines] of starts) {
    for (let y = top; y < height && left < width; y += lines) {
      let bits = "";
      for (let x = left; x < width; x += columns) bits += bitsOf(x, y);
      rows.push(0, ...(bits.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, "0"), 2)));
    }
  }
  return writePng({ width, height, bitDepth, colorType, interlace: 1, rows });
}

describe("an interlaced PNG", () => {
  const forms = [
    [1, 0, 1],
    [2, 3, 2],
    [4, 0, 4],
    [8, 0, 8],
    [8, 2, 24],
    [16, 2, 48],
    [16, 6, 64],
  ] as const;

  it.each(forms)(
    "of %i bits in colour type %i comes out as it went in, at any size",
    async (bitDepth, colorType, bits) => {
      const random = openRandom(bits);
      for (const size of [1, 2, 3, 5, 8, 9, 17].flatMap((width) =>
        [1, 2, 4, 7, 33].map((height) => ({ width, height })),
      )) {
        const { width, height } = size;
        const pixels = Array.from({ length: width * height }, () =>
          Array.from({ length: bits }, () => random.integer(0, 1)).join(""),
        );
        const png = interlace({ ...size, bitDepth, colorType }, (x, y) => pixels[y * width + x]!);
        const rowBytes = Math.ceil((width * bits) / 8);
        const expected = Array.from({ length: height }, (_, y) =>
          pixels
            .slice(y * width, (y + 1) * width)
            .join("")
            .padEnd(8 * rowBytes, "0"),
        ).join("");
        const { decoded } = await decode(png, size, rowBytes);
        expect([...decoded].map((byte) => byte.toString(2).padStart(8, "0")).join("")).toBe(expected);
      }
    },
  );

  it("with filters comes out as it went in", async () => {
    const random = openRandom(2);
    const [width, height] = [151, 97];
    const raw = Uint8Array.from({ length: width * height * 3 }, (_, at) => (at / 9 + random.integer(0, 20)) & 255);
    const image = sharp(raw, { raw: { width, height, channels: 3 } });
    const png = await image.png({ progressive: true, adaptiveFiltering: true }).toBuffer();
    const { decoded, batches } = await decode(png, { width, height }, width * 3);
    expect(decoded).toEqual(raw);
    expect(batches).toEqual([97]);
  });

  it("that is cut off gives the rows that all passes brought, and no more", async () => {
    const random = openRandom(7);
    const size = { width: 64, height: 64 };
    const pixels = Array.from({ length: 64 * 64 }, () => random.integer(0, 255));
    const bitsOf = (x: number, y: number) => pixels[y * 64 + x]!.toString(2).padStart(8, "0");
    const png = interlace({ ...size, bitDepth: 8, colorType: 0 }, bitsOf);
    // Half of the samples are in the last pass.
    const { decoded, read } = await decode(png.subarray(0, Math.floor(png.length * 0.8)), size, 64);
    expect(read).toBeGreaterThan(20);
    expect(read).toBeLessThan(60);
    expect([...decoded.subarray(0, read * 64)]).toEqual(pixels.slice(0, read * 64));
    // Cut off in the sixth, whose first row is all that the first row lacked.
    expect((await decode(png.subarray(0, Math.floor(png.length * 0.3)), size, 64)).read).toBe(1);
    expect((await decode(png.subarray(0, Math.floor(png.length * 0.2)), size, 64)).read).toBe(0);
  });

  it("is refused where its samples are more than there is room for", async () => {
    const size = { width: 3000, height: 3000 };
    expect(await refusal(writePng({ ...gray, ...size, colorType: 6, interlace: 1 }), size)).toBe("render-memory");
  });
});

describe("a PNG is refused", () => {
  it.each([
    ["a palette of 16 bits", { bitDepth: 16, colorType: 3 }],
    ["RGB of 4 bits", { bitDepth: 4, colorType: 2 }],
    ["3 bits", { bitDepth: 3, colorType: 0 }],
    ["a colour type between the known", { bitDepth: 8, colorType: 1 }],
    ["a colour type above the known", { bitDepth: 8, colorType: 7 }],
    ["an unknown interlacing", { interlace: 2 }],
    ["no width", { width: 0 }],
    ["a height above 2^31 - 1", { height: 2 ** 31 }],
  ])("for %s", async (_, change) => {
    const { width, height } = { ...gray, ...change };
    expect(await refusal(writePng({ ...gray, ...change }), { width, height })).toBe("source-malformed");
  });

  it("when its header was changed, its dimensions are unexpected, or it is not a PNG", async () => {
    const changed = writePng(gray);
    changed[19] = 4;
    expect(await refusal(changed, { width: 4, height: 2 })).toBe("source-malformed");
    expect(await refusal(writePng(gray), { width: 4, height: 2 })).toBe("source-malformed");
    expect(await refusal(new Uint8Array(100))).toBe("source-malformed");
  });

  it("above the limit of pixels before anything is allocated", async () => {
    const size = { width: 8192, height: 8193 };
    const before = kernel.memoryBytes;
    expect(await refusal(writePng({ ...gray, ...size }), size)).toBe("render-too-costly");
    const long = { width: 1 << 26, height: 1 };
    expect(await refusal(writePng({ ...gray, ...long }), long)).toBe("render-memory");
    expect(kernel.memoryBytes).toBe(before);
  });

  it("where its chunks lead nowhere", async () => {
    const bytes = writePng(gray);
    const dataAt = 33;
    new DataView(bytes.buffer).setUint32(dataAt, 0x7fffffff);
    expect(await refusal(bytes)).toBe("none");
    new DataView(bytes.buffer).setUint32(dataAt, 0xffffffff);
    expect(await refusal(bytes)).toBe("source-malformed");
    expect(await refusal(writePng({ ...gray, chunks: [formatChunk("a\0cd")] }))).toBe("source-malformed");
  });

  it("cut off anywhere, changed anywhere, and never by anything but an ImageError", { tags: "slow" }, async () => {
    const filtered = Uint8Array.from({ length: 40 * 31 }, (_, index) =>
      index % 31 === 0 ? (index / 31) % 5 : index & 255,
    );
    const size = { width: 10, height: 40 };
    const png = writePng({ ...size, bitDepth: 8, colorType: 2, rows: filtered, dataBytes: 50 });
    const codes = new Set<string>();
    for (let length = 0; length < png.byteLength - 30; length += 3) {
      expect(await refusal(png.subarray(0, length), size)).toBe(length < 33 ? "source-malformed" : "none");
    }
    const random = openRandom(9);
    for (let run = 0; run < 1500; run += 1) {
      const mutated = Uint8Array.from(png);
      for (let left = random.integer(1, 4); left > 0; left -= 1) {
        mutated[random.integer(0, png.byteLength - 1)] = random.integer(0, 255);
      }
      codes.add(await refusal(mutated, size));
    }
    expect([...codes].filter((code) => !["none", "source-malformed", "source-unsupported"].includes(code))).toEqual([]);
    expect(codes.has("source-malformed")).toBe(true);
  });

  it("for a stream that is not one of zlib", async () => {
    const bytes = writePng(gray);
    const stream = deflateSync(Uint8Array.from(rows));
    bytes.fill(0x55, 41, 41 + stream.length);
    expect((await decode(bytes, { width: 3, height: 2 }, 3)).read).toBe(0);
  });
});
