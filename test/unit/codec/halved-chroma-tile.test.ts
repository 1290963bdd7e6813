import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { halvedChromaDecoder } from "../../../src/codec/halved-chroma-tile.ts";
import { openTileDecoder } from "../../../src/codec/open-tile-decoder.ts";
import type { Area } from "../../../src/geometry.ts";
import { openImage, prefixBytes } from "../../../src/masters/image.ts";
import type { Plane } from "../../../src/raster/raster.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { openTestKernel } from "../../support/kernel.ts";

const side = 128;
const untouched = 0xa5;

async function openTile() {
  const noise = { type: "gaussian", mean: 128, sigma: 40 } as const;
  const file = await sharp({ create: { width: side, height: side, channels: 3, background: "white", noise } })
    .tiff({ compression: "jpeg", quality: 95, tile: true, tileWidth: side, tileHeight: side })
    .toBuffer();
  const image = await openImage({ source: memorySource(file), prefix: file.subarray(0, prefixBytes), page: 1 });
  const [level] = image.pyramid.levels;
  const [offset = 0, byteCount = 0] = [level.offsets[0], level.byteCounts[0]];
  return { level, bytes: file.subarray(offset, offset + byteCount) };
}

describe("RGB tiles with their chroma halved", () => {
  it("are decoded and converted in the window alone, to the same samples as whole", async () => {
    const { level, bytes } = await openTile();
    expect(level.encoding.model).toBe("rgb");
    const kernel = openTestKernel();
    const shape = { level, reduction: 1 } as const;
    const decoder = halvedChromaDecoder(openTileDecoder(kernel, shape, bytes), shape);
    const decode = async (window: Area | undefined): Promise<readonly Uint8Array[]> => {
      const planes = [side, side / 2, side / 2].map((length) => kernel.allocatePlane(length, length));
      for (const { pointer, stride, height } of planes)
        kernel.bytes.fill(untouched, pointer, pointer + stride * height);
      await decoder.decodeInto(kernel, { parts: [bytes], rows: side, window }, planes);
      return planes.map(({ pointer, stride, height }: Plane) => kernel.bytes.slice(pointer, pointer + stride * height));
    };
    const whole = await decode(undefined);
    const window = { x: 37, y: 51, width: 64, height: 30 };
    const part = await decode(window);
    for (const [index, samples] of part.entries()) {
      const step = index === 0 ? 1 : 2;
      // Of whole quads.
      const [left, right] = [36 / step, 102 / step];
      const [top, bottom] = [50 / step, 82 / step];
      const expected = whole[index]!.map((sample, at) => {
        const x = at % (side / step);
        const y = Math.floor(at / (side / step));
        return x >= left && x < right && y >= top && y < bottom ? sample : untouched;
      });
      expect(samples).toEqual(expected);
    }
  });
});
