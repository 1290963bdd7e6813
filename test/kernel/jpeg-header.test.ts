import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { readJpegHeader } from "../../src/codec/jpeg/header.ts";
import { partJpeg } from "../support/jpeg-tables.ts";
import { segmentOf, writeJpeg } from "../support/jpeg-writer.ts";

const one = { horizontal: 1, vertical: 1, sampleAt: () => 128 };
const jpeg = { width: 300, height: 20, components: [{ ...one, horizontal: 2, vertical: 2 }, one, one] };
const malformed = expect.objectContaining({ code: "source-malformed" });

describe("the header", () => {
  it("returns dimensions, components and the restart interval", () => {
    expect(readJpegHeader(writeJpeg({ ...jpeg, restartInterval: 7 }))).toMatchObject({
      width: 300,
      height: 20,
      precision: 8,
      process: "baseline",
      restartInterval: 7,
      components: [
        { identifier: 1, horizontal: 2, vertical: 2 },
        { identifier: 2, horizontal: 1, vertical: 1 },
        { identifier: 3, horizontal: 1, vertical: 1 },
      ],
    });
  });

  it("names the process", () => {
    const names = {
      baseline: [0xc0],
      extended: [0xc1],
      progressive: [0xc2],
      lossless: [0xc3],
      hierarchical: [0xc5, 0xc6, 0xc7],
      arithmetic: [0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf],
    };
    for (const [process, markers] of Object.entries(names)) {
      for (const frameMarker of markers)
        expect(readJpegHeader(writeJpeg({ ...jpeg, frameMarker })).process).toBe(process);
    }
  });

  it("knows a progressive file of libjpeg-turbo", async () => {
    const picture = sharp({ create: { width: 40, height: 30, channels: 3, background: "navy" } });
    const bytes = await picture.jpeg({ progressive: true }).toBuffer();
    expect(readJpegHeader(bytes)).toMatchObject({ width: 40, height: 30, process: "progressive" });
  });

  it("reports which tables are present", () => {
    const { abbreviated } = partJpeg(writeJpeg(jpeg));
    const none = { hasQuantisationTables: false, hasHuffmanTables: false };
    expect(readJpegHeader(abbreviated)).toMatchObject(none);
    expect(readJpegHeader(writeJpeg(jpeg))).toMatchObject({ hasQuantisationTables: true, hasHuffmanTables: true });
  });

  it("returns the transform of an Adobe segment only", () => {
    const adobe = segmentOf(0xee, [0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 1]);
    const other = segmentOf(0xee, [0x4f, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 1]);
    const transformWith = (segment: number[]) =>
      readJpegHeader(writeJpeg({ ...jpeg, segments: [segment] })).adobeTransform;
    expect(transformWith(adobe)).toBe(1);
    expect(transformWith(other)).toBeUndefined();
    expect(transformWith(adobe.slice(0, 4).with(3, 7).concat([1, 2, 3, 4, 5]))).toBeUndefined();
  });

  it("is refused when the stream breaks off before its frame", () => {
    const bytes = writeJpeg(jpeg);
    const frameEnd = bytes.findIndex((_, at) => bytes[at] === 0xff && bytes[at + 1] === 0xc0) + 19;
    for (let length = 0; length < frameEnd; length += 1) {
      expect(() => readJpegHeader(bytes.subarray(0, length))).toThrow(malformed);
    }
  });

  it("is refused without a frame, without components or without sampling", () => {
    expect(() => readJpegHeader(partJpeg(writeJpeg(jpeg)).tables)).toThrow(malformed);
    expect(() => readJpegHeader(writeJpeg({ ...jpeg, components: [{ ...one, horizontal: 0 }] }))).toThrow();
    const frame = segmentOf(0xc0, [8, 0, 1, 0, 1, 0]);
    const unsampled = segmentOf(0xc0, [8, 0, 1, 0, 1, 1, 1, 0x10, 0]);
    for (const segment of [frame, unsampled]) {
      expect(() => readJpegHeader(Uint8Array.from([0xff, 0xd8, ...segment, 0xff, 0xd9]))).toThrow(malformed);
    }
  });
});
