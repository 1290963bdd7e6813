import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import type { Size } from "../../../src/geometry.ts";
import type { CanonicalRequest } from "../../../src/iiif/canonical.ts";
import { noTurn } from "../../../src/raster/orientation.ts";
import { carryRowsOf, peakBytesOf, tileRowBytesOf } from "../../../src/render/memory.ts";
import { type DrawPlan, planRender } from "../../../src/render/plan.ts";
import { planSampling } from "../../../src/render/sampling.ts";
import { createStripMaker } from "../../../src/render/strips.ts";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import { openBand } from "../../support/opened-band.ts";
import { makePyramid, type PyramidOptions } from "../../support/pyramid.ts";
import { openRandom } from "../../support/random.ts";
import { drawTiff } from "../../support/render.ts";

/** The page that kernel memory grows by, in bytes. */
const wasmPageBytes = 1 << 16;

/** Plans a drawing of a whole pyramid. */
function plan(options: PyramidOptions, size: Size, request: Partial<CanonicalRequest> = {}): DrawPlan {
  const pyramid = makePyramid(options);
  const asked: CanonicalRequest = {
    region: { x: 0, y: 0, width: pyramid.width, height: pyramid.height },
    ...{ size, rotation: { isMirrored: false, degrees: 0 }, quality: "default", format: "jpg" },
    ...request,
  };
  const planned = planRender(asked, pyramid, { sourceSize: 2 ** 32, isProfiled: false });
  if (planned.kind === "copy") throw new Error("this request copies a tile");
  return planned;
}

const turned = { rotation: { isMirrored: false, degrees: 90 } } as const;
const oblique = { rotation: { isMirrored: false, degrees: 30 } } as const;

describe("carryRowsOf", () => {
  it("is room enough for the rows that strips of any step wait for, in tiles of any length", async () => {
    const random = openRandom(471);
    for (let round = 0; round < 40; round += 1) {
      const width = 16;
      const height = random.integer(200, 3000);
      const form: TiffOptions = { width, height, tile: { tileWidth: 16, tileLength: 16 * random.integer(1, 20) } };
      const file = await makeTiff({ ...form, samplesPerPixel: 1, compression: "packbits", pixel: () => [9] });
      const step = random.pick([0.3, 0.99, 1, 1.01, 2, 5, 1 + random.next() * 60]);
      const size = { width, height: Math.max(1, Math.round(height / step)) };
      const region = { x: 0, y: 0, width, height };
      for (const factor of [1, 2] as const) {
        const plane = { source: { x: 1, y: 1 }, output: { x: factor, y: factor } } as const;
        const { kernel, choice, tileRows, load, ...opened } = await openBand(file, {
          region,
          size,
          carryRows: carryRowsOf,
        });
        const samplings = planSampling(choice, { size, turn: noTurn, planes: [plane] });
        const strips = createStripMaker(kernel, { ...opened, samplings, size, isWrittenOver: true });
        let rows = 0;
        for (const tileRow of tileRows) {
          // Refused where the rows that are kept are more than there is room for.
          await load(tileRow, strips.neededFrom());
          for (let strip = strips.next(); strip !== undefined; strip = strips.next()) rows += strip.rows;
        }
        expect(rows, JSON.stringify({ height, step, factor })).toBe(size.height);
      }
    }
  });

  it("grows with the step alone", () => {
    const rows = [0.1, 1, 2, 10].map((step) => carryRowsOf({ y: { start: 0, step } }));
    expect(rows[0]).toBe(rows[1]);
    expect(rows.slice(1)).toEqual(rows.slice(1).toSorted((a, b) => a - b));
    expect(new Set(rows).size).toBe(3);
  });
});

describe("peakBytesOf", () => {
  describe("of drawings that were made", () => {
    const files = new Map<string, Uint8Array>();
    beforeAll(async () => {
      const noise = { type: "gaussian", mean: 128, sigma: 40 } as const;
      const tile = sharp({ create: { width: 256, height: 256, channels: 3, background: "#888", noise } });
      const jpeg = new Uint8Array(await tile.jpeg({ quality: 90, chromaSubsampling: "4:2:0" }).toBuffer());
      const raw = new Uint8Array(await tile.raw().toBuffer());
      const size = { width: 3000, height: 2500, tile: 256 } as const;
      const ycbcr = { compression: "jpeg", photometric: "YCbCr", ycbcrSubsampling: [2, 2] } as const;
      files.set("JPEG", await makeTiff({ ...size, ...ycbcr, levels: 2, tileBytes: () => jpeg }));
      files.set("RGB", await makeTiff({ ...size, tileBytes: () => raw }));
      files.set("grey", await makeTiff({ ...size, samplesPerPixel: 1, tileBytes: () => raw.subarray(0, 1 << 16) }));
    });

    it.each([
      ["JPEG", "full/1900,/0/default.jpg"],
      ["JPEG", "full/1900,/90/default.jpg"],
      ["JPEG", "full/1200,/20/default.png"],
      ["JPEG", "full/900,700/0/default.webp"],
      ["RGB", "full/1900,/0/default.png"],
      ["RGB", "full/max/0/color.jpg"],
      ["RGB", "full/1600,/180/default.png"],
      ["grey", "100,100,1700,2300/max/!180/gray.jpg"],
      ["grey", "500,0,800,2400/^1600,/0/bitonal.png"],
    ])("is no less than kernel, gathered tiles and encoded picture together: %s, %s", async (name, path) => {
      const { plan: drawn, kernelBytes, encoded } = await drawTiff(files.get(name)!, path);
      if (drawn.kind === "copy") throw new Error("this request copies a tile");
      const read = drawn.batches.map(({ reads }) => reads.reduce((sum, { length }) => sum + length, 0));
      const gathered = Math.max(...read.map((bytes, index) => bytes + (read[index + 1] ?? 0)));
      const held = kernelBytes + gathered + (drawn.kind === "draw" ? encoded.byteLength : 0);
      expect(held).toBeLessThanOrEqual(drawn.cost.peakBytes + wasmPageBytes);
      expect(peakBytesOf(drawn)).toBe(drawn.cost.peakBytes);
    });
  });

  it("is the same for a picture that is streamed, however high it is", () => {
    const peaks = [8000, 12_000, 16_000].map((height) => {
      const streamed = plan({ width: 4000, height }, { width: 4000, height }, { format: "png" });
      expect(streamed.kind).toBe("stream");
      return peakBytesOf(streamed);
    });
    expect(new Set(peaks).size).toBe(1);
  });

  it("grows with each side of a picture that is held and enlarged", () => {
    const random = openRandom(472);
    for (const form of [{}, { format: "png" }, { format: "webp" }, turned, oblique] as const) {
      for (let round = 0; round < 30; round += 1) {
        const size = { width: random.integer(300, 1000), height: random.integer(300, 1000) };
        const of = (output: Size) => peakBytesOf(plan({ width: 300, height: 300 }, output, form));
        const named = JSON.stringify({ form, size });
        expect(of({ ...size, width: size.width + 80 }), named).toBeGreaterThan(of(size));
        expect(of({ ...size, height: size.height + 80 }), named).toBeGreaterThan(of(size));
      }
    }
  });

  it("has room for the whole picture where it is turned, and for what is held of it where it is oblique", () => {
    const size = { width: 1000, height: 1000 };
    const of = (request: Partial<CanonicalRequest>) =>
      peakBytesOf(
        plan({ width: 1000, height: 1000, encoding: { model: "rgb", subsampling: { x: 1, y: 1 } } }, size, request),
      );
    const upright = of({ format: "png" });
    expect(of({ ...turned, format: "png" }) - upright).toBe(3 * 1000 * (1000 + 16));
    const triangle = (1000 * 1000 * Math.tan(Math.PI / 6)) / 2;
    const encoded = (4 * 1366 * 1366 - 3 * 1000 * 1000) * 1.1;
    const more = of({ ...oblique, format: "png" }) - upright - encoded;
    expect(more).toBeGreaterThanOrEqual(3 * triangle);
    expect(more).toBeLessThan(3 * 1.125 * triangle + 512 * 1024);
  });

  it("has room for two batches of tiles as they are stored", () => {
    const size = { width: 2000, height: 2000 };
    const of = (tileBytes: number) => plan({ width: 2000, height: 2000, tileBytes }, size);
    const [few, many] = [of(10_000), of(120_000)];
    // Eight tiles a row: of the larger ones each row is a batch.
    expect([few.batches.length, many.batches.length]).toEqual([1, 8]);
    expect(peakBytesOf(many) - peakBytesOf(few)).toBeGreaterThanOrEqual(2 * 8 * 120_000 - 64 * 10_000);
  });
});

describe("peakBytesOf a long picture that is made short", () => {
  it("has room for its weights, which are as many as it is long", () => {
    const encoding = { compression: "deflate", model: "rgb", subsampling: { x: 1, y: 1 } } as const;
    const long = { width: 64, height: 200_000, tile: 64, tileBytes: 100, encoding } as const;
    const planned = plan(long, { width: 64, height: 51_300 }, { format: "png" });
    const plane = { source: { x: 1, y: 1 }, output: { x: 1, y: 1 } } as const;
    const [sampling] = planSampling(planned, { size: planned.size, turn: noTurn, planes: [plane] });
    const weightBytes = sampling!.vertical.rows.byteLength;
    expect(weightBytes).toBeGreaterThan(2_000_000);
    // Each plane of the three has its own.
    expect(peakBytesOf(planned) - tileRowBytesOf(planned)).toBeGreaterThanOrEqual(3 * weightBytes);
  });
});

describe("tileRowBytesOf", () => {
  const size = { width: 1000, height: 1000 };
  const of = (options: Partial<PyramidOptions>) =>
    tileRowBytesOf(plan({ width: 2000, height: 2000, ...options }, size));

  it("is part of the peak", () => {
    for (const tile of [64, 256, 1024]) {
      const planned = plan({ width: 2000, height: 2000, tile }, size);
      expect(tileRowBytesOf(planned)).toBeLessThan(peakBytesOf(planned));
    }
  });

  it("has room for a row of tiles in all their planes", () => {
    const rgb = { compression: "deflate", model: "rgb", subsampling: { x: 1, y: 1 } } as const;
    expect(of({ tile: 256, encoding: rgb })).toBeGreaterThanOrEqual(8 * 256 * 256 * 3);
    expect(of({ tile: 512, encoding: rgb })).toBeGreaterThanOrEqual(4 * 512 * 512 * 3);
  });

  it("has room for the tile that is decoded, as it is stored", () => {
    const deflate = { compression: "deflate", model: "rgb", subsampling: { x: 1, y: 1 } } as const;
    const { layout } = makePyramid({ width: 1, height: 1 }).levels[0].encoding;
    const [bytes, words] = [8, 16].map((bits) =>
      of({ encoding: { ...deflate, layout: { ...layout, bits: bits as 8 | 16 } } }),
    );
    expect(words! - bytes!).toBe(256 * 256 * 3);
    expect(of({ encoding: deflate, tileBytes: 60_000 }) - of({ encoding: deflate, tileBytes: 10_000 })).toBe(50_000);
  });

  it("has room for the RGB of a tile whose chroma is halved", () => {
    const encoding = { compression: "deflate", model: "rgb", subsampling: { x: 1, y: 1 } } as const;
    const [halved, whole] = (["jpg", "png"] as const).map((format) =>
      tileRowBytesOf(plan({ width: 2000, height: 2000, encoding }, size, { format })),
    );
    expect(halved! - whole!).toBe(256 * 256 * 3);
  });

  it("has room for the coefficients of a JPEG that is progressive, or may be", () => {
    const sole = { width: 900, height: 900, tile: 900 } as const;
    const [baseline, progressive] = [false, true].map((isProgressive) => {
      const encoding = { isProgressive } as const;
      return tileRowBytesOf(plan({ ...sole, tile: 512, encoding }, size));
    });
    expect(progressive! - baseline!).toBe(3 * (2 * (512 + 64) ** 2 + 512 ** 2 / 8));
    // Above 512 by 512 pixels any tile may be.
    expect(of({ tile: 1024 })).toBeGreaterThanOrEqual(2 * 3 * 1024 * 1024);
  });
});
