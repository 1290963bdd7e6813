import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { isReadByRows } from "../../../src/codec/tile-decoder.ts";
import type { Level } from "../../../src/pyramid/level.ts";
import { openSource } from "../../../src/remake/opened-source.ts";
import { planRemake } from "../../../src/remake/plan.ts";
import { runRemake } from "../../../src/remake/run.ts";
import type { ByteSource } from "../../../src/source/byte-source.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { makeTiff } from "../../support/make-tiff.ts";
import { FreshKernels, MemoryTarget, openPorts, usualSettings } from "../../support/remaking.ts";

const settings = { compression: "jpeg", quality: 89, tileSize: 512 } as const;

/** A file of the size of a large scan: nothing of its pixels is there. */
async function scan(width: number, height: number, rowsPerStrip: number) {
  const file = await makeTiff({ width: 16, height: 16, rowsPerStrip: 8, compression: "lzw", predictor: 2 });
  const opened = await openSource({ source: memorySource(file) }, settings);
  const [level] = opened.pyramid.levels;
  const rows = Math.ceil(height / rowsPerStrip);
  const byteCounts = new Float64Array(rows).fill(12 << 20);
  const grid = { tileWidth: width, tileLength: rowsPerStrip, columns: 1, rows };
  const stored: Level = {
    ...level,
    ...grid,
    width,
    height,
    byteCounts,
    offsets: byteCounts.map((_, at) => (at + 1) << 24),
  };
  const source = { ...memorySource(file), size: 2 ** 40 };
  return { ...opened, source, pyramid: { ...opened.pyramid, width, height, levels: [stored] as const } };
}

/** How many strips a plan decodes more than once. */
function decodedAgain({ blocks }: ReturnType<typeof planRemake>, rowsPerStrip: number): number {
  const decoded = blocks.flatMap(({ area: { y, height } }) => {
    const first = Math.floor(y / rowsPerStrip);
    return Array.from({ length: Math.ceil((y + height) / rowsPerStrip) - first }, (_, index) => first + index);
  });
  return decoded.length - new Set(decoded).size;
}

describe("planning to remake an image in large strips", () => {
  it("takes 500 megapixels in little memory, each strip once", async () => {
    const plan = planRemake(await scan(25_000, 20_000, 256), { settings });
    expect(Math.max(...plan.blocks.map(({ bytes }) => bytes), plan.topBytes ?? 0)).toBeLessThanOrEqual(16 << 20);
    expect(plan.shape).toEqual({ width: 25_000, height: 2048 });
    expect(decodedAgain(plan, 256)).toBe(0);
  });

  it.each([
    { rowsPerStrip: 512, height: 2048, again: 0 },
    { rowsPerStrip: 768, height: 1536, again: 0 },
    { rowsPerStrip: 320, height: 2560, again: 0 },
    // There is no height of whole strips and whole tiles that is not far too large.
    { rowsPerStrip: 300, height: 2048, again: 4 },
  ])("ends blocks with strips of $rowsPerStrip rows where it can", async ({ rowsPerStrip, height, again }) => {
    const plan = planRemake(await scan(10_000, 9000, rowsPerStrip), { settings });
    expect(plan.shape).toEqual({ width: 10_000, height });
    expect(decodedAgain(plan, rowsPerStrip)).toBe(again);
  });
});

describe("remaking an image in large strips", () => {
  const size = { width: 2300, height: 2150 } as const;
  const samples = Uint8Array.from({ length: size.width * size.height * 3 }, (_, at) => {
    return ((at >> 5) & 255) + (Math.imul(at, 2_654_435_761) >>> 31);
  });

  /** Remakes the picture from strips of some rows in blocks that are lower than it, and tells what was read and taken. */
  async function remake(tileHeight: number, memoryBytes: number) {
    const picture = sharp(samples, { raw: { ...size, channels: 3 } });
    const file = await picture.tiff({ compression: "lzw", predictor: "horizontal", tileHeight }).toBuffer();
    const read = { bytes: 0 };
    const whole = memorySource(file);
    const source: ByteSource = {
      ...whole,
      async read(offset, length) {
        read.bytes += length;
        return whole.read(offset, length);
      },
    };
    const target = new MemoryTarget();
    const kernels = new FreshKernels();
    const { tools } = openPorts({});
    const ports = openPorts({ target, tools: { ...tools, kernels } });
    const opened = await openSource({ source: whole }, usualSettings);
    const plan = planRemake(opened, { settings: usualSettings, memoryBytes });
    await runRemake({ source, settings: usualSettings, memoryBytes }, ports);
    const [level] = opened.pyramid.levels;
    return { file, master: target.file, read: read.bytes, plan, level, kernels };
  }

  let small: Awaited<ReturnType<typeof remake>>;
  let large: Awaited<ReturnType<typeof remake>>;
  beforeAll(async () => {
    small = await remake(64, 40 << 20);
    large = await remake(768, 9 << 20);
  });

  it("comes to the same master as one in small strips, in the memory that was planned", () => {
    expect([small.level, large.level].map((level) => isReadByRows(level))).toEqual([false, true]);
    expect(large.plan.shape).toEqual({ width: 2300, height: 768 });
    expect(large.plan.blocks.length).toBe(3);
    expect(Buffer.compare(large.master!, small.master!)).toBe(0);
    for (const { bytes, kernel } of large.kernels.taken) {
      expect(kernel.memoryBytes).toBeLessThanOrEqual(bytes + (1 << 16));
    }
  });

  it("reads each strip once", () => {
    expect(decodedAgain(large.plan, 768)).toBe(0);
    // The directory is read beside.
    expect(large.read).toBeLessThan(large.file.length + (1 << 18));
  });
});
