import { describe, expect, it } from "vitest";
import type { JpegCheckpoint } from "../../src/codec/jpeg/checkpoint.ts";
import { type JpegRowReader, openJpegRows } from "../../src/codec/jpeg/row-reader.ts";
import { comesByRows, readJpegRowsHead } from "../../src/codec/jpeg/rows-head.ts";
import { ImageError } from "../../src/error.ts";
import { maxJpegTableBytes } from "../../src/limits.ts";
import type { Plane } from "../../src/raster/raster.ts";
import { memorySource } from "../../src/source/memory.ts";
import { codeOfAsync } from "../support/code-of.ts";
import { writeProgressiveJpeg } from "../support/jpeg-progressive-writer.ts";
import { segmentOf, writeJpeg } from "../support/jpeg-writer.ts";
import { openTestKernel } from "../support/kernel.ts";

const width = 40;
const height = 56;
const sampleAt = (x: number, y: number) => (x * x + 3 * y * y) & 255;
const one = { horizontal: 1, vertical: 1, sampleAt };
const components = [{ ...one, horizontal: 2, vertical: 2 }, one, one];
const frame = { width, height, components };

interface Opened {
  readonly reader: JpegRowReader;
  readonly planes: readonly Plane[];
}

async function open(bytes: Uint8Array, from?: JpegCheckpoint, version = "one"): Promise<Opened> {
  const source = memorySource(bytes, version);
  const kernel = openTestKernel();
  const planes = [0, 1, 1].map((shift) => kernel.allocatePlane(width >> shift, height >> shift));
  return { planes, reader: openJpegRows(kernel, { source, head: await readJpegRowsHead(source), from }) };
}

describe("a file that can't be decoded by rows", () => {
  it("is refused with what mends it: progressive, or in several scans", async () => {
    for (const bytes of [writeProgressiveJpeg(frame), writeJpeg({ ...frame, isSeparate: true })]) {
      const error = await readJpegRowsHead(memorySource(bytes)).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "source-unsupported", hint: expect.stringContaining("tessera ingest") });
    }
  });

  it("is refused where its height follows its scan", async () => {
    expect(await codeOfAsync(open(writeJpeg({ ...frame, height: 0 })))).toBe("source-unsupported");
  });

  it("is refused with processes and depths that nothing here decodes", async () => {
    expect(await codeOfAsync(open(writeJpeg({ ...frame, frameMarker: 0xc9 })))).toBe("source-unsupported");
    expect(await codeOfAsync(open(writeJpeg({ ...frame, precision: 12 })))).toBe("source-unsupported");
  });

  it("is refused where its head is damaged or cut off", async () => {
    const bytes = writeJpeg(frame);
    const scan = bytes.findIndex((byte, at) => byte === 0xff && bytes[at + 1] === 0xda);
    expect(await codeOfAsync(open(bytes.subarray(1)))).toBe("source-malformed");
    expect(await codeOfAsync(open(bytes.subarray(0, scan)))).toBe("source-malformed");
    expect(await codeOfAsync(open(bytes.subarray(0, scan + 9)))).toBe("source-malformed");
    expect(await codeOfAsync(open(Uint8Array.of(...bytes.subarray(0, scan), 0xff, 0xd9)))).toBe("source-malformed");
    expect(await codeOfAsync(open(writeJpeg({ ...frame, segments: [[0xff, 0xd8]] })))).toBe("source-malformed");
  });

  it("is refused with more tables than the limit, and read with as many", async () => {
    const plain = (await readJpegRowsHead(memorySource(writeJpeg(frame)))).stream.byteLength;
    // A table of quantisation has 65 bytes, and its segment four more.
    const steps = [0, ...new Array<number>(64).fill(1)];
    const withTables = (count: number) =>
      writeJpeg({ ...frame, segments: new Array(count).fill(segmentOf(0xdb, steps)) });
    const most = Math.floor((maxJpegTableBytes - plain) / 69);
    const { stream } = await readJpegRowsHead(memorySource(withTables(most)));
    expect(stream.byteLength).toBeGreaterThan(maxJpegTableBytes - 69);
    expect(await codeOfAsync(readJpegRowsHead(memorySource(withTables(most + 1))))).toBe("source-malformed");
  });
});

describe("the beginning of a file", () => {
  it("tells whether it comes by rows", () => {
    const bytes = writeJpeg(frame);
    const scan = bytes.findIndex((byte, at) => byte === 0xff && bytes[at + 1] === 0xda);
    expect(comesByRows(bytes, 32)).toBe(true);
    expect(comesByRows(bytes.subarray(0, scan + 14), 32)).toBe(true);
    expect(comesByRows(bytes.subarray(0, scan + 13), 32)).toBe(false);
    expect(comesByRows(writeProgressiveJpeg(frame), 32)).toBe(false);
    expect(comesByRows(writeJpeg({ ...frame, isSeparate: true }), 32)).toBe(false);
  });

  it("tells of units of 24 rows that multiples of 32 do not fit them", () => {
    const bytes = writeJpeg({ ...frame, components: [{ ...one, vertical: 3 }, one, one] });
    expect(comesByRows(bytes, 32)).toBe(false);
    expect(comesByRows(bytes, 48)).toBe(true);
  });

  it("is not all held where its scan begins after more than a megabyte", () => {
    const segment = segmentOf(0xe1, new Array<number>(65_000).fill(0));
    const withSegments = (count: number) => writeJpeg({ ...frame, segments: new Array(count).fill(segment) });
    expect(comesByRows(withSegments(16), 32)).toBe(true);
    expect(comesByRows(withSegments(17), 32)).toBe(false);
  });
});

describe("a file with much in front of its scan", () => {
  it("is read on, and its metadata is left out of what is kept", async () => {
    const segment = segmentOf(0xe1, new Array<number>(60_000).fill(0xff));
    const bytes = writeJpeg({ ...frame, segments: new Array(5).fill(segment) });
    const head = await readJpegRowsHead(memorySource(bytes));
    expect(head.dataOffset).toBeGreaterThan(300_000);
    expect(head.stream).toEqual((await readJpegRowsHead(memorySource(writeJpeg(frame)))).stream);
    const { reader, planes } = await open(bytes);
    expect(await reader.next(planes, height)).toBeUndefined();
  });
});

describe("a checkpoint", () => {
  const bytes = writeJpeg({ ...frame, restartInterval: 4 });
  const stop = async (): Promise<JpegCheckpoint> => {
    const { reader, planes } = await open(bytes);
    await reader.next(planes, 16);
    return reader.checkpoint();
  };

  it("says where reading has come to, in plain values", async () => {
    const checkpoint = await stop();
    expect(JSON.parse(JSON.stringify(checkpoint))).toEqual(checkpoint);
    expect(checkpoint).toMatchObject({ version: "one", row: 16, lostEnd: 0, restartNumbers: "unknown" });
    expect((await open(bytes, checkpoint)).reader.row).toBe(16);
  });

  it("of another version of the file is refused", async () => {
    expect(await codeOfAsync(open(bytes, await stop(), "two"))).toBe("source-changed");
  });

  it("that is none of this file is refused", async () => {
    const checkpoint = await stop();
    const others: Partial<JpegCheckpoint>[] = [
      { row: 15 },
      { row: 64 },
      { offset: 3 },
      { offset: bytes.length + 1 },
      { bit: 8 },
      { predictions: [0, 0] },
      { predictions: [0.5, 0, 0, 0] },
      { intervalEnd: 1 },
      { intervalEnd: 1000 },
      { lostEnd: -1 },
      { expectedRestart: 8 },
      { restartNumbers: "counted" as "meant" },
    ];
    for (const other of others) {
      expect(await codeOfAsync(open(bytes, { ...checkpoint, ...other })), JSON.stringify(other)).toBe("internal");
    }
  });

  it("at the end has nothing left to read", async () => {
    const { reader, planes } = await open(bytes);
    await reader.next(planes, height);
    const { reader: ended } = await open(bytes, reader.checkpoint());
    expect(ended.row).toBe(height);
    await expect(ended.next(planes, 16)).rejects.toThrow(RangeError);
  });
});

describe("rows that are asked for", () => {
  it("have to be whole rows of MCUs, or all that are left", async () => {
    const { reader, planes } = await open(writeJpeg(frame));
    for (const rows of [0, -16, 8, 17, 64, 15.5]) await expect(reader.next(planes, rows)).rejects.toThrow(RangeError);
    await reader.next(planes, 48);
    await reader.next(planes, 8);
    expect(reader.row).toBe(height);
  });

  it("have a plane for each component", async () => {
    const { reader, planes } = await open(writeJpeg(frame));
    await expect(reader.next(planes.slice(1), 16)).rejects.toThrow(RangeError);
  });

  it("are not read while others are, nor after reading failed", async () => {
    const bytes = writeJpeg({ ...frame, step: 1 });
    const plain = memorySource(bytes);
    const failure = new ImageError("storage-failed", "Not today.");
    let isFailing = false;
    const source = {
      ...plain,
      read: (offset: number, length: number) => (isFailing ? Promise.reject(failure) : plain.read(offset, length)),
    };
    const kernel = openTestKernel();
    const planes = [0, 1, 1].map((shift) => kernel.allocatePlane(width >> shift, height >> shift));
    const head = await readJpegRowsHead(source);
    const held = { ...head.held, bytes: new Uint8Array() };
    const reader = openJpegRows(kernel, { source, head: { ...head, held }, readBytes: 50 });
    const first = reader.next(planes, 16);
    await expect(reader.next(planes, 16)).rejects.toThrow(RangeError);
    expect(() => reader.checkpoint()).toThrow(RangeError);
    await first;
    const checkpoint = reader.checkpoint();
    isFailing = true;
    expect(await codeOfAsync(reader.next(planes, 40))).toBe("storage-failed");
    isFailing = false;
    await expect(reader.next(planes, 16)).rejects.toThrow(RangeError);
    const again = openJpegRows(kernel, { source, head: { ...head, held }, readBytes: 50, from: checkpoint });
    expect(await again.next(planes, 40)).toBeUndefined();
  });
});
