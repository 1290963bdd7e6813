import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import type { Area } from "../../../src/geometry.ts";
import { openImage, prefixBytes } from "../../../src/masters/image.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { decode, drawTiff, type Pixels, planPath } from "../../support/render.ts";

const size = { width: 5201, height: 3907 } as const;
const samples = new Uint8Array(size.width * size.height * 3);
for (let at = 0, y = 0; y < size.height; y++) {
  for (let x = 0; x < size.width; x++, at += 3) {
    samples[at] = 128 + 90 * Math.sin(x / 37) * Math.cos(y / 23);
    samples[at + 1] = (x >> 4) + (y >> 5);
    samples[at + 2] = 128 + 60 * Math.cos((x + y) / 41);
  }
}

/** JPEG files that are decoded some rows at a time. */
const forms = {
  "4:2:0": { chromaSubsampling: "4:2:0" },
  "4:4:4": { chromaSubsampling: "4:4:4" },
  "progressive 4:2:0": { chromaSubsampling: "4:2:0", progressive: true },
  "progressive 4:4:4": { chromaSubsampling: "4:4:4", progressive: true },
} as const;

const whole = { x: 0, y: 0, ...size };
const cases = [
  // Over the seams of the rows that come at once, and at the edges.
  ...[0, 1000, 2001, 3007].map((y) => ({ x: 1801, y, width: 700, height: 900 })),
  { x: 0, y: 0, width: 1, height: 1 },
  { x: 5200, y: 3906, width: 1, height: 1 },
  { x: 2600, y: 0, width: 1, height: size.height },
  { x: 0, y: 1953, width: size.width, height: 1 },
].map((region) => ({ region, path: `${region.x},${region.y},${region.width},${region.height}/max/0/default.png` }));
const reduced = ["full/max", "full/pct:50", "full/2000,", "full/1000,", "full/400,", "0,0,4100,2300/700,"];

function partOf(pixels: Pixels, { x, y, width, height }: Area): Promise<Pixels> {
  const raw = { width: pixels.width, height: pixels.height, channels: 3 } as const;
  return sharp(pixels.samples, { raw })
    .extract({ left: x, top: y, width, height })
    .png({ compressionLevel: 0 })
    .toBuffer()
    .then(decode);
}

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += Math.abs(a[at]! - b[at]!);
  return sum / a.length;
}

describe.each(Object.keys(forms) as (keyof typeof forms)[])("a large JPEG of %s", { tags: "slow" }, (name) => {
  let file: Uint8Array;
  let reference: Pixels;
  let upright: Promise<Pixels> | undefined;
  const turnedRegion = "301,7,4900,3900/2700,";
  const drawUpright = (): Promise<Pixels> =>
    drawTiff(file, `${turnedRegion}/0/default.png`).then(({ encoded }) => decode(encoded));
  beforeAll(async () => {
    file = await sharp(samples, { raw: { ...size, channels: 3 } })
      .jpeg({ quality: 90, ...forms[name] })
      .toBuffer();
    reference = await decode(file);
  });

  it.each(cases)("shows $path as it is", async ({ region, path }) => {
    const drawn = await drawTiff(file, path);
    const part = await partOf(reference, region);
    const pixels = await decode(drawn.encoded);
    expect(pixels.width).toBe(part.width);
    expect(meanDifference(pixels.samples, part.samples)).toBeLessThan(1);
    expect(drawn.kernelBytes).toBeLessThanOrEqual(drawn.plan.cost.peakBytes + (1 << 20));
  });

  it.each(reduced)("draws %s as a decoder does that holds all of it", async (path) => {
    const { encoded, kernelBytes, plan } = await drawTiff(file, `${path}/0/default.png`);
    const pixels = await decode(encoded);
    const [region, extract] = path.startsWith("full")
      ? [whole, undefined]
      : [{ x: 0, y: 0, width: 4100, height: 2300 }, 1];
    expect(extract === undefined || pixels.width === 700).toBe(true);
    const part = await partOf(reference, region);
    const raw = { width: part.width, height: part.height, channels: 3 } as const;
    const twin = await sharp(part.samples, { raw })
      .resize(pixels.width, pixels.height, { fit: "fill", kernel: "lanczos3" })
      .raw()
      .toBuffer();
    expect(meanDifference(pixels.samples, twin)).toBeLessThan(1);
    expect(kernelBytes).toBeLessThanOrEqual(plan.cost.peakBytes + (1 << 20));
  });

  it.each(["90", "180", "270", "!0", "!270"])("is streamed turned by %s as it is upright", async (rotation) => {
    upright ??= drawUpright();
    const { width, height, samples } = await upright;
    const { plan, encoded, kernelBytes } = await drawTiff(file, `${turnedRegion}/${rotation}/default.png`);
    const raw = { width, height, channels: 3 } as const;
    const degrees = Number(rotation.replace("!", ""));
    const plain = { compressionLevel: 0 };
    const mirrored = rotation.startsWith("!") ? sharp(samples, { raw }).flop() : sharp(samples, { raw });
    const twin = await decode(
      await sharp(await mirrored.png(plain).toBuffer())
        .rotate(degrees)
        .png(plain)
        .toBuffer(),
    );
    const turned = await decode(encoded);
    expect([turned.width, turned.height]).toEqual([twin.width, twin.height]);
    expect(meanDifference(turned.samples, twin.samples)).toBeLessThan(0.1);
    expect(plan.kind).toBe("stream");
    expect(kernelBytes).toBeLessThanOrEqual(plan.cost.peakBytes + (1 << 20));
  });

  it("says which rows are damaged, wherever they are", async () => {
    const cut = file.slice(0, Math.floor(file.length * (name.startsWith("progressive") ? 0.9 : 0.8)));
    const { damage } = await drawTiff(cut, "full/1000,/0/default.png");
    expect(damage?.rows).toBeGreaterThan(100);
    expect(damage?.lostPercent).toBeLessThan(40);
  });
});

describe("the largest JPEG that is read", () => {
  it.each([false, true])("is drawn at any size and in any part, progressive: %s", async (progressive) => {
    const create = { width: 8192, height: 8192, channels: 3, background: "#4a7" } as const;
    const file = new Uint8Array(await sharp({ create }).jpeg({ progressive, chromaSubsampling: "4:4:4" }).toBuffer());
    const source = memorySource(file);
    const image = { ...(await openImage({ source, prefix: file.subarray(0, prefixBytes), page: 1 })), source };
    for (const path of [
      "full/max",
      "full/4096,",
      "full/1024,",
      "full/1,1",
      "4000,7000,1024,1024/max",
      "0,0,8192,1/max",
    ]) {
      const { plan } = planPath(image, `${path}/0/default.jpg`);
      expect(plan.cost.peakBytes).toBeLessThan(56 << 20);
    }
    const { encoded } = await drawTiff(file, "8000,8100,100,92/max/0/default.png");
    const { samples: drawn } = await decode(encoded);
    expect(Math.abs(drawn[0]! - 0x44) + Math.abs(drawn[1]! - 0xaa) + Math.abs(drawn[2]! - 0x77)).toBeLessThan(6);
  });
});
