import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import { writePackBits } from "../../support/pack-bits-writer.ts";
import { decode, drawTiff, largestDifference, type Pixels } from "../../support/render.ts";

const plain: TiffOptions = { width: 213, height: 157, tile: 64, levels: 3 };

/** The whole file as libvips reads it, RGB or grey. */
async function oracle(file: Uint8Array, channels = 3): Promise<Pixels> {
  const picture = sharp(file);
  const { data, info } = await (channels === 1 ? picture.extractChannel(0) : picture)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, samples: data };
}

/** A PNG of ours without its alpha, grey as one channel where the oracle has one. */
async function drawn(file: Uint8Array, path: string, channels: number): Promise<Pixels> {
  const { encoded } = await drawTiff(file, path);
  const picture = sharp(encoded).removeAlpha();
  const { data, info } = await (channels === 1 ? picture.extractChannel(0) : picture)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, samples: data };
}

describe("drawImage of lossless masters", () => {
  const compressions = ["none", "deflate", "lzw", "packbits"] as const;
  const forms = compressions.flatMap((compression) =>
    (compression === "none" || compression === "packbits" ? ([1] as const) : ([1, 2] as const)).flatMap((predictor) =>
      (["little", "big"] as const).flatMap((byteOrder) =>
        ([1, 3] as const).map((samplesPerPixel) => ({ compression, predictor, byteOrder, samplesPerPixel })),
      ),
    ),
  );

  it.each(forms)(
    "gives the samples libvips reads: $compression, predictor $predictor, $byteOrder-endian, $samplesPerPixel samples",
    async (form) => {
      const file = await makeTiff({ ...plain, ...form });
      const expected = await oracle(file, form.samplesPerPixel);
      const actual = await drawn(file, "full/max/0/default.png", form.samplesPerPixel);
      expect(largestDifference(actual, expected)).toBe(0);
    },
  );

  it("shows white as zero the right way round", async () => {
    const file = await makeTiff({ ...plain, samplesPerPixel: 1, photometric: "MinIsWhite", compression: "deflate" });
    expect(largestDifference(await drawn(file, "full/max/0/default.png", 1), await oracle(file, 1))).toBe(0);
  });

  it("gives a crop at any offset, also across tiles and at the edges", async () => {
    const file = await makeTiff({ ...plain, compression: "lzw" });
    for (const [left, top, width, height] of [
      [1, 1, 5, 5],
      [63, 63, 2, 2],
      [60, 10, 100, 140],
      [200, 150, 13, 7],
      [212, 156, 1, 1],
    ] as const) {
      const data = await sharp(file).extract({ left, top, width, height }).raw().toBuffer();
      const actual = await drawn(file, `${left},${top},${width},${height}/max/0/default.png`, 3);
      expect(largestDifference(actual, { width, height, channels: 3, samples: data })).toBe(0);
    }
  });

  it("resamples within 4 levels of libvips' Lanczos3", async () => {
    const smooth = (x: number, y: number) => [x, 255 - y, (x + y) >> 1].map((value) => Math.min(255, value));
    const file = await makeTiff({ ...plain, levels: 1, compression: "deflate", pixel: smooth });
    for (const size of [
      { width: 150, height: 110 },
      { width: 300, height: 250 },
      { width: 71, height: 52 },
    ]) {
      const { data } = await sharp(file)
        .resize({ ...size, kernel: "lanczos3", fit: "fill" })
        .raw()
        .toBuffer({ resolveWithObject: true });
      const actual = await drawn(file, `full/^${size.width},${size.height}/0/default.png`, 3);
      expect(largestDifference(actual, { ...size, channels: 3, samples: data })).toBeLessThanOrEqual(4);
    }
  });
});

describe("drawImage of JPEG masters", () => {
  const options = { tile: true, tileWidth: 64, tileHeight: 64, pyramid: true, compression: "jpeg" } as const;

  async function photograph(quality: number): Promise<Uint8Array> {
    const pixel = (x: number, y: number) => [
      128 + 100 * Math.sin(x / 17),
      128 + 100 * Math.sin(y / 13),
      128 + 90 * Math.sin((x + y) / 23),
    ];
    const samples = Uint8Array.from({ length: 333 * 222 * 3 }, (_, index) => {
      const at = Math.floor(index / 3);
      return pixel(at % 333, Math.floor(at / 333))[index % 3] ?? 0;
    });
    return sharp(samples, { raw: { width: 333, height: 222, channels: 3 } })
      .tiff({ ...options, quality })
      .toBuffer();
  }

  it.each([
    ["YCbCr with halved chroma", 85],
    ["RGB", 95],
  ])("differs from libjpeg-turbo by less than a level on average and by 20 at most: %s", async (_, quality) => {
    const file = await photograph(quality);
    // The last column and row apart: there libjpeg takes chroma of the padding into account, which is no picture.
    const inner = { left: 0, top: 0, width: 332, height: 221 };
    const expected = await sharp(file).extract(inner).raw().toBuffer();
    const actual = await drawn(file, "0,0,332,221/max/0/default.png", 3);
    const sum = actual.samples.reduce((total, sample, index) => total + Math.abs(sample - (expected[index] ?? 0)), 0);
    expect(actual).toMatchObject({ width: 332, height: 221 });
    expect(sum / actual.samples.length).toBeLessThan(1);
    // Where tiles meet libjpeg brings up each tile's chroma by itself, and we all of it together.
    expect(largestDifference(actual, { ...actual, samples: expected })).toBeLessThanOrEqual(20);
  });

  it("encodes grey as one component", async () => {
    const { encoded } = await drawTiff(await photograph(85), "full/200,/0/gray.jpg");
    expect(await sharp(encoded).metadata()).toMatchObject({ channels: 1, width: 200, format: "jpeg" });
  });

  it("draws bitonal in black and white alone", async () => {
    const { encoded } = await drawTiff(await photograph(85), "full/200,/0/bitonal.png");
    const { samples } = await decode(await sharp(encoded).removeAlpha().png().toBuffer());
    expect(new Set(samples)).toEqual(new Set([0, 255]));
  });

  it("draws a rotation on a transparent ground as png and webp, on white as jpg", async () => {
    const file = await photograph(85);
    for (const format of ["png", "webp", "jpg"]) {
      const { samples, channels } = await decode((await drawTiff(file, `full/100,/45/default.${format}`)).encoded);
      const corner = [...samples.subarray(0, channels)];
      if (format === "jpg") expect(Math.min(...corner)).toBeGreaterThan(250);
      else expect(corner[3]).toBe(0);
    }
  });
});

describe("what a drawing takes", () => {
  let file: Uint8Array;
  beforeAll(async () => {
    file = await makeTiff({ width: 2048, height: 1536, tile: 256, levels: 3, compression: "deflate" });
  });

  it.each([
    "full/max/0/default.jpg",
    "full/1000,/0/default.jpg",
    "full/700,/90/default.jpg",
    "full/700,/22.5/default.png",
    "full/^3000,/0/default.jpg",
    "100,100,900,900/640,/0/gray.webp",
    "full/2000,/!180/default.png",
  ])("stays below what its plan said: %s", async (path) => {
    const { plan, kernelBytes } = await drawTiff(file, path);
    expect(kernelBytes).toBeLessThanOrEqual(plan.cost.peakBytes + (1 << 20));
  });

  it("grows with the height of a streamed picture by the weights of its rows alone", async () => {
    const packed = writePackBits(new Uint8Array(256 * 256 * 3).fill(90), 256 * 3);
    const draw = async (height: number) => {
      const file = await makeTiff({ width: 2600, height, tile: 256, compression: "packbits", tileBytes: () => packed });
      return drawTiff(file, "full/max/0/default.jpg");
    };
    const [short, tall] = [await draw(1600), await draw(4800)];
    expect([short.plan.kind, tall.plan.kind]).toEqual(["stream", "stream"]);
    const rowBytes = 32 * Int16Array.BYTES_PER_ELEMENT;
    expect(tall.kernelBytes - short.kernelBytes).toBeLessThan((4800 - 1600) * rowBytes);
    expect(tall.kernelBytes).toBeLessThan(16 << 20);
  });
});
