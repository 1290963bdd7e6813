import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { usualReadBytes } from "../../../src/codec/jpeg/row-reader.ts";
import { maxReadBytes, maxTileBytes } from "../../../src/limits.ts";
import { openImage, prefixBytes } from "../../../src/masters/image.ts";
import type { Level } from "../../../src/pyramid/level.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { codeOf } from "../../support/code-of.ts";
import { type Drawn, drawOpened, planPath } from "../../support/render.ts";

const size = { width: 2403, height: 1703 } as const;

/** Noise on a pattern: files that are longer than a read. */
function makeSamples(channels: number): Uint8Array {
  const samples = new Uint8Array(size.width * size.height * channels);
  for (let at = 0, state = 1; at < samples.length; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    samples[at] = ((at >> 7) & 63) + (state >>> 24);
  }
  return samples;
}

const few = ["full/max/0/default.jpg", "full/700,/0/default.jpg"];

const requests = [
  ...["full/1700,/0/default.jpg", "full/800,/0/gray.png", "full/300,/90/default.jpg", "full/200,/0/default.jpg"],
  ...["2,1401,2300,302/1500,/0/default.jpg", "1777,3,100,900/max/!0/default.png"],
  ...["2402,1702,1,1/max/0/default.png", "full/max/270/default.jpg"],
];

const forms = {
  "4:2:0": { channels: 3, quality: 97, chromaSubsampling: "4:2:0", paths: [...few, ...requests] },
  "4:4:4": { channels: 3, quality: 88, chromaSubsampling: "4:4:4", paths: few },
  grey: { channels: 1, quality: 100, chromaSubsampling: "4:4:4", paths: few },
} as const;

/** Draws a request of a file as it is read, or gathered whole. */
async function draw(file: Uint8Array, path: string, way: "read" | "gathered"): Promise<Drawn> {
  const image = await openImage({ source: memorySource(file), prefix: file.subarray(0, prefixBytes), page: 1 });
  const [level] = image.pyramid.levels;
  expect(level.encoding.isOneScan).toBe(true);
  const encoding = { ...level.encoding, isOneScan: way === "read" };
  return drawOpened({ ...image, pyramid: { ...image.pyramid, levels: [{ ...level, encoding }] } }, file, path);
}

async function makeFile(name: keyof typeof forms): Promise<Uint8Array> {
  const { channels, quality, chromaSubsampling } = forms[name];
  const picture = sharp(makeSamples(channels), { raw: { ...size, channels } });
  const colored = channels === 1 ? picture.toColourspace("b-w") : picture;
  return colored.jpeg({ quality, chromaSubsampling }).toBuffer();
}

describe.each(Object.keys(forms) as (keyof typeof forms)[])("a JPEG file of %s that is drawn as it is read", (name) => {
  let file: Uint8Array;
  beforeAll(async () => {
    file = await makeFile(name);
    expect(file.length).toBeGreaterThan(maxReadBytes);
  });

  it.each(forms[name].paths)("shows %s as if it had been gathered whole", async (path) => {
    const [read, gathered] = [await draw(file, path, "read"), await draw(file, path, "gathered")];
    expect(Buffer.compare(read.encoded, gathered.encoded)).toBe(0);
    expect(read.plan.cost.decodedPixels).toBe(gathered.plan.cost.decodedPixels);
    expect(read.kernelBytes).toBeLessThanOrEqual(read.plan.cost.peakBytes);
    expect(read.readBytes).toBeLessThanOrEqual(file.length);
  });
});

describe("a JPEG file that is drawn as it is read", () => {
  let file: Uint8Array;
  beforeAll(async () => {
    file = await makeFile("4:2:0");
  });

  it("takes memory that does not go by its length", async () => {
    const [read, gathered] = [
      await draw(file, "full/max/0/default.jpg", "read"),
      await draw(file, "full/max/0/default.jpg", "gathered"),
    ];
    expect(gathered.kernelBytes).toBeGreaterThan(2 * file.length);
    expect(read.kernelBytes).toBeLessThan(6 << 20);
    expect(read.plan.cost.peakBytes + file.length).toBeLessThan(gathered.plan.cost.peakBytes);
    expect(read.reads).toBe(Math.ceil(file.length / usualReadBytes));
  });

  it("is read no further than its region", async () => {
    const { readBytes } = await draw(file, "0,0,2403,32/max/0/default.png", "read");
    expect(readBytes).toBe(usualReadBytes);
  });

  it("lacks the same where it is damaged or cut off", async () => {
    const broken = Uint8Array.from(file);
    broken.fill(0xff, Math.floor(0.7 * file.length), Math.floor(0.7 * file.length) + 9);
    for (const damaged of [broken, file.subarray(0, Math.floor(0.8 * file.length))]) {
      for (const path of ["full/900,/0/default.png", "0,900,900,600/max/0/default.png"]) {
        const [read, gathered] = [await draw(damaged, path, "read"), await draw(damaged, path, "gathered")];
        expect(read.damage).toEqual(gathered.damage);
        expect(Buffer.compare(read.encoded, gathered.encoded)).toBe(0);
      }
      expect((await draw(damaged, "full/900,/0/default.png", "read")).damage?.rows).toBeGreaterThan(100);
    }
  });

  it("may be as long as any file, where one that is gathered is refused", async () => {
    const image = await openImage({ source: memorySource(file), prefix: file.subarray(0, prefixBytes), page: 1 });
    const source = { ...memorySource(file), size: maxTileBytes };
    const [level] = image.pyramid.levels;
    const planAs = (isOneScan: boolean, path: string) => {
      const [width, height] = [8192, 8192];
      const sides = { width, height, tileWidth: width, tileLength: height };
      const encoding = { ...level.encoding, isOneScan };
      const stored: Level = { ...level, ...sides, byteCounts: Float64Array.of(maxTileBytes), encoding };
      return planPath({ ...image, pyramid: { ...image.pyramid, width, height, levels: [stored] }, source }, path).plan;
    };
    for (const path of ["full/max/0/default.jpg", "full/600,/0/default.png", "5000,5000,900,900/max/90/default.jpg"]) {
      expect(codeOf(() => planAs(false, path))).toMatch(/render-too-costly|source-unsupported/);
      const { cost } = planAs(true, path);
      expect(cost.peakBytes).toBeLessThan(16 << 20);
      expect(cost.reads).toBe(maxTileBytes / usualReadBytes);
    }
    expect(codeOf(() => planAs(true, "full/max/90/default.jpg"))).toBe("render-too-costly");
  });
});
