import { describe, expect, it } from "vitest";
import type { Level } from "../../../src/pyramid/level.ts";
import { areasOfBlocks, levelsOfBlocks } from "../../../src/remake/blocks.ts";
import { openSource } from "../../../src/remake/opened-source.ts";
import { planRemake } from "../../../src/remake/plan.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { makeTiff } from "../../support/make-tiff.ts";

const settings = { compression: "jpeg", quality: 89, tileSize: 512 } as const;

/** Plans an image of which only the index is there: parts of so many bytes, one after another. */
async function planOf(
  grid: Pick<Level, "width" | "height" | "tileWidth" | "tileLength" | "isStripped">,
  { compression, bytes }: { readonly compression: Level["encoding"]["compression"]; readonly bytes: number },
) {
  const opened = await openSource({ source: memorySource(await makeTiff({ width: 32, height: 32 })) }, settings);
  const columns = Math.ceil(grid.width / grid.tileWidth);
  const rows = Math.ceil(grid.height / grid.tileLength);
  const offsets = Float64Array.from({ length: columns * rows }, (_, index) => 1000 + index * bytes);
  const encoding = { ...opened.pyramid.levels[0].encoding, compression };
  const level = { ...grid, columns, rows, offsets, byteCounts: offsets.map(() => bytes), encoding };
  const pyramid = { width: grid.width, height: grid.height, orientation: 1, levels: [level] } as const;
  const source = { ...opened.source, size: 1000 + columns * rows * bytes };
  return planRemake({ ...opened, pyramid, source }, { settings });
}

describe("planning a conversion", () => {
  it.each([
    ["500 megapixels in LZW strips of 256 rows", { width: 27_000, height: 18_500, tileLength: 256 }, "lzw", 4_000_000],
    ["600 megapixels in LZW strips of a row", { width: 30_000, height: 20_000, tileLength: 1 }, "lzw", 40_000],
    ["a gigapixel in strips as they are", { width: 32_768, height: 32_768, tileLength: 16 }, "none", 1_572_864],
  ] as const)("takes %s in rows of the whole width, which are read once", async (_, size, compression, bytes) => {
    const plan = await planOf({ ...size, tileWidth: size.width, isStripped: true }, { compression, bytes });
    expect(plan.shape).toEqual({ width: size.width, height: 2048 });
    expect(plan.blocks).toHaveLength(Math.ceil(size.height / 2048));
    expect(Math.max(...plan.blocks.map((block) => block.bytes))).toBeLessThanOrEqual(72 << 20);
  });

  it("takes a wide image in tiles in blocks that are narrower", async () => {
    const grid = { width: 100_000, height: 60_000, tileWidth: 512, tileLength: 512, isStripped: false };
    const { shape, blocks, topBytes } = await planOf(grid, { compression: "lzw", bytes: 300_000 });
    expect(shape.width).toBeLessThan(grid.width);
    expect(shape.width % shape.height).toBe(0);
    expect(Math.max(...blocks.map((block) => block.bytes), topBytes ?? 0)).toBeLessThanOrEqual(40 << 20);
  });

  it("covers an image with blocks once", () => {
    const size = { width: 5000, height: 4100 };
    const areas = areasOfBlocks({ width: 2048, height: 1024 }, size);
    expect(areas.reduce((sum, area) => sum + area.width * area.height, 0)).toBe(size.width * size.height);
    expect(areas.every(({ x, y }) => x % 2048 === 0 && y % 1024 === 0)).toBe(true);
    const pyramid = { size, tileSize: 256, levels: 6 };
    expect(levelsOfBlocks({ width: 2048, height: 1024 }, pyramid)).toBe(3);
    expect(levelsOfBlocks({ width: 5000, height: 1024 }, pyramid)).toBe(3);
    expect(levelsOfBlocks(size, pyramid)).toBe(6);
  });
});
