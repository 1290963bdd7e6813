import { describe, expect, it } from "vitest";
import { maxDecodedBytes, maxJpeg2000Pixels, maxReadBytesPerRender, maxWebpPixels } from "../../../src/limits.ts";
import type { Level } from "../../../src/pyramid/level.ts";
import type { Batch } from "../../../src/render/batches.ts";
import { refuseMuchWork } from "../../../src/render/decoding-limits.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { openPyramid } from "../../../src/tiff/open.ts";
import { codeOf } from "../../support/code-of.ts";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";

/** Opens a level of tiles of 256 by 256 pixels; what lies in its tiles does not matter. */
async function openLevel(form: Partial<TiffOptions> = {}): Promise<Level> {
  const file = await makeTiff({ width: 300, height: 300, tile: 256, tileBytes: () => new Uint8Array(9), ...form });
  return (await openPyramid(memorySource(file))).levels[0];
}

/** Returns a batch of as many tiles of `length` bytes each, all in the same place. */
function batchOf(count: number, length: number): readonly Batch[] {
  const ranges = [{ offset: 8, length }];
  const tiles = Array.from({ length: count }, (_, column) => ({
    column,
    row: 0,
    storedRows: 256,
    levelRow: 0,
    ranges,
  }));
  return [{ tileRows: [{ row: 0, tiles }], reads: [] }];
}

const refusal = (level: Level, batches: readonly Batch[]): string => codeOf(() => refuseMuchWork(level, batches));

describe("refuseMuchWork", () => {
  it("counts the bytes of every tile, also of those that share them", async () => {
    const level = await openLevel({ compression: "deflate" });
    const [count, length] = [64, maxReadBytesPerRender / 64];
    expect(refusal(level, batchOf(count, length))).toBe("none");
    expect(refusal(level, batchOf(count, length + 1))).toBe("render-too-costly");
  });

  it("counts samples as they are stored", async () => {
    const bytes = await openLevel({ compression: "lzw" });
    const doubles = await openLevel({ compression: "lzw", bitsPerSample: 64, sampleFormat: "float" });
    const count = Math.floor(maxDecodedBytes / (256 * 256 * 3 * 8));
    expect(refusal(doubles, batchOf(count, 1))).toBe("none");
    expect(refusal(doubles, batchOf(count + 1, 1))).toBe("render-too-costly");
    expect(refusal(bytes, batchOf(count + 1, 1))).toBe("none");
  });

  it.each([
    ["webp", maxWebpPixels],
    ["jpeg2000", maxJpeg2000Pixels],
  ] as const)("takes fewer pixels of %s, whose decoder is slow", async (compression, maxPixels) => {
    const level = await openLevel({ compression });
    const count = maxPixels / (256 * 256);
    expect(refusal(level, batchOf(count, 1))).toBe("none");
    expect(refusal(level, batchOf(count + 1, 1))).toBe("render-too-costly");
    expect(refusal(await openLevel(), batchOf(count + 1, 1))).toBe("none");
  });

  it("does not count tiles that were never written", async () => {
    const level = await openLevel({ compression: "jpeg2000" });
    const unwritten = { column: 0, row: 0, storedRows: 256, levelRow: 0, ranges: undefined };
    const tiles = Array.from({ length: maxJpeg2000Pixels / (256 * 256) + 1 }, () => unwritten);
    expect(refusal(level, [{ tileRows: [{ row: 0, tiles }], reads: [] }])).toBe("none");
  });
});
