import { constants, deflateRawSync, deflateSync, zstdCompressSync } from "node:zlib";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { concatenate } from "../../src/bytes.ts";
import { formatChunk } from "../../src/codec/png/chunk.ts";
import { openJpeg2000Writer } from "../support/jpeg2000-writer.ts";
import { writeLzw } from "../support/lzw-writer.ts";
import { makeTiff, type TiffOptions } from "../support/make-tiff.ts";
import { utf8 } from "../support/make-xmp.ts";
import { writePng } from "../support/png-writer.ts";
import { type Attempt, attempt } from "./attempt.ts";

const side = 64;
const tileBytes = side * side * 3;

/** What may be held more than before a bomb, where one that goes off holds hundreds of megabytes. */
const spareBytes = 96 << 20;

/** Returns a zlib stream of zeros of about 1 MB each time, of which 1 KB is stored, without an end. */
function deflateBomb(times: number): Uint8Array {
  const part = deflateRawSync(new Uint8Array(1 << 20), { finishFlush: constants.Z_SYNC_FLUSH });
  return concatenate([Uint8Array.of(0x78, 0x9c), ...Array.from({ length: times }, () => part)]);
}

async function attemptTiles(chunk: Uint8Array, form: Partial<TiffOptions>): Promise<Attempt> {
  return attempt(await makeTiff({ width: side, height: side, tile: side, tileBytes: () => chunk, ...form }));
}

/** Attempts a file and tells how much more memory the process has held for it than ever before. */
async function measure(run: () => Promise<Attempt>): Promise<Attempt & { readonly grownBytes: number }> {
  const before = process.resourceUsage().maxRSS;
  const result = await run();
  return { ...result, grownBytes: (process.resourceUsage().maxRSS - before) * 1024 };
}

beforeAll(async () => {
  // What is compiled and allocated once is no bomb's doing.
  await attemptTiles(deflateSync(new Uint8Array(tileBytes)), { compression: "deflate" });
  await attempt(writePng({ width: 9, height: 9, bitDepth: 8, colorType: 2, rows: new Uint8Array(28 * 9) }));
});

describe("tiles that are more than they should be", () => {
  it("are inflated as far as the tile goes: a megabyte that holds a gigabyte", async () => {
    const bomb = deflateBomb(1024);
    const result = await measure(() => attemptTiles(bomb, { compression: "deflate" }));
    expect(result.code).toBe("none");
    expect(result.kernelBytes).toBeLessThanOrEqual(result.plannedBytes);
    expect(result.grownBytes).toBeLessThan(spareBytes);
  });

  it("are decoded as far as the tile goes: LZW and PackBits of 30 times its size", async () => {
    const more = new Uint8Array(30 * tileBytes);
    const packBits = Uint8Array.from({ length: 60_000 }, (_, at) => (at % 2 === 0 ? 0x81 : 7));
    for (const [compression, chunk] of [["lzw", writeLzw(more)] as const, ["packbits", packBits] as const]) {
      const result = await attemptTiles(chunk, { compression });
      expect(result.code).toBe("none");
      expect(result.kernelBytes).toBeLessThanOrEqual(result.plannedBytes);
    }
  });

  it("are refused where ZSTD says so or turns out so", async () => {
    const zeros = new Uint8Array(300 << 20);
    const { ZSTD_c_contentSizeFlag: stated, ZSTD_c_windowLog: window } = constants;
    const bombs = [
      zstdCompressSync(zeros),
      zstdCompressSync(zeros, { params: { [stated]: 0 } }),
      zstdCompressSync(zeros, { params: { [stated]: 0, [window]: 27 } }),
    ];
    for (const bomb of bombs) {
      const result = await measure(() => attemptTiles(bomb, { compression: "zstd" }));
      expect(result.code).toBe("source-malformed");
      expect(result.grownBytes).toBeLessThan(spareBytes);
    }
  });

  it("are refused where their own header has other dimensions than the directory", async () => {
    const raw = { width: 2000, height: 2000, channels: 3 } as const;
    const large = () => sharp(new Uint8Array(2000 * 2000 * 3), { raw });
    const write = await openJpeg2000Writer();
    const chunks = {
      webp: await large().webp().toBuffer(),
      jpeg: await large().jpeg().toBuffer(),
      jpeg2000: write({ width: 600, height: 600, components: 3, samples: new Uint8Array(600 * 600 * 3) }),
    };
    for (const compression of ["webp", "jpeg", "jpeg2000"] as const) {
      const photometric = compression === "jpeg" ? "YCbCr" : "RGB";
      const result = await measure(() => attemptTiles(chunks[compression], { compression, photometric }));
      expect([compression, result.code]).toEqual([compression, "source-malformed"]);
      expect(result.kernelBytes).toBeLessThanOrEqual(result.plannedBytes);
      expect(result.grownBytes).toBeLessThan(spareBytes);
    }
  });

  it("are refused where there are too many, or they come to too much, before any is read", async () => {
    const zeros = deflateSync(new Uint8Array(side * side * 3));
    const wide = { photometric: "RGB", samplesPerPixel: 16, extraSamples: 0, compression: "lzw" } as const;
    const doubles = { ...wide, bitsPerSample: 64, sampleFormat: "float" } as const;
    const cases: [string, Partial<TiffOptions>, string, string][] = [
      ["tiles", { width: side * 130, height: side * 130, compression: "deflate" }, "render-too-costly", "tiles"],
      ["samples", { width: 8192, height: 8192, tile: 256, ...doubles }, "render-too-costly", "bytes of samples"],
      [
        "samples of a tile",
        { width: 8192, height: 8192, tile: 2048, ...doubles },
        "source-unsupported",
        "tiles of 2048",
      ],
    ];
    for (const [name, form, code, words] of cases) {
      const result = await attemptTiles(zeros, form);
      expect([name, result.code]).toEqual([name, code]);
      expect(result.message).toContain(words);
      expect(result.drawing.reads).toBe(0);
    }
  });

  it("are refused where all of them are the same four megabytes", async () => {
    const chunk = new Uint8Array(4 << 20);
    const result = await attemptTiles(chunk, { width: side * 100, tile: 16, height: 16, compression: "lzw" });
    expect(result).toMatchObject({ code: "render-too-costly", drawing: { reads: 0 } });
    expect(result.message).toContain("bytes read");
  });
});

describe("plain files that are more than they should be", () => {
  const png = { width: side, height: side, bitDepth: 8, colorType: 2 } as const;

  it("inflate to the rows that a PNG has and no further", async () => {
    const data = formatChunk("IDAT", deflateBomb(1024));
    const whole = writePng({ ...png, rows: [] });
    const file = concatenate([whole.subarray(0, 33), data, formatChunk("IEND")]);
    const result = await measure(() => attempt(file));
    expect(result.code).toBe("none");
    expect(result.kernelBytes).toBeLessThanOrEqual(result.plannedBytes);
    expect(result.grownBytes).toBeLessThan(spareBytes);
  });

  it("leave out profiles and texts that inflate beyond what they may take", async () => {
    const rows = new Uint8Array((side * 3 + 1) * side);
    const bomb = deflateBomb(1024);
    for (const chunk of [
      formatChunk("iCCP", concatenate([utf8("p\0\0"), bomb])),
      formatChunk("zTXt", concatenate([utf8("XML:com.adobe.xmp\0\0"), bomb])),
      formatChunk("iTXt", concatenate([utf8("XML:com.adobe.xmp\0\u0001\0\0\0"), bomb.subarray(0, 200_000)])),
    ]) {
      const result = await measure(() => attempt(writePng({ ...png, rows, chunks: [chunk] })));
      expect(result.code).toBe("none");
      expect(result.image).toMatchObject({ profile: undefined, metadata: { rights: undefined } });
      expect(result.grownBytes).toBeLessThan(spareBytes);
    }
  });

  it("are refused by their dimensions before anything is decoded", async () => {
    const vp8l = concatenate([utf8("RIFF\u0020\0\0\0WEBPVP8L\u0014\0\0\0"), lossless(16_384, 16_384)]);
    const files: [string, Uint8Array, string][] = [
      ["PNG", writePng({ ...png, width: 2 ** 31 - 1, height: 2 ** 31 - 1, rows: [] }), "source-unsupported"],
      ["PNG", writePng({ ...png, width: 8193, height: 8192, rows: [] }), "source-unsupported"],
      ["PNG", writePng({ ...png, width: 0, rows: [] }), "source-malformed"],
      ["WebP", vp8l, "source-unsupported"],
      ["JPEG", await withFrame(0xffff, 0xffff), "source-unsupported"],
      ["JPEG", await withFrame(0, 64), "source-malformed"],
      ["JPEG", await withFrame(64, 0), "source-unsupported"],
    ];
    for (const [name, file, code] of files) {
      const result = await attempt(file);
      expect([name, result.code]).toEqual([name, code]);
      expect(result.kernelBytes).toBe(0);
    }
  });

  it("are refused where their pixels end far before their dimensions", async () => {
    const large = { ...png, width: 3000, height: 3000 };
    const result = await measure(() => attempt(writePng({ ...large, rows: new Uint8Array(9001 * 3) })));
    expect(result.code).toBe("source-malformed");
    expect(result.kernelBytes).toBeLessThanOrEqual(result.plannedBytes);
    const jpeg = await attempt(await withFrame(3000, 3000));
    expect(jpeg.code).toBe("source-malformed");
    expect(jpeg.kernelBytes).toBeLessThanOrEqual(jpeg.plannedBytes);
  });
});

/** Returns the header of a lossless WebP of these dimensions and some zeros. */
function lossless(width: number, height: number): Uint8Array {
  const data = new Uint8Array(20);
  data[0] = 0x2f;
  new DataView(data.buffer).setUint32(1, (width - 1) | ((height - 1) << 14), true);
  return data;
}

/** Returns a JPEG of 64 by 64 pixels whose frame header says otherwise. */
async function withFrame(width: number, height: number): Promise<Uint8Array> {
  const raw = { width: side, height: side, channels: 3 } as const;
  const file = new Uint8Array(await sharp(new Uint8Array(tileBytes), { raw }).jpeg().toBuffer());
  const at = file.findIndex((byte, index) => byte === 0xff && file[index + 1] === 0xc0);
  new DataView(file.buffer).setUint16(at + 5, height);
  new DataView(file.buffer).setUint16(at + 7, width);
  return file;
}
