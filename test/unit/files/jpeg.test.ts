import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { concatenate } from "../../../src/bytes.ts";
import { openFile } from "../../../src/files/open.ts";
import { countReads } from "../../../src/source/counting.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { codeOfAsync } from "../../support/code-of.ts";
import { segmentOf, type WrittenJpeg, writeJpeg } from "../../support/jpeg-writer.ts";

const sampleAt = (): number => 128;
const one = { horizontal: 1, vertical: 1, sampleAt };
const base: WrittenJpeg = { width: 20, height: 10, components: [one] };
const textOf = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));
const jfif = (unit: number, density: number) =>
  segmentOf(0xe0, [...textOf("JFIF\0"), 1, 2, unit, density >> 8, density & 255, density >> 8, density & 255, 0, 0]);
const adobe = (transform: number) => segmentOf(0xee, [...textOf("Adobe"), 0, 100, 0, 0, 0, 0, transform]);

async function openBytes(bytes: Uint8Array) {
  const counts = { reads: 0, bytes: 0 };
  const opened = await openFile(countReads(memorySource(bytes), counts), bytes.subarray(0, 32_768));
  return { opened: opened!, encoding: opened!.pyramid.levels[0].encoding, counts };
}

const open = (change: Partial<WrittenJpeg>) => openBytes(writeJpeg({ ...base, ...change }));
const refusal = (change: Partial<WrittenJpeg>) => codeOfAsync(open(change));

describe("a JPEG master", () => {
  it.each([
    [1, [], "gray", false],
    [3, [], "ycbcr", false],
    [3, [jfif(1, 72)], "ycbcr", false],
    [3, [adobe(0)], "rgb", false],
    [3, [adobe(1)], "ycbcr", false],
    [3, [jfif(1, 72), adobe(0)], "ycbcr", false],
    [3, [adobe(0), jfif(1, 72)], "ycbcr", false],
    [4, [], "cmyk", true],
    [4, [jfif(1, 72)], "cmyk", true],
    [4, [adobe(0)], "cmyk", true],
    [4, [adobe(2)], "ycck", true],
    [4, [adobe(1)], "ycck", true],
    [4, [adobe(3)], "ycck", true],
  ] as const)("of %i components with segments %j is %s, inverted %s", async (count, segments, model, isInverted) => {
    const { encoding } = await open({ components: new Array(count).fill(one), segments });
    expect(encoding).toMatchObject({ compression: "jpeg", model, isInverted });
    expect(encoding.layout).toMatchObject({ samplesPerPixel: count, bits: 8, alpha: undefined });
  });

  it("whose components are called R, G and B is RGB", async () => {
    const bytes = writeJpeg({ ...base, components: [one, one, one] });
    const frameAt = bytes.findIndex((byte, index) => byte === 0xff && bytes[index + 1] === 0xc0);
    for (const [index, letter] of [..."RGB"].entries()) bytes[frameAt + 10 + 3 * index] = letter.charCodeAt(0);
    expect((await openBytes(bytes)).encoding.model).toBe("rgb");
  });

  it.each([
    [2, 2],
    [2, 1],
    [1, 2],
    [4, 1],
  ] as const)("tells chroma for %i by %i pixels", async (x, y) => {
    const components = [{ ...one, horizontal: x, vertical: y }, one, one];
    expect((await open({ components })).encoding.subsampling).toEqual({ x, y });
  });

  it("is opened with any process that is decoded", async () => {
    const image = sharp({ create: { width: 30, height: 20, channels: 3, background: "teal" } });
    for (const progressive of [false, true]) {
      const { opened } = await openBytes(await image.clone().jpeg({ progressive }).toBuffer());
      expect(opened.pyramid).toMatchObject({ width: 30, height: 20 });
    }
  });

  it("has the density of its JFIF header", async () => {
    expect((await open({ segments: [jfif(1, 300)] })).opened.metadata.dotsPerInch).toBe(300);
    expect((await open({ segments: [adobe(1), jfif(1, 300)] })).opened.metadata.dotsPerInch).toBe(300);
    expect((await open({ segments: [jfif(2, 100)] })).opened.metadata.dotsPerInch).toBe(254);
    expect((await open({ segments: [jfif(0, 1)] })).opened.metadata.dotsPerInch).toBeUndefined();
  });

  it("is read past a marker that stands alone", async () => {
    expect((await open({ segments: [[0xff, 0x01], jfif(1, 300)] })).opened.metadata.dotsPerInch).toBe(300);
  });

  it("has a profile in many parts, read in few reads", async () => {
    const parts = Array.from({ length: 9 }, (_, index) =>
      Uint8Array.from(segmentOf(0xe2, [...textOf("ICC_PROFILE\0"), index + 1, 9, ...new Array(60_000).fill(index)])),
    );
    const jpeg = writeJpeg(base);
    const { opened, counts } = await openBytes(concatenate([jpeg.subarray(0, 2), ...parts, jpeg.subarray(2)]));
    expect(opened.profile?.byteLength).toBe(540_000);
    expect(opened.profile?.[300_000]).toBe(5);
    expect(counts.reads).toBe(3);
  });

  it("has no profile if a part of it is missing", async () => {
    const part = segmentOf(0xe2, [...textOf("ICC_PROFILE\0"), 2, 2, 1, 2, 3]);
    expect((await open({ segments: [part] })).opened.profile).toBeUndefined();
  });
});

describe("a JPEG master is refused", () => {
  it("with other than 8 bits, a height stated later, or components that don't make a picture", async () => {
    expect(await refusal({ precision: 12 })).toBe("source-unsupported");
    expect(await refusal({ height: 0 })).toBe("source-unsupported");
    expect(await refusal({ components: [one, one] })).toBe("source-unsupported");
    expect(await refusal({ components: [one, one, one, one, one] })).toBe("source-unsupported");
    const two = { ...one, horizontal: 2 };
    expect(await refusal({ components: [{ ...one, horizontal: 3 }, two, one] })).toBe("source-unsupported");
  });

  it.each([
    ["lossless", 0xc3],
    ["hierarchical", 0xc5],
    ["arithmetic", 0xc9],
    ["progressive arithmetic", 0xca],
  ])("with a process that is not decoded, before its picture is asked for: %s", async (_, frameMarker) => {
    expect(await refusal({ frameMarker })).toBe("source-unsupported");
  });

  it("without a width, or without a frame", async () => {
    const bytes = writeJpeg(base);
    const frameAt = bytes.findIndex((byte, index) => byte === 0xff && bytes[index + 1] === 0xc0);
    const narrow = bytes.slice();
    narrow.set([0, 0], frameAt + 7);
    expect(await codeOfAsync(openBytes(narrow))).toBe("source-malformed");
    expect(await codeOfAsync(openBytes(bytes.subarray(0, frameAt)))).toBe("source-malformed");
  });
});
