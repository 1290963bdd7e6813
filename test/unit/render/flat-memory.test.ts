import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { openImage, prefixBytes } from "../../../src/masters/image.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import { drawTiff, planPath } from "../../support/render.ts";

const megabyte = 1 << 20;

/** A master of any size whose tiles are one and the same, so that it takes no more than its directory. */
async function masterOf(width: number, height: number): Promise<Uint8Array> {
  const noise = { type: "gaussian", mean: 128, sigma: 30 } as const;
  const tile = await sharp({ create: { width: 256, height: 256, channels: 3, background: "#456", noise } })
    .jpeg({ quality: 85, chromaSubsampling: "4:2:0" })
    .toBuffer();
  const tileBytes = new Uint8Array(tile);
  const form = { compression: "jpeg", photometric: "YCbCr", ycbcrSubsampling: [2, 2] } as const;
  return makeTiff({ width, height, tile: 256, ...form, tileBytes: () => tileBytes });
}

describe("a picture of any size", () => {
  it("goes out whole at 500 megapixels from less than 16 MB of kernel memory", { tags: "slow" }, async () => {
    const { plan, kernelBytes, encoded } = await drawTiff(await masterOf(26_112, 19_200), "full/max/0/default.jpg");
    expect(plan.kind).toBe("stream");
    expect(plan.cost.tiles).toBe(102 * 75);
    expect(kernelBytes).toBeLessThan(16 * megabyte);
    const { width, height } = await sharp(encoded, { limitInputPixels: false }).metadata();
    expect({ width, height }).toEqual({ width: 26_112, height: 19_200 });
  });

  it("takes memory by its width alone: none more for four times the height", async () => {
    const low = await drawTiff(await masterOf(8192, 1024), "full/max/0/default.jpg");
    const high = await drawTiff(await masterOf(8192, 4096), "full/max/0/default.jpg");
    expect(high.plan.cost.tiles).toBe(4 * low.plan.cost.tiles);
    expect(high.kernelBytes).toBe(low.kernelBytes);
  });
});

/** Returns a tile of so many bytes of one value, packed by PackBits. */
function packed(byteLength: number): Uint8Array {
  return new Uint8Array(byteLength / 64).map((_, index) => (index % 2 === 0 ? 129 : 90));
}

/** Masters without the levels that small pictures are drawn from, whose parts are one and the same. */
const masters: Readonly<Record<string, TiffOptions>> = {
  "a wide master of tiles": {
    ...{ width: 20_000, height: 512, tile: 256, compression: "packbits" },
    tileBytes: () => packed(256 * 256 * 3),
  },
  "a wide master of uncompressed strips": {
    ...{ width: 30_000, height: 300, rowsPerStrip: 1 },
    tileBytes: () => new Uint8Array(30_000 * 3).fill(90),
  },
  "a wide master of tiles of inks in 16 bits": {
    ...{ width: 16_384, height: 256, tile: 256, photometric: "CMYK", bitsPerSample: 16, compression: "packbits" },
    tileBytes: () => packed(256 * 256 * 8),
  },
  "a tall pyramid": {
    ...{ width: 512, height: 40_000, tile: 256, compression: "packbits", levels: 2 },
    tileBytes: () => packed(256 * 256 * 3),
  },
};

async function planPeak(file: Uint8Array, path: string): Promise<number> {
  const source = memorySource(file);
  const image = await openImage({ source, prefix: file.subarray(0, prefixBytes), page: 1 });
  return planPath({ ...image, source }, path).plan.cost.peakBytes;
}

describe.each(Object.keys(masters))("a small picture of %s", (name) => {
  let file: Uint8Array;
  beforeAll(async () => {
    file = await makeTiff(masters[name]!);
  });

  it("takes no more memory the smaller it is", async () => {
    const sizes = ["!1200,1200", "!400,400", "!200,200", "!40,40", "1,1"];
    const peaks = await Promise.all(sizes.map((size) => planPeak(file, `full/${size}/0/default.png`)));
    expect(Math.max(...peaks)).toBeLessThan(12 * megabyte);
    for (const [index, peak] of peaks.entries()) {
      if (index > 0) expect(peak).toBeLessThan(peaks[index - 1]! + megabyte / 4);
    }
  });

  it.each(["full/!200,200/0/default.jpg", "full/,1/0/default.png", "full/1,/90/gray.jpg"])(
    "takes no more than its plan said: %s",
    async (path) => {
      const { plan, kernelBytes, encoded } = await drawTiff(file, path);
      expect(kernelBytes).toBeLessThanOrEqual(plan.cost.peakBytes);
      expect((await sharp(encoded).stats()).channels[0]!.min).toBeGreaterThan(0);
    },
  );
});

describe("a row of tiles with many compressed bytes", () => {
  it("is read in parts: what is held of it does not grow with its width", async () => {
    const tile = new Uint8Array(512 * 512 * 3).fill(90);
    const peaks: number[] = [];
    for (const width of [24_576, 49_152]) {
      const file = await makeTiff({ width, height: 512, tile: 512, tileBytes: () => tile });
      const { plan, reads } = await drawTiff(file, "full/64,/0/default.jpg");
      if (plan.kind === "copy") throw new Error("this request copies a tile");
      const rows = plan.batches.flatMap(({ tileRows }) => tileRows);
      expect(rows.every(({ row }) => row === 0)).toBe(true);
      expect(rows.flatMap(({ tiles }) => tiles.map(({ column }) => column))).toEqual(
        Array.from({ length: width / 512 }, (_, column) => column),
      );
      expect(
        Math.max(...plan.batches.map((batch) => batch.reads.reduce((sum, { length }) => sum + length, 0))),
      ).toBeLessThanOrEqual(8 * megabyte + tile.byteLength);
      expect(reads).toBe(plan.cost.reads);
      peaks.push(plan.cost.peakBytes);
    }
    expect(peaks[1]! - peaks[0]!).toBeLessThan(megabyte / 16);
  });
});
