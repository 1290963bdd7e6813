import { describe, expect, it } from "vitest";
import { writeProgressiveJpeg } from "../support/jpeg-progressive-writer.ts";
import { partJpeg } from "../support/jpeg-tables.ts";
import { segmentOf, type WrittenJpeg, writeJpeg } from "../support/jpeg-writer.ts";
import { makeTiff, type TiffOptions } from "../support/make-tiff.ts";
import { attempt } from "./attempt.ts";

const sampleAt = (x: number, y: number): number => (x * 5 + y * 3) & 255;
const full = { horizontal: 1, vertical: 1, sampleAt };
const good: WrittenJpeg = { width: 64, height: 64, components: [full, full, full] };

/** Two requests: one that would copy the first tile, one that decodes all. */
const paths = { copied: "0,0,64,64/max/0/default.jpg", drawn: "full/60,/0/default.png" };

const master: TiffOptions = { width: 128, height: 96, tile: 64, compression: "jpeg", photometric: "YCbCr" };

async function codesOf(tile: Uint8Array, form: Partial<TiffOptions> = {}): Promise<Record<keyof typeof paths, string>> {
  const file = await makeTiff({ ...master, tileBytes: () => tile, ...form });
  const attempts = { copied: await attempt(file, paths.copied), drawn: await attempt(file, paths.drawn) };
  for (const { kernelBytes, plannedBytes, drawing } of Object.values(attempts)) {
    expect(kernelBytes).toBeLessThanOrEqual(Math.max(plannedBytes, 4 << 20));
    // All tiles share their bytes: they are read once for each row of tiles.
    expect(drawing.bytes).toBeLessThanOrEqual(2 * file.byteLength);
  }
  return { copied: attempts.copied.code, drawn: attempts.drawn.code };
}

describe("JPEG tiles", () => {
  it("that are as the directory says are served", async () => {
    expect(await codesOf(writeJpeg(good))).toEqual({ copied: "none", drawn: "none" });
  });

  const disagreeing: readonly [string, Partial<WrittenJpeg>][] = [
    ["wider", { width: 72 }],
    ["narrower", { width: 63 }],
    ["taller", { height: 65 }],
    ["shorter", { height: 8 }],
    ["a pixel", { width: 1, height: 1 }],
    ["as large as JPEG can be", { frameSize: { width: 65_500, height: 65_500 } } as Partial<WrittenJpeg>],
    ["of one component", { components: [full] }],
    ["of four components", { components: [full, full, full, full] }],
  ];

  it.each(disagreeing)("that are %s are refused, decoded or copied", async (_, change) => {
    const { frameSize, ...jpeg } = { ...good, ...change } as WrittenJpeg & { frameSize?: WrittenJpeg };
    const tile = writeJpeg(jpeg);
    if (frameSize !== undefined) setFrameSize(tile, frameSize);
    expect(await codesOf(tile)).toEqual({ copied: "source-malformed", drawn: "source-malformed" });
  });

  it("that are subsampled in ways that make no picture are refused when they are decoded", async () => {
    const odd = [{ ...full, horizontal: 3 }, { ...full, horizontal: 2 }, full];
    const { drawn } = await codesOf(writeJpeg({ ...good, components: odd }));
    expect(drawn).toBe("source-unsupported");
  });

  it("without the tables that they use are refused", async () => {
    const { abbreviated, tables } = partJpeg(writeJpeg(good));
    expect(await codesOf(abbreviated)).toEqual({ copied: "source-malformed", drawn: "source-malformed" });
    expect(await codesOf(abbreviated, { jpegTables: tables })).toEqual({ copied: "none", drawn: "none" });
  });

  it("with tables that are none, cut off or a picture are refused when they are decoded", async () => {
    const { abbreviated, tables } = partJpeg(writeJpeg(good));
    const broken = [Uint8Array.of(1, 2, 3, 4, 5), tables.subarray(0, tables.length - 9), writeJpeg(good)];
    for (const jpegTables of broken) {
      expect((await codesOf(abbreviated, { jpegTables })).drawn).toBe("source-malformed");
    }
  });

  it("that are cut off at any byte are never copied, and drawn if most of them is there", {
    tags: "slow",
  }, async () => {
    const tile = writeJpeg({ ...good, step: 40 });
    const wrong: string[] = [];
    const drawnCodes: string[] = [];
    // What ends a stream may be missing where all blocks are there.
    for (let length = 0; length < tile.length - 8; length += 7) {
      const { copied, drawn } = await codesOf(tile.subarray(0, length), { width: 64, height: 64 });
      const isEmpty = length === 0;
      if (!isEmpty && copied !== "source-malformed") wrong.push(`${length}: ${copied}`);
      drawnCodes.push(drawn);
    }
    expect(wrong).toEqual([]);
    // Of the first bytes nothing is drawn, from some place on all.
    const first = drawnCodes.indexOf("none", 1);
    expect(first).toBeGreaterThan(drawnCodes.length / 2);
    expect(new Set(drawnCodes.slice(1, first))).toEqual(new Set(["source-malformed"]));
    expect(new Set(drawnCodes.slice(first))).toEqual(new Set(["none"]));
  });

  it("in an unsupported coding are refused by its name", async () => {
    const markers = { lossless: 0xc3, hierarchical: 0xc5, arithmetic: 0xc9, "arithmetic progressive": 0xca };
    for (const frameMarker of Object.values(markers)) {
      const refused = { copied: "source-unsupported", drawn: "source-unsupported" };
      expect(await codesOf(writeJpeg({ ...good, frameMarker }))).toEqual(refused);
      expect(await codesOf(writeJpeg({ ...good, precision: 12 }))).toEqual(refused);
    }
  });

  it("of hundreds of scans are refused before they are decoded", async () => {
    const tile = writeProgressiveJpeg({ ...good, step: 40 });
    const start = tile.findLastIndex((byte, index) => byte === 0xff && tile[index + 1] === 0xda);
    const scan = tile.subarray(start, tile.length - 2);
    const scans = Buffer.concat([tile.subarray(0, start), ...Array.from({ length: 800 }, () => scan)]);
    expect((await codesOf(tile)).drawn).toBe("none");
    expect((await codesOf(new Uint8Array(scans))).drawn).toBe("source-unsupported");
  });

  it("with tens of thousands of segments before the frame are served", async () => {
    const comment = segmentOf(0xfe, []);
    const tile = writeJpeg({ ...good, segments: Array.from({ length: 30_000 }, () => comment) });
    expect((await codesOf(tile)).drawn).toBe("none");
  });
});

function setFrameSize(jpeg: Uint8Array, { width, height }: Pick<WrittenJpeg, "width" | "height">): void {
  const at = jpeg.findIndex((byte, index) => byte === 0xff && jpeg[index + 1] === 0xc0);
  new DataView(jpeg.buffer).setUint16(at + 5, height);
  new DataView(jpeg.buffer).setUint16(at + 7, width);
}
