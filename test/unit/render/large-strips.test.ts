import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { sampleTileDecoder } from "../../../src/codec/sample-tile.ts";
import { stripReadBytes } from "../../../src/codec/strip-rows.ts";
import { isReadByRows } from "../../../src/codec/tile-decoder.ts";
import { maxStripPixels, maxTileBytes } from "../../../src/limits.ts";
import { openImage, prefixBytes } from "../../../src/masters/image.ts";
import type { Level } from "../../../src/pyramid/level.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { openPyramid } from "../../../src/tiff/open.ts";
import { codeOf } from "../../support/code-of.ts";
import { openTestKernel } from "../../support/kernel.ts";
import { makeTiff } from "../../support/make-tiff.ts";
import { type Drawn, drawTiff, planPath } from "../../support/render.ts";

const size = { width: 1700, height: 2051 } as const;
const samples = Uint8Array.from({ length: size.width * size.height * 3 }, (_, at) => {
  return ((at >> 6) & 255) + ((Math.imul(at, 2_654_435_761) >>> 30) & 1);
});

const compressions = { LZW: "lzw", Deflate: "deflate" } as const;

/** Rows of strips above and below what is decoded as it is read, and all rows in one strip. */
const lengths = { large: 1008, small: 96, odd: 825, one: size.height + 13 } as const;

function write(compression: "lzw" | "deflate", length: keyof typeof lengths): Promise<Uint8Array> {
  const picture = sharp(samples, { raw: { ...size, channels: 3 } });
  return picture.tiff({ compression, predictor: "horizontal", tileHeight: lengths[length] }).toBuffer();
}

async function levelOf(file: Uint8Array): Promise<Level> {
  const { levels } = await openPyramid(memorySource(file));
  return levels[0];
}

const few = ["full/max/0/default.jpg", "611,900,700,400/max/0/default.png"];
const requests = [
  ...["full/1200,/0/gray.png", "3,995,1201,12/^1500,/0/default.png", "0,1999,1700,52/max/0/default.jpg"],
  ...["full/170,/0/default.jpg", "100,100,900,1900/max/90/default.jpg", "full/800,/180/default.jpg"],
];

const isHalved = ({ plan }: Drawn): boolean => "steps" in plan && plan.steps.halvesTiles;

describe.each(["LZW", "Deflate"] as const)("large strips of %s", (name) => {
  const files = new Map<string, Uint8Array>();
  beforeAll(async () => {
    for (const length of Object.keys(lengths) as (keyof typeof lengths)[]) {
      const file = await write(compressions[name], length);
      expect(isReadByRows(await levelOf(file))).toBe(length !== "small");
      files.set(length, file);
    }
  });

  it.each(name === "LZW" ? [...few, ...requests] : few)("show %s as small ones do", async (path) => {
    const small = await drawTiff(files.get("small")!, path);
    let compared = 0;
    for (const length of ["large", "odd", "one"]) {
      const large = await drawTiff(files.get(length)!, path);
      const { cost } = large.plan;
      expect(large.kernelBytes).toBeLessThanOrEqual(cost.peakBytes + (1 << 16));
      expect(large.reads).toBeLessThanOrEqual(cost.reads);
      expect(large.readBytes).toBeLessThanOrEqual(cost.readBytes);
      // Chroma is halved after it was resampled where the rows of strips are an odd number.
      if (isHalved(large) !== isHalved(small)) continue;
      expect([length, Buffer.compare(large.encoded, small.encoded)]).toEqual([length, 0]);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(0);
  });
});

describe("large strips", () => {
  it("lack as many rows where they are damaged as if each were decoded whole", async () => {
    const file = Uint8Array.from(await write("lzw", "large"));
    const level = await levelOf(file);
    const [start, length] = [level.offsets[1]!, level.byteCounts[1]!];
    // An end of the stream, whatever the width of codes.
    for (const at of [0.4, 0.7]) file.fill(0x80, start + Math.floor(at * length), start + Math.floor(at * length) + 9);
    const kernel = openTestKernel();
    const decoder = sampleTileDecoder({ level, reduction: 1 }, "lzw");
    const planes = Array.from({ length: 3 }, () => kernel.allocatePlane(size.width, lengths.large));
    const strip = { parts: [file.subarray(start, start + length)], rows: lengths.large };
    const missing = await decoder.decodeInto(kernel, strip, planes);
    const { damage } = await drawTiff(file, "full/600,/0/default.png");
    expect(damage).toMatchObject({ firstRow: lengths.large + missing!.first, rows: missing!.count });
    expect(missing!.count).toBeGreaterThan(200);
    const cut = await drawTiff(file, `0,900,600,${lengths.large + missing!.first - 800}/max/0/default.png`);
    expect(cut.damage).toMatchObject({ firstRow: lengths.large + missing!.first, rows: 100 });
    expect((await drawTiff(file, "0,0,1700,1200/max/0/default.png")).damage).toBeUndefined();
  });

  it("may be as large as any strip, at any size, but for being mirrored in several", async () => {
    const file = await write("lzw", "small");
    const image = await openImage({ source: memorySource(file), prefix: file.subarray(0, prefixBytes), page: 1 });
    const [level] = image.pyramid.levels;
    const source = { ...memorySource(file), size: 2 ** 40 };
    const planAs = (columns: number, strips: number, path: string) => {
      const tileLength = maxStripPixels / columns;
      const sides = { width: columns, height: strips * tileLength };
      const byteCounts = new Float64Array(strips).fill(maxTileBytes);
      const grid = { tileWidth: columns, tileLength, columns: 1, rows: strips };
      const stored: Level = {
        ...level,
        ...sides,
        ...grid,
        byteCounts,
        offsets: byteCounts.map((_, at) => (at + 1) * 2 ** 26),
      };
      return planPath({ ...image, pyramid: { ...image.pyramid, ...sides, levels: [stored] }, source }, path).plan;
    };
    for (const strips of [1, 3]) {
      for (const path of [
        "full/max/0/default.jpg",
        "full/600,/0/default.png",
        "5000,5000,900,900/max/90/default.jpg",
      ]) {
        const { cost } = planAs(8192, strips, path);
        expect(cost.peakBytes).toBeLessThan(24 << 20);
        const reads = path.startsWith("full") ? strips : 1;
        expect(cost.reads).toBe((reads * maxTileBytes) / stripReadBytes);
      }
    }
    expect(codeOf(() => planAs(8192, 3, "full/max/!0/default.jpg"))).toMatch(/render-too-costly|source-unsupported/);
  });

  it("show samples of 0 where they were never written", async () => {
    const form = { width: 2100, height: 6100, rowsPerStrip: 3000, photometric: "MinIsBlack" } as const;
    const tileBytes = () => new Uint8Array(0);
    const isMissing = () => true;
    const file = await makeTiff({ ...form, compression: "lzw", tileBytes, isMissing });
    expect(isReadByRows(await levelOf(file))).toBe(true);
    const { encoded, reads } = await drawTiff(file, "7,2900,200,3200/20,/0/default.png");
    const { data } = await sharp(encoded).raw().toBuffer({ resolveWithObject: true });
    expect(new Set(data)).toEqual(new Set([0]));
    expect(reads).toBe(0);
  });
});
