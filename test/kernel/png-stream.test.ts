import { describe, expect, it } from "vitest";
import { createPngEncoder } from "../../src/codec/png/encoder.ts";
import { rowDeflaterBytes } from "../../src/codec/row-deflater.ts";
import { openTestKernel } from "../support/kernel.ts";
import { makeNoise, makeSamples, storePlane } from "../support/planes.ts";
import { inflatePng, readPngChunks } from "../support/png-chunks.ts";
import { encodeChannels } from "../support/png-encoding.ts";
import { drawPhotograph, drawText } from "../support/png-pictures.ts";
import { openRandom } from "../support/random.ts";

/** Sizes of the data chunks of a PNG. */
function dataSizes(png: Uint8Array): number[] {
  return readPngChunks(png)
    .filter(({ type }) => type === "IDAT")
    .map(({ data }) => data.length);
}

describe("a PNG written in strips", () => {
  it("is the same for strips of any height", () => {
    const random = openRandom(81);
    const kernel = openTestKernel();
    for (const channelCount of [1, 2, 3, 4]) {
      const channels = drawPhotograph(random, 400, 211, channelCount);
      const whole = encodeChannels(kernel, channels);
      for (const rows of [1, 2, 7, 16, 210]) {
        expect(Buffer.compare(encodeChannels(kernel, channels, {}, rows), whole)).toBe(0);
      }
    }
  });

  it("does not depend on what the kernel's memory held before", () => {
    const channels = drawPhotograph(openRandom(82), 301, 200, 3);
    const fresh = encodeChannels(openTestKernel(), channels);
    const kernel = openTestKernel();
    const used = kernel.allocate(4 << 20);
    kernel.bytes.fill(0x5a, used);
    kernel.release(used);
    expect(Buffer.compare(encodeChannels(kernel, channels), fresh)).toBe(0);
  });

  it("holds the same kernel memory for any number of rows, as much as is foretold", () => {
    const kernel = openTestKernel();
    const strip = drawPhotograph(openRandom(83), 600, 16, 3).map((samples) => storePlane(kernel, samples));
    const height = 16 * 400;
    const before = kernel.mark();
    const encoder = createPngEncoder(kernel, { width: 600, height, model: "rgb", hasAlpha: false });
    expect(kernel.mark() - before).toBeLessThanOrEqual(rowDeflaterBytes({ width: 600, samples: 3 }));
    expect(kernel.mark() - before).toBeLessThan(500_000);
    const { byteLength } = kernel.bytes;
    const mark = kernel.mark();
    for (let row = 0; row < height; row += 16) encoder.write({ planes: strip, rows: 16 });
    encoder.finish();
    expect(kernel.bytes.byteLength).toBe(byteLength);
    expect(kernel.mark()).toBe(mark);
  });

  it.each([1, 3, 1000, 20000, 2 ** 24])("foretells its memory at a width of %i", (width) => {
    const { exports } = openTestKernel();
    for (const samples of [1, 2, 3, 4] as const) {
      const taken = exports.pngEncoderBytes(width, samples, 8);
      expect(taken).toBeLessThanOrEqual(rowDeflaterBytes({ width, samples }));
      expect(taken).toBeGreaterThan(rowDeflaterBytes({ width, samples }) - 8192);
    }
  });

  it("collects data in chunks of at least 64 KiB, except the last", () => {
    const kernel = openTestKernel();
    const photograph = dataSizes(encodeChannels(kernel, drawPhotograph(openRandom(84), 1024, 600, 3), {}, 16));
    expect(photograph.length).toBeGreaterThan(3);
    for (const size of photograph.slice(0, -1)) expect(size).toBeGreaterThanOrEqual(65536);
    const text = dataSizes(encodeChannels(kernel, [drawText(openRandom(85), 1024, 600)], {}, 16));
    for (const size of text.slice(0, -1)) expect(size).toBeGreaterThanOrEqual(65536);
  });

  it("returns bytes while rows are still to come", () => {
    const kernel = openTestKernel();
    const plane = storePlane(kernel, makeNoise(openRandom(86), 1024, 512));
    const encoder = createPngEncoder(kernel, { width: 1024, height: 1024, model: "gray", hasAlpha: false });
    let writesWithData = 0;
    for (let row = 0; row < 512; row += 16) {
      const rows = { pointer: plane.pointer + row * plane.stride, stride: plane.stride };
      if (encoder.write({ planes: [rows], rows: 16 }).length > 0) writesWithData += 1;
    }
    expect(writesWithData).toBeGreaterThan(4);
  });
});

describe("the size of a PNG", () => {
  it("is that of its rows and 5 bytes for each 65535 at worst", () => {
    const random = openRandom(87);
    const kernel = openTestKernel();
    for (const [width, height] of [
      [1, 1],
      [100, 60],
      [1000, 300],
      [30000, 9],
    ] as const) {
      const channels = [0, 1, 2].map(() => makeNoise(random, width, height));
      const png = encodeChannels(kernel, channels);
      const filtered = (3 * width + 1) * height;
      const stream = dataSizes(png).reduce((sum, size) => sum + size, 0);
      expect(stream).toBeLessThanOrEqual(filtered + 5 * Math.ceil(filtered / 65535) + 2 + 4);
      expect(inflatePng(png).length).toBe(filtered);
    }
  });

  it("is next to nothing for one level, however large", () => {
    const level = makeSamples(2000, 2000, () => 200);
    expect(encodeChannels(openTestKernel(), [level]).length).toBeLessThan(2000 * 2000 * 0.0025);
  });

  it("is an eighth or less of the rows for a page of text", () => {
    const text = drawText(openRandom(88), 1024, 683);
    expect(encodeChannels(openTestKernel(), [text]).length).toBeLessThan(1024 * 683 * 0.135);
  });

  it("shrinks with repetitions up to 32 KiB back, and not with those further back", () => {
    const random = openRandom(89);
    const kernel = openTestKernel();
    const repeated = (period: number) => {
      // Bits: they are not filtered, so that rows that come back are the same bytes again.
      const noise = makeNoise(random, 255 * 8, period);
      const rows = makeSamples(255 * 8, 4 * period, (x, y) => noise.values[(y % period) * 255 * 8 + x]!);
      return encodeChannels(kernel, [rows], { bitDepth: 1 }).length;
    };
    // A row has 255 bytes and one for its filter: 128 of them fill the window.
    expect(repeated(128)).toBeLessThan(1.5 * 128 * 256);
    expect(repeated(129)).toBeGreaterThan(3.9 * 129 * 256);
  });
});
