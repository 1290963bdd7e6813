import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import type { CanonicalRequest } from "../../../src/iiif/canonical.ts";
import { openImage, prefixBytes } from "../../../src/masters/image.ts";
import type { Pyramid } from "../../../src/pyramid/pyramid.ts";
import { planRender } from "../../../src/render/plan.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { codeOf } from "../../support/code-of.ts";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import { makePyramid } from "../../support/pyramid.ts";
import { decode, drawTiff, planPath } from "../../support/render.ts";

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

describe("a PNG file", () => {
  /** White noise in grey would not be small: stripes that differ from row to row are. */
  const pngOf = (width: number, height: number): Promise<Uint8Array> => {
    const samples = new Uint8Array(width * height * 3);
    for (let y = 0; y < height; y += 1) samples.fill(60 + (y % 64), y * width * 3, (y + 1) * width * 3);
    return sharp(samples, { raw: { width, height, channels: 3 } })
      .png({ compressionLevel: 1 })
      .toBuffer();
  };

  it("is drawn as its rows come: memory does not grow with its height, whatever its size", {
    tags: "slow",
  }, async () => {
    const [low, high] = [await pngOf(3000, 1000), await pngOf(3000, 4000)];
    for (const path of ["full/max/0/default.png", "full/500,/0/default.jpg", "full/10,/0/default.png"]) {
      const drawn = await drawTiff(high, path);
      expect(drawn.kernelBytes, path).toBeLessThan(4 * megabyte);
      expect(drawn.kernelBytes, path).toBeLessThanOrEqual(drawn.plan.cost.peakBytes);
      if (path.includes("500,")) {
        expect(drawn.kernelBytes).toBeLessThanOrEqual((await drawTiff(low, path)).kernelBytes + (1 << 16));
      }
    }
  });

  it("has the same pixels in any region of it", async () => {
    const file = await pngOf(301, 403);
    const whole = await decode(file);
    for (const path of [
      "17,31,200,301/max/0/default.png",
      "0,399,301,4/max/180/default.png",
      "3,5,1,1/max/0/default.png",
    ]) {
      const [x, y, width, height] = path.split("/")[0]!.split(",").map(Number) as [number, number, number, number];
      const { encoded } = await drawTiff(file, path);
      const drawn = await decode(encoded);
      const rotated = path.includes("/180/");
      for (let row = 0; row < height; row += 1) {
        const at = ((y + row) * whole.width + x) * 3;
        const line = (rotated ? height - 1 - row : row) * width * 3;
        expect(drawn.samples.subarray(line, line + width * 3)).toEqual(whole.samples.subarray(at, at + width * 3));
      }
    }
  });

  it("of 8192 by 8192 pixels is planned at every size", async () => {
    const side = 8192;
    const encoding = { compression: "png", model: "rgb", subsampling: { x: 1, y: 1 } } as const;
    const [level] = makePyramid({ width: side, height: side, tile: side, encoding, tileBytes: 20 * megabyte }).levels;
    const pyramid: Pyramid = { width: side, height: side, orientation: 1, levels: [{ ...level, isStripped: true }] };
    for (const asked of [1, 64, 1024, 2048, 8192]) {
      for (const rotation of [0, 30, 170, 180]) {
        const request: CanonicalRequest = {
          ...{ region: { x: 0, y: 0, width: side, height: side }, size: { width: asked, height: asked } },
          ...{ rotation: { isMirrored: false, degrees: rotation }, quality: "default", format: "jpg" },
        };
        const plan = () => planRender(request, pyramid, { sourceSize: 2 ** 30, isProfiled: false });
        // What is turned is held whole, as it is of strips, and what is rotated nearly upside down; at 30 degrees a part.
        if (rotation >= 170 && asked === side) expect(codeOf(plan)).toBe("render-too-costly");
        else expect(plan().cost.peakBytes).toBeLessThan((rotation === 30 ? 64 : 44) * megabyte);
      }
    }
  });
});

describe("a progressive JPEG file", () => {
  it("of any size is drawn at 1/8 by one coefficient a block, and by rows at sizes that need them all", {
    tags: "slow",
  }, async () => {
    const side = 4992;
    const noise = { type: "gaussian", mean: 128, sigma: 20 } as const;
    const tile = sharp({ create: { width: 512, height: 512, channels: 3, background: "#888", noise } });
    const picture = sharp(await tile.png().toBuffer()).resize(side, side, { kernel: "nearest" });
    const file = await picture.clone().jpeg({ progressive: true, quality: 60 }).toBuffer();
    for (const path of ["full/1248,/0/default.jpg", "full/max/0/default.jpg", "2000,4000,900,900/max/0/default.png"]) {
      const { plan, kernelBytes } = await drawTiff(file, path);
      expect(kernelBytes).toBeLessThanOrEqual(plan.cost.peakBytes);
    }
    for (const path of ["full/624,/0/default.jpg", "full/100,/0/default.png", "full/1,/0/gray.jpg"]) {
      const { plan, kernelBytes } = await drawTiff(file, path);
      expect(kernelBytes).toBeLessThanOrEqual(plan.cost.peakBytes);
      expect(kernelBytes).toBeLessThan(3 * file.byteLength + 4 * megabyte);
    }
    const sequential = await picture.jpeg({ quality: 60 }).toBuffer();
    const [drawn, expected] = [
      await drawTiff(file, "full/624,/0/default.png"),
      await drawTiff(sequential, "full/624,/0/default.png"),
    ];
    expect(drawn.encoded).toEqual(expected.encoded);
  });
});

describe("a picture that is one strip", () => {
  const strip = (width: number, height: number): Promise<Uint8Array> =>
    makeTiff({
      width,
      height,
      rowsPerStrip: height,
      compression: "packbits",
      tileBytes: () => packed(width * height * 3),
    });

  it("takes little next to its packed samples, at its own size and at smaller ones", async () => {
    const file = await strip(2048, 1536);
    for (const path of [
      "full/max/0/default.png",
      "full/1024,/0/default.jpg",
      "full/500,/90/default.jpg",
      "9,1001,777,333/50,/0/gray.png",
    ]) {
      const { plan, kernelBytes, encoded } = await drawTiff(file, path);
      expect(kernelBytes, path).toBeLessThanOrEqual(plan.cost.peakBytes);
      expect(kernelBytes, path).toBeLessThan(2048 * 1536 * 3 + 4 * megabyte);
      expect((await sharp(encoded).stats()).channels[0]!, path).toMatchObject({ min: 90, max: 90 });
    }
  });

  it("is planned at every smaller size if it is at its own", async () => {
    const side = 4096;
    const encoding = { compression: "deflate", model: "rgb", subsampling: { x: 1, y: 1 } } as const;
    const [level] = makePyramid({ width: side, height: side, tile: side, encoding, tileBytes: megabyte }).levels;
    const pyramid: Pyramid = { width: side, height: side, orientation: 1, levels: [{ ...level, isStripped: true }] };
    for (const asked of [4096, 3000, 2048, 1024, 1000, 400, 30, 1]) {
      const request: CanonicalRequest = {
        ...{ region: { x: 0, y: 0, width: side, height: side }, size: { width: asked, height: asked } },
        ...{ rotation: { isMirrored: false, degrees: 0 }, quality: "default", format: "jpg" },
      };
      expect(planRender(request, pyramid, { sourceSize: 2 ** 30, isProfiled: false }).cost.tiles).toBe(1);
    }
  });

  it("shows 0 where it was never written", async () => {
    const file = await makeTiff({
      width: 300,
      height: 2000,
      rowsPerStrip: 2000,
      isMissing: () => true,
      compression: "packbits",
    });
    for (const path of ["full/max/0/default.png", "full/20,/0/default.png"]) {
      const { channels } = await sharp((await drawTiff(file, path)).encoded).stats();
      expect(channels.map(({ max }) => max)).toEqual([0, 0, 0]);
    }
  });
});
