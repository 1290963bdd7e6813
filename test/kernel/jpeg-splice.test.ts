import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { concatenate } from "../../src/bytes.ts";
import { type SplicedJpeg, spliceJpeg } from "../../src/codec/jpeg/splice.ts";
import { partJpeg } from "../support/jpeg-tables.ts";
import { segmentOf, type WrittenJpeg, writeJpeg } from "../support/jpeg-writer.ts";

const malformed = expect.objectContaining({ code: "source-malformed" });
const size = { width: 32, height: 16 };
const textOf = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));

/** What a decoder has no use for: each would show, or make the tile another picture than its neighbours. */
const own = [
  segmentOf(0xe1, [
    ...textOf("Exif\0\0MM"),
    0,
    42,
    0,
    0,
    0,
    8,
    0,
    1,
    1,
    0x12,
    0,
    3,
    0,
    0,
    0,
    1,
    0,
    6,
    0,
    0,
    0,
    0,
    0,
    0,
  ]),
  segmentOf(0xe2, [...textOf("ICC_PROFILE\0"), 1, 1, 1, 2, 3]),
  segmentOf(0xed, textOf("Photoshop 3.0\0")),
  segmentOf(0xfe, [...textOf("a comment of "), 0xff, 0xd9, 0xff, 0xe1]),
  segmentOf(0xe0, [...textOf("JFIF\0"), 1, 1, 1, 0, 3, 0, 9, 0, 0]),
  segmentOf(0xee, [...textOf("Adobe"), 0, 100, 0, 0, 0, 0, 2]),
];
const ownBytes = concatenate(own.map((segment) => Uint8Array.from(segment)));

/** The second bytes of all markers of a stream, restart markers left out. */
function markersOf(bytes: Uint8Array): string[] {
  const codes: string[] = [];
  for (let at = 2; at < bytes.length; ) {
    const code = bytes[at + 1]!;
    const isStuffed = bytes[at] !== 0xff || code === 0 || (code >= 0xd0 && code <= 0xd7);
    if (!isStuffed) codes.push(code.toString(16));
    if (isStuffed) at += 1;
    else if (code === 0xd9) return codes;
    else at += 2 + ((bytes[at + 2]! << 8) | bytes[at + 3]!);
  }
  throw new Error("no EOI");
}

const insert = (bytes: Uint8Array, at: number, more: Uint8Array) =>
  concatenate([bytes.subarray(0, at), more, bytes.subarray(at)]);

/** Puts segments in front of the first marker with a code from `from` on. */
function insertBefore(bytes: Uint8Array, code: number, { from = 0, more = ownBytes } = {}): Uint8Array {
  const at = bytes.findIndex((byte, index) => index >= from && byte === 0xff && bytes[index + 1] === code);
  return insert(bytes, at, more);
}

const component = { horizontal: 1, vertical: 1, sampleAt: (x: number, y: number) => (x * 7 + y * 13) % 256 };
const base: WrittenJpeg = { ...size, components: [component, component, component], restartInterval: 2 };
const expected: SplicedJpeg = { ...size, model: "ycbcr" };

describe("a copied tile", () => {
  let photograph: Uint8Array;

  beforeAll(async () => {
    const noise = { type: "gaussian", mean: 128, sigma: 60 } as const;
    const image = sharp({ create: { ...size, channels: 3, background: "#000", noise } });
    photograph = await image.jpeg({ progressive: true }).toBuffer();
  });

  it("is tables, frame and scan and nothing else, wherever its own segments stand", () => {
    const clean = writeJpeg(base);
    const afterSoi = insert(clean, 2, ownBytes);
    const plain = ["e0", "db", "c4", "dd", "c0", "da", "d9"];
    for (const tile of [clean, afterSoi, insertBefore(clean, 0xc0), insertBefore(afterSoi, 0xda)]) {
      const copied = spliceJpeg(tile, undefined, expected);
      expect(markersOf(copied)).toEqual(plain);
      expect(copied).toEqual(spliceJpeg(clean, undefined, expected));
    }
    const beforeEnd = insert(clean, clean.length - 2, Uint8Array.from(own[0]!));
    expect(spliceJpeg(beforeEnd, undefined, expected)).toEqual(spliceJpeg(clean, undefined, expected));
  });

  it("has nothing of what its level's tables carry along", () => {
    const { tables, abbreviated } = partJpeg(writeJpeg(base));
    const copied = spliceJpeg(abbreviated, insert(tables, 2, ownBytes), expected);
    expect(copied).toEqual(spliceJpeg(abbreviated, tables, expected));
    expect(markersOf(copied)).toEqual(["e0", "db", "c4", "dd", "c0", "da", "d9"]);
  });

  it("has nothing from between its scans", () => {
    const separate = writeJpeg({ ...base, isSeparate: true });
    for (const clean of [separate, photograph]) {
      const second = clean.findIndex((byte, at) => byte === 0xff && clean[at + 1] === 0xda) + 2;
      const tile = insertBefore(clean, 0xda, { from: second });
      expect(markersOf(tile).length).toBe(markersOf(clean).length + own.length);
      expect(spliceJpeg(tile, undefined, expected)).toEqual(spliceJpeg(clean, undefined, expected));
    }
  });

  it("ends at its EOI, whatever follows", () => {
    const clean = writeJpeg(base);
    for (const more of [
      [0, 0, 0],
      [1, 2, 3],
      [...textOf("Exif"), 0xff, 0xd9],
    ]) {
      const tile = insert(clean, clean.length, Uint8Array.from(more));
      expect(spliceJpeg(tile, undefined, expected)).toEqual(spliceJpeg(clean, undefined, expected));
    }
  });

  it("shows the pixels of the tile, upright", async () => {
    const pixelsOf = (bytes: Uint8Array) => sharp(bytes).autoOrient().raw().toBuffer({ resolveWithObject: true });
    const turned = insert(photograph, 2, Uint8Array.from(own[0]!));
    expect((await sharp(turned).metadata()).orientation).toBe(6);
    const { data, info } = await pixelsOf(spliceJpeg(turned, undefined, expected));
    expect(info).toMatchObject(size);
    expect(data.equals((await pixelsOf(photograph)).data)).toBe(true);
  });

  it("of RGB says so, of YCbCr too, whatever the tile says of itself", () => {
    const tile = insert(writeJpeg(base), 2, ownBytes);
    const adobe = segmentOf(0xee, [...textOf("Adobe"), 0, 100, 0, 0, 0, 0, 0]);
    expect([...spliceJpeg(tile, undefined, { ...expected, model: "rgb" }).subarray(2, 2 + adobe.length)]).toEqual(
      adobe,
    );
    expect([...spliceJpeg(tile, undefined, expected).subarray(2, 11)]).toEqual([
      0xff,
      0xe0,
      0,
      16,
      ...textOf("JFIF\0"),
    ]);
  });

  it("is refused without scan, without EOI, or with a segment that leaves the stream", () => {
    const clean = writeJpeg({ ...base, isSeparate: true });
    const scan = clean.findIndex((byte, at) => byte === 0xff && clean[at + 1] === 0xda);
    const refused = [
      insert(clean.subarray(0, scan), scan, Uint8Array.of(0xff, 0xd9)),
      clean.subarray(0, -2),
      insert(clean.subarray(0, -2), clean.length - 2, Uint8Array.of(0xff, 0xe1, 0xff, 0xff, 0, 0)),
    ];
    for (const tile of refused) expect(() => spliceJpeg(tile, undefined, expected)).toThrow(malformed);
  });
});
