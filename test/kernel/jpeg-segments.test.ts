import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { readJpegHeader } from "../../src/codec/jpeg/header.ts";
import { type BlockRange, readJpegSegments } from "../../src/codec/jpeg/segments.ts";
import { segmentOf, writeJpeg } from "../support/jpeg-writer.ts";

const one = { horizontal: 1, vertical: 1, sampleAt: () => 128 };
const jpeg = { width: 30, height: 20, components: [one] };
const malformed = expect.objectContaining({ code: "source-malformed" });

const textOf = (text: string) => [...text].map((letter) => letter.charCodeAt(0));
const exif = segmentOf(0xe1, [...textOf("Exif\0\0"), 0x4d, 0x4d, 0, 42]);
const xmp = segmentOf(0xe1, textOf("http://ns.adobe.com/xap/1.0/\0<x/>"));
const profilePart = (number: number, count: number, text: string) =>
  segmentOf(0xe2, [...textOf("ICC_PROFILE\0"), number, count, ...textOf(text)]);
const resources = (text: string) => segmentOf(0xed, textOf(`Photoshop 3.0\0${text}`));
const adobe = segmentOf(0xee, [...textOf("Adobe"), 0, 100, 0, 0, 0, 0, 2]);

function read(...segments: readonly (readonly number[])[]) {
  const bytes = writeJpeg({ ...jpeg, segments });
  const found = readJpegSegments(bytes);
  const textAt = (range: BlockRange | undefined) =>
    range && String.fromCharCode(...bytes.subarray(range.offset, range.offset + range.length));
  return { found, bytes, textAt };
}

describe("the segments of a JPEG file", () => {
  it("are found with their content, in any order", () => {
    const all = [resources("8BIMa"), profilePart(2, 2, "end"), xmp, adobe, profilePart(1, 2, "begin, "), exif];
    for (const segments of [all, all.toReversed()]) {
      const { found, textAt } = read(...segments);
      expect(textAt(found.exif)).toBe("MM\0*");
      expect(textAt(found.xmp)).toBe("<x/>");
      expect(found.icc.map(textAt)).toEqual(["begin, ", "end"]);
      expect(found.imageResources.map(textAt)).toEqual(["8BIMa"]);
      expect(found).toMatchObject({ isComplete: true, adobeTransform: 2, frame: { width: 30, height: 20 } });
    }
  });

  it("are absent when there are none", () => {
    const none = { exif: undefined, xmp: undefined, icc: [], imageResources: [], adobeTransform: undefined };
    const { frame, ...others } = readJpegSegments(writeJpeg(jpeg));
    expect(others).toEqual({ ...none, isComplete: true });
    expect(readJpegHeader(writeJpeg(jpeg))).toMatchObject(frame!);
  });

  it("count only when their signature is right, and the first of a kind", () => {
    const others = [
      segmentOf(0xe1, textOf("Exif")),
      segmentOf(0xe2, textOf("ICC_PROFILE\0\u0001")),
      segmentOf(0xed, []),
    ];
    expect(read(...others).found).toMatchObject({ exif: undefined, icc: [], imageResources: [] });
    const second = segmentOf(0xe1, textOf("Exif\0\0II"));
    const { found, textAt } = read(exif, second, resources("a"), resources("b"));
    expect(textAt(found.exif)).toBe("MM\0*");
    expect(found.imageResources.map(textAt)).toEqual(["a", "b"]);
  });

  it("do not make a profile if a part is missing, doubled or miscounted", () => {
    const [first, second] = [profilePart(1, 2, "a"), profilePart(2, 2, "b")];
    for (const parts of [[first], [second], [first, first], [first, second, second], [first, profilePart(2, 3, "b")]]) {
      expect(read(...parts).found.icc).toEqual([]);
    }
  });

  it("are reported as far as a prefix shows them", () => {
    const { bytes } = read(exif, profilePart(1, 1, "profile"), xmp);
    const whole = readJpegSegments(bytes);
    const frameEnd = bytes.findIndex((_, at) => bytes[at] === 0xff && bytes[at + 1] === 0xc0) + 13;
    for (let length = 2; length < frameEnd; length += 1) {
      const found = readJpegSegments(bytes.subarray(0, length));
      expect(found).toMatchObject({ isComplete: false, frame: undefined });
      expect([undefined, whole.exif]).toContainEqual(found.exif);
      expect([[], whole.icc]).toContainEqual(found.icc);
    }
    expect(readJpegSegments(bytes.subarray(0, frameEnd))).toEqual(whole);
    expect(readJpegSegments(bytes.subarray(0, whole.exif!.offset + 1)).exif).toEqual(whole.exif);
  });

  it("are those that sharp writes", async () => {
    const picture = sharp({ create: { width: 40, height: 30, channels: 3, background: "navy" } });
    const bytes = await picture
      .jpeg({ progressive: true })
      .withMetadata({ icc: "srgb" })
      .withExif({ IFD0: { Copyright: "somebody" } })
      .toBuffer();
    const { exif, icc, frame } = readJpegSegments(bytes);
    expect(frame).toMatchObject({ width: 40, height: 30, process: "progressive", precision: 8 });
    expect(["II", "MM"]).toContain(String.fromCharCode(...bytes.subarray(exif!.offset, exif!.offset + 2)));
    expect(icc.length).toBe(1);
    expect(String.fromCharCode(...bytes.subarray(icc[0]!.offset + 36, icc[0]!.offset + 40))).toBe("acsp");
  });

  it("are refused as malformed when the file is not a JPEG, or has no frame", () => {
    const tail = [0xff, 0xda, 0, 2, 0xff, 0xd9];
    for (const bytes of [[], [0xff], [0x89, 0x50], [0xff, 0xd8, ...tail], [0xff, 0xd8, 0xff, 0xd9, 0, 0, 0]]) {
      expect(() => readJpegSegments(Uint8Array.from(bytes))).toThrow(malformed);
    }
    for (const segment of [[0, 1, 2, 3], [0xff, 0xe1, 0, 1], segmentOf(0xc0, [8, 0, 1, 0, 1, 0])]) {
      expect(() => readJpegSegments(Uint8Array.from([0xff, 0xd8, ...segment, ...tail]))).toThrow(malformed);
    }
  });
});
