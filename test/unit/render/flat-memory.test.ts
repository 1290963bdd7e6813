import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { makeTiff } from "../../support/make-tiff.ts";
import { drawTiff } from "../../support/render.ts";

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
