import sharp, { type Sharp } from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { rotatedSize } from "../../../src/geometry.ts";
import { openImage, prefixBytes } from "../../../src/masters/image.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { makeTiff } from "../../support/make-tiff.ts";
import { decode, drawTiff, type Pixels, planPath } from "../../support/render.ts";
import { rotateTwin } from "../../support/rotating.ts";

const megabyte = 1 << 20;

// More pixels than are held once it is rotated, with sides that fill no whole number of tiles or chroma samples.
const size = { width: 2201, height: 1403 } as const;
const samples = new Uint8Array(size.width * size.height);
for (let y = 0; y < size.height; y += 1) {
  for (let x = 0; x < size.width; x += 1) {
    samples[y * size.width + x] = 128 + 60 * Math.sin(x / 7) * Math.cos(y / 11) + 50 * Math.sin((x + 3 * y) / 97);
  }
}

const gray = sharp(samples, { raw: { ...size, channels: 1 } });
const color = gray.clone().toColourspace("srgb");

/** A master of each kind that rows come from in another way, all of the same picture. */
const kinds: Readonly<Record<string, () => Promise<Uint8Array>>> = {
  "tiles of Deflate": () =>
    makeTiff({
      ...{ ...size, tile: 256, samplesPerPixel: 1, compression: "deflate" },
      pixel: (x: number, y: number) => [samples[y * size.width + x] ?? 0],
    }),
  "tiles of JPEG": () => color.clone().tiff({ compression: "jpeg", quality: 95, tile: true }).toBuffer(),
  "a PNG file": () => gray.clone().png({ compressionLevel: 1 }).toBuffer(),
  "a JPEG file": () => color.clone().jpeg({ quality: 95 }).toBuffer(),
};

const alphaOf = (picture: Sharp): Promise<Buffer> => picture.extractChannel("alpha").raw().toBuffer();

const twins = new Map<number, ReturnType<typeof rotateTwin>>();

function twinOf(degrees: number): ReturnType<typeof rotateTwin> {
  const twin = twins.get(degrees) ?? rotateTwin({ ...size, values: samples }, degrees);
  twins.set(degrees, twin);
  return twin;
}

/** How far grey pixels are from those of a rotation in double precision of the same picture, where it is covered. */
function meanDifference({ width, height, channels, samples: drawn }: Pixels, degrees: number): number {
  const twin = twinOf(degrees);
  expect([width, height]).toEqual([twin.samples.width, twin.samples.height]);
  let sum = 0;
  let count = 0;
  twin.alpha.values.forEach((alpha, at) => {
    if (alpha !== 255) return;
    sum += Math.abs(drawn[at * channels]! - twin.samples.values[at]!);
    count += 1;
  });
  return sum / count;
}

describe.each(Object.keys(kinds))("a large picture of %s", { tags: "slow" }, (name) => {
  let file: Uint8Array;
  beforeAll(async () => {
    file = new Uint8Array(await kinds[name]!());
  });

  it.each([22.5, 100, 337.5])("streams rotated by %s as it is", async (degrees) => {
    const { plan, encoded, kernelBytes } = await drawTiff(file, `full/max/${degrees}/default.png`);
    expect(plan.kind).toBe("stream");
    expect(kernelBytes).toBeLessThanOrEqual(plan.cost.peakBytes);
    const lossy = name.includes("JPEG") ? 1.5 : 0.02;
    expect(meanDifference(await decode(encoded), degrees)).toBeLessThan(lossy);
  });

  it.each([100, 337.5])("is a WebP rotated by %s, with the alpha of the PNG", async (degrees) => {
    const path = `full/max/${degrees}/default`;
    const { plan, encoded, kernelBytes } = await drawTiff(file, `${path}.webp`);
    if (plan.kind !== "draw") throw new Error("a WebP that is streamed");
    expect(kernelBytes + plan.keptBytes).toBeLessThanOrEqual(plan.cost.peakBytes);
    const [webp, png] = [encoded, (await drawTiff(file, `${path}.png`)).encoded].map((bytes) => sharp(bytes));
    const [alpha, expected] = await Promise.all([webp!, png!].map((picture) => alphaOf(picture.clone())));
    expect(alpha!.equals(expected!)).toBe(true);
    expect(meanDifference(await decode(encoded), degrees)).toBeLessThan(2);
  });

  it("is decoded once, whatever it is rotated by", async () => {
    const source = memorySource(file);
    const image = { ...(await openImage({ source, prefix: file.subarray(0, prefixBytes) })), source };
    const costs = ["0", "22.5", "200"].map((rotation) => planPath(image, `full/max/${rotation}/default.jpg`).plan.cost);
    const work = costs.map(({ tiles, decodedPixels, readBytes }) => ({ tiles, decodedPixels, readBytes }));
    expect(work.slice(1)).toEqual([work[0], work[0]]);
  });

  it("takes less memory than all of it, as JPEG", async () => {
    const { plan, encoded, kernelBytes } = await drawTiff(file, "full/max/22.5/default.jpg");
    expect(plan.kind).toBe("stream");
    expect(kernelBytes).toBeLessThanOrEqual(plan.cost.peakBytes);
    expect(plan.cost.peakBytes).toBeLessThan(12 * megabyte);
    expect(meanDifference(await decode(encoded), 22.5)).toBeLessThan(2);
  });
});

describe("rotated pictures up to the area that is served by default", () => {
  // 25 megapixels once it is rotated by 22.5 degrees, 29 by 45.
  const whole = { width: 4376, height: 3282 } as const;
  const plan = async (file: Uint8Array, path: string) => {
    const source = memorySource(file);
    const image = await openImage({ source, prefix: file.subarray(0, prefixBytes) });
    return planPath({ ...image, source }, path).plan;
  };
  const cases = ["22.5", "45", "67.5", "100", "200", "!300"].flatMap((rotation) =>
    ["jpg", "png", "tif"].map((format) => ({ rotation, format })),
  );

  it.each(cases)(
    "stream by $rotation degrees as $format, of tiles, in less than 40 MB",
    async ({ rotation, format }) => {
      const tile = new Uint8Array(
        await sharp({ create: { width: 256, height: 256, channels: 3, background: "#456" } })
          .jpeg()
          .toBuffer(),
      );
      const form = { compression: "jpeg", photometric: "YCbCr", ycbcrSubsampling: [2, 2] } as const;
      const file = await makeTiff({ ...whole, tile: 256, ...form, tileBytes: () => tile });
      const planned = await plan(file, `full/max/${rotation}/default.${format}`);
      const { width, height } = rotatedSize(whole, Number(rotation.replace("!", "")));
      expect(planned).toMatchObject({ kind: "stream", canvas: { width, height } });
      expect(planned.cost.peakBytes).toBeLessThan(40 * megabyte);
      if (format === "jpg" && Number(rotation) === 22.5) expect(planned.cost.peakBytes).toBeLessThan(16 * megabyte);
    },
  );
});
