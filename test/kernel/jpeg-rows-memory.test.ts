import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { openJpegRows } from "../../src/codec/jpeg/row-reader.ts";
import { readJpegRowsHead } from "../../src/codec/jpeg/rows-head.ts";
import { windowBytes } from "../../src/codec/jpeg/sliding-window.ts";
import type { Kernel } from "../../src/raster/kernel.ts";
import type { Plane } from "../../src/raster/raster.ts";
import type { ByteSource } from "../../src/source/byte-source.ts";
import { memorySource } from "../../src/source/memory.ts";
import { decodeGuarded } from "../support/jpeg-decoding.ts";
import { segmentOf, wordOf } from "../support/jpeg-writer.ts";
import { openTestKernel } from "../support/kernel.ts";
import { readPlane } from "../support/planes.ts";

const width = 10_000;
const height = 10_000;
const mcuHeight = 16;
const mcusAcross = width / mcuHeight;

/** A picture of one row of MCUs, 4:2:0. */
let strip: Buffer;
/** The same row over and over, each in a restart interval of its own: 100 megapixels. */
let tall: Buffer;

beforeAll(async () => {
  const samples = Uint8Array.from({ length: width * mcuHeight * 3 }, (_, at) => (at * at) % 251);
  strip = await sharp(samples, { raw: { width, height: mcuHeight, channels: 3 } })
    .jpeg({ quality: 60 })
    .toBuffer();
  const scan = strip.indexOf(Buffer.of(0xff, 0xda));
  const frame = strip.indexOf(Buffer.of(0xff, 0xc0));
  const head = Buffer.from(strip.subarray(0, scan + 14));
  head.set(wordOf(height), frame + 5);
  const data = strip.subarray(head.length, -2);
  const rows = Array.from({ length: height / mcuHeight }, (_, row) => [data, Buffer.of(0xff, 0xd0 + (row & 7))]);
  const restarts = Buffer.from(segmentOf(0xdd, wordOf(mcusAcross)));
  tall = Buffer.concat([head.subarray(0, scan), restarts, head.subarray(scan), ...rows.flat().slice(0, -1)]);
});

/** Returns planes for a row of MCUs. */
function allocateRow(kernel: Kernel): Plane[] {
  return [1, 2, 2].map((factor) => kernel.allocatePlane(width / factor, mcuHeight / factor));
}

describe("a JPEG of 100 megapixels that is decoded by rows", () => {
  it("takes less than a megabyte of kernel memory, and each of its rows is right", async () => {
    const kernel = openTestKernel(1 << 20);
    const expected = decodeGuarded(openTestKernel(), strip, { samplings: [] }).samples.map(({ values }) => values);
    const source = memorySource(tall);
    const reader = openJpegRows(kernel, { source, head: await readJpegRowsHead(source) });
    const planes = allocateRow(kernel);
    let right = 0;
    while (reader.row < height) {
      expect(await reader.next(planes, mcuHeight)).toBeUndefined();
      if (reader.row % 800 > 0) continue;
      const found = planes.map((plane) => readPlane(kernel, plane).values);
      if (found.every((values, index) => Buffer.compare(values, expected[index]!) === 0)) right += 1;
    }
    expect(right).toBe(12);
    expect(kernel.memoryBytes).toBeLessThan(1 << 20);
  });

  it("is read once from its beginning to its end, never further ahead than a window and two reads", async () => {
    const readBytes = 1 << 18;
    const reads: { offset: number; length: number }[] = [];
    let reached = 0;
    let ahead = 0;
    const plain = memorySource(tall);
    const source: ByteSource = {
      ...plain,
      read(offset, length) {
        reads.push({ offset, length });
        ahead = Math.max(ahead, offset + length - reached);
        return plain.read(offset, length);
      },
    };
    const kernel = openTestKernel();
    const reader = openJpegRows(kernel, { source, head: await readJpegRowsHead(source), readBytes });
    const planes = allocateRow(kernel);
    while (reader.row < height) {
      await reader.next(planes, mcuHeight);
      reached = reader.checkpoint().offset;
    }
    let end = 0;
    for (const { offset, length } of reads) {
      expect(offset).toBe(end);
      expect(length).toBeLessThanOrEqual(readBytes);
      end = offset + length;
    }
    expect(end).toBe(tall.length);
    expect(reached).toBe(tall.length);
    const rowBytes = Math.ceil(strip.length);
    expect(ahead).toBeGreaterThan(readBytes);
    expect(ahead).toBeLessThanOrEqual(2 * readBytes + windowBytes + rowBytes);
  });

  it("is read no further than what is asked for", async () => {
    const reads: number[] = [];
    const plain = memorySource(tall);
    const read: ByteSource["read"] = (offset, length) => {
      reads.push(offset + length);
      return plain.read(offset, length);
    };
    const source = { ...plain, read };
    const kernel = openTestKernel();
    const reader = openJpegRows(kernel, { source, head: await readJpegRowsHead(source), readBytes: 1 << 18 });
    await reader.next(allocateRow(kernel), mcuHeight);
    expect(Math.max(...reads)).toBeLessThanOrEqual((1 << 16) + 2 * (1 << 18));
  });
});
