import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { loadJpegTables } from "../../src/codec/jpeg/decoder.ts";
import { listJpegSegments } from "../../src/codec/jpeg/segment-list.ts";
import { spliceJpeg } from "../../src/codec/jpeg/splice.ts";
import { decodeGuarded } from "../support/jpeg-decoding.ts";
import { openTestKernel } from "../support/kernel.ts";

// Frames of Motion JPEG and of some cameras leave the Huffman tables out where they are those of Annex K.

const kernel = openTestKernel();
const size = { width: 48, height: 32 };
const samples = Uint8Array.from({ length: 48 * 32 * 3 }, (_, at) => (at * at * 7 + (at >> 5)) & 255);
const picture = (isGray = false) => {
  const raw = sharp(samples, { raw: { ...size, channels: 3 } });
  return isGray ? raw.toColourspace("b-w") : raw;
};
/** Encoded with the standard tables: not with tables of its own. */
const standard = { optimiseCoding: false, quality: 80 } as const;

/** Returns a stream without the segments that are left out, each told by the second byte of its marker. */
function without(jpeg: Uint8Array, isLeftOut: (code: number, parameters: Uint8Array) => boolean): Uint8Array {
  const kept = [Buffer.of(0xff, 0xd8)];
  const segments = listJpegSegments(jpeg);
  for (const { code, start, end } of segments) {
    if (!isLeftOut(code, jpeg.subarray(start, end))) kept.push(Buffer.from(jpeg.subarray(start - 4, end)));
  }
  return Buffer.concat([...kept, jpeg.subarray(segments.at(-1)!.end)]);
}

const withoutHuffman = (jpeg: Uint8Array) => without(jpeg, (code) => code === 0xc4);

describe("a stream without Huffman tables", () => {
  it.each([
    ["grey", true, "4:4:4"],
    ["4:4:4", false, "4:4:4"],
    ["4:2:0", false, "4:2:0"],
  ] as const)("is decoded with the standard ones: %s", async (_, isGray, chromaSubsampling) => {
    const whole = await picture(isGray)
      .jpeg({ ...standard, chromaSubsampling })
      .toBuffer();
    const bare = withoutHuffman(whole);
    expect(bare.length).toBeLessThan(whole.length);
    expect(decodeGuarded(kernel, bare)).toEqual(decodeGuarded(kernel, whole));
    // libjpeg shows it so.
    expect(await sharp(bare).raw().toBuffer()).toEqual(await sharp(whole).raw().toBuffer());
  });

  it("is decoded with the standard ones where only some are left out", async () => {
    const whole = await picture().jpeg(standard).toBuffer();
    for (const head of [0x00, 0x01, 0x10, 0x11]) {
      const bare = without(whole, (code, [first]) => code === 0xc4 && first === head);
      expect(decodeGuarded(kernel, bare)).toEqual(decodeGuarded(kernel, whole));
    }
  });

  it("is decoded with those of its level", async () => {
    const whole = await picture().jpeg({ quality: 80, optimiseCoding: true }).toBuffer();
    const tables = [0xff, 0xd8, ...segmentsOf(whole, 0xc4), 0xff, 0xd9];
    const mark = kernel.mark();
    const level = loadJpegTables(kernel, Uint8Array.from(tables));
    expect(decodeGuarded(kernel, withoutHuffman(whole), { tables: level })).toEqual(decodeGuarded(kernel, whole));
    kernel.release(mark);
  });

  it("is refused if it is progressive, for which there are none", async () => {
    const bare = withoutHuffman(await picture().jpeg({ progressive: true }).toBuffer());
    expect(() => decodeGuarded(kernel, bare)).toThrow("The JPEG data is missing a table that it uses.");
  });
});

describe("a copied tile without Huffman tables", () => {
  let whole: Uint8Array;
  beforeAll(async () => {
    whole = await picture().jpeg(standard).toBuffer();
  });

  it("has the standard ones", async () => {
    const expected = { ...size, model: "ycbcr" } as const;
    const copied = spliceJpeg(withoutHuffman(whole), undefined, expected);
    expect(segmentsOf(copied, 0xc4)).toHaveLength(4 + 29 + 179 + 29 + 179);
    expect(decodeGuarded(kernel, copied)).toEqual(decodeGuarded(kernel, whole));
    const quantisation = Uint8Array.from([0xff, 0xd8, ...segmentsOf(whole, 0xdb), 0xff, 0xd9]);
    const abbreviated = without(whole, (code) => code === 0xc4 || code === 0xdb);
    expect(decodeGuarded(kernel, spliceJpeg(abbreviated, quantisation, expected))).toEqual(
      decodeGuarded(kernel, whole),
    );
  });

  it("has no others next to its own or its level's", () => {
    const tables = Uint8Array.from([0xff, 0xd8, ...segmentsOf(whole, 0xc4), 0xff, 0xd9]);
    const expected = { ...size, model: "ycbcr" } as const;
    for (const copied of [
      spliceJpeg(whole, undefined, expected),
      spliceJpeg(withoutHuffman(whole), tables, expected),
    ]) {
      expect(segmentsOf(copied, 0xc4)).toEqual(segmentsOf(whole, 0xc4));
    }
  });
});

/** The bytes of all segments of one kind. */
function segmentsOf(jpeg: Uint8Array, wanted: number): number[] {
  const found = listJpegSegments(jpeg).filter(({ code }) => code === wanted);
  return found.flatMap(({ start, end }) => [...jpeg.subarray(start - 4, end)]);
}
