import { describe, expect, it } from "vitest";
import { vp8KeptBytes } from "../../../src/codec/webp/encoder.ts";
import { ImageError } from "../../../src/error.ts";
import type { CanonicalRequest } from "../../../src/iiif/canonical.ts";
import { maxPeakBytes, maxTilesPerRender } from "../../../src/limits.ts";
import { type DrawPlan, planRender } from "../../../src/render/plan.ts";
import { codeOf } from "../../support/code-of.ts";
import { makePyramid } from "../../support/pyramid.ts";

const pyramid = makePyramid({ width: 2048, height: 1536, levels: 4 });
const fileBytes = 10_000_000;

function request(overrides: Partial<CanonicalRequest>): CanonicalRequest {
  return {
    region: { x: 256, y: 512, width: 256, height: 256 },
    size: { width: 256, height: 256 },
    rotation: { isMirrored: false, degrees: 0 },
    quality: "default",
    format: "jpg",
    ...overrides,
  };
}

const fileOf = (sourceSize: number) => ({ sourceSize, isProfiled: false });

describe("planRender copies", () => {
  it("a tile of the image itself with one read of exactly its bytes", () => {
    const plan = planRender(request({}), pyramid, fileOf(fileBytes));
    expect(plan).toMatchObject({ kind: "copy", range: { offset: 1000 + (2 * 8 + 1) * 5000, length: 5000 } });
    expect(plan.cost).toMatchObject({ tiles: 1, reads: 1, readBytes: 5000, decodedPixels: 0 });
  });

  it("a tile of a reduced level", () => {
    const region = { x: 512, y: 1024, width: 512, height: 512 };
    expect(planRender(request({ region }), pyramid, fileOf(fileBytes)).kind).toBe("copy");
  });

  it.each([
    ["mirrored", request({ rotation: { isMirrored: true, degrees: 0 } })],
    ["turned", request({ rotation: { isMirrored: false, degrees: 90 } })],
    ["grey", request({ quality: "gray" })],
    ["bitonal", request({ quality: "bitonal" })],
    ["another format", request({ format: "png" })],
    ["a pixel beside the grid", request({ region: { x: 257, y: 512, width: 256, height: 256 } })],
    [
      "smaller than a tile",
      request({ region: { x: 256, y: 512, width: 255, height: 256 }, size: { width: 255, height: 256 } }),
    ],
    ["two tiles", request({ region: { x: 256, y: 512, width: 512, height: 256 }, size: { width: 512, height: 256 } })],
  ])("nothing that is %s", (_, changed) => {
    expect(planRender(changed, pyramid, fileOf(fileBytes)).kind).toBe("draw");
  });

  it("no tile over the edge, which is stored padded", () => {
    const odd = makePyramid({ width: 300, height: 300 });
    const region = { x: 256, y: 256, width: 44, height: 44 };
    expect(planRender(request({ region, size: { width: 44, height: 44 } }), odd, fileOf(fileBytes)).kind).toBe("draw");
  });

  it("no tile of another compression, of white as zero, or never written", () => {
    const deflate = makePyramid({ width: 2048, height: 1536, encoding: { compression: "deflate" } });
    const inverted = makePyramid({ width: 2048, height: 1536, encoding: { model: "gray", isInverted: true } });
    const sparse = makePyramid({ width: 2048, height: 1536, tileBytes: 0 });
    for (const other of [deflate, inverted, sparse])
      expect(planRender(request({}), other, fileOf(fileBytes)).kind).toBe("draw");
  });

  it("no tile of an image whose orientation turns it", () => {
    const turned = makePyramid({ width: 2048, height: 2048, orientation: 6 });
    expect(planRender(request({}), turned, fileOf(fileBytes)).kind).toBe("draw");
  });
});

describe("planRender draws", () => {
  it("from the tiles under the region, in joined reads", () => {
    const region = { x: 100, y: 100, width: 256, height: 256 };
    const plan = planRender(request({ region }), pyramid, fileOf(fileBytes));
    expect(plan.cost).toMatchObject({ tiles: 4, reads: 2, readBytes: 20_000, decodedPixels: 4 * 65_536 });
  });

  it("the rest of a rotation that is no quarter turn by itself", () => {
    const plan = planRender(request({ rotation: { isMirrored: true, degrees: 22.5 } }), pyramid, fileOf(fileBytes));
    expect(plan).toMatchObject({
      kind: "draw",
      degrees: 22.5,
      turn: { mirror: true, quarterTurns: 0 },
      colors: { model: "ycbcr" },
    });
  });

  it("a region of a turned image where it is stored", () => {
    // Orientation 6: the first stored row is the right side, so the left top corner as seen is stored at the left bottom.
    const turned = makePyramid({ width: 2048, height: 1024, orientation: 6 });
    const region = { x: 0, y: 0, width: 256, height: 100 };
    const plan = planRender(request({ region, size: { width: 256, height: 100 } }), turned, fileOf(fileBytes));
    expect(plan).toMatchObject({
      window: { x: 0, y: 768, width: 100, height: 256 },
      size: { width: 100, height: 256 },
    });
  });
});

describe("planRender streams", () => {
  const large = makePyramid({ width: 40_000, height: 30_000, levels: 8 });
  const whole = { x: 0, y: 0, width: 40_000, height: 30_000 };

  it("a large JPEG in memory that does not grow with its height", () => {
    const tall = makePyramid({ width: 8192, height: 8192 });
    const taller = makePyramid({ width: 8192, height: 24_576 });
    const [first, second] = [tall, taller].map((image) =>
      planRender(request({ region: { x: 0, y: 0, ...image.levels[0] }, size: image.levels[0] }), image, fileOf(1e9)),
    );
    expect(first).toMatchObject({ kind: "stream" });
    expect(second).toMatchObject({ kind: "stream" });
    expect(second?.cost.peakBytes).toBe(first?.cost.peakBytes);
    expect(second?.cost.peakBytes).toBeLessThan(16 << 20);
  });

  it("a large PNG as it streams a JPEG", () => {
    const asked = request({ region: whole, size: { width: 5000, height: 3750 }, format: "png" });
    const plan = planRender(asked, large, fileOf(1e9));
    expect(plan).toMatchObject({ kind: "stream", format: "png", colors: { model: "rgb" } });
    expect(plan.cost.peakBytes).toBeLessThan(24 << 20);
  });

  it("reads tile rows together, a megabyte at a time", () => {
    const plan = planRender(request({ region: whole, size: { width: 5000, height: 3750 } }), large, fileOf(1e9));
    expect(plan.kind).toBe("stream");
    expect(plan.cost.reads).toBeLessThanOrEqual(4);
  });
});

describe("planRender refuses", () => {
  const large = makePyramid({ width: 256 * 129, height: 256 * 129 });
  const whole = { x: 0, y: 0, width: 256 * 129, height: 256 * 129 };

  it("one tile more than the limit, and takes the limit itself", () => {
    const atLimit = makePyramid({ width: 256 * 64, height: (256 * maxTilesPerRender) / 64 });
    const region = { x: 0, y: 0, width: atLimit.width, height: atLimit.height };
    const size = { width: 2000, height: 2000 };
    expect(planRender(request({ region, size }), atLimit, fileOf(1e9)).cost.tiles).toBe(maxTilesPerRender);
    expect(codeOf(() => planRender(request({ region: whole, size }), large, fileOf(1e9)))).toBe("render-too-costly");
  });

  it("too much work with what helps: no smaller size where there is no smaller level", () => {
    const size = { width: 1, height: 1 };
    const hintOf = (asked: Partial<CanonicalRequest>, image = large): string | undefined => {
      try {
        planRender(request(asked), image, fileOf(1e9));
      } catch (error) {
        if (error instanceof ImageError) return error.hint;
      }
      return undefined;
    };
    expect(hintOf({ region: whole, size })).toBe(
      "Ask for a smaller region: a smaller size takes as much, because the stored image has no smaller level.",
    );
    const levels = makePyramid({ width: large.width, height: large.height, levels: 3 });
    expect(hintOf({ region: whole, size: { width: 30_000, height: 30_000 } }, levels)).toBe(
      "Ask for a smaller size or region.",
    );
    expect(hintOf({ region: whole, size: { width: 8000, height: 8000 } }, levels)).toBeUndefined();
  });

  it("too much memory with the advice to ask for less, and takes the smallest size of the same region", () => {
    const encoding = { compression: "deflate", model: "rgb", subsampling: { x: 1, y: 1 } } as const;
    const wide = makePyramid({ width: 200_000, height: 1024, encoding });
    const region = { x: 0, y: 0, width: 200_000, height: 1024 };
    const asked = request({ region, size: { width: 20_000, height: 8000 }, format: "webp" });
    expect(codeOf(() => planRender(asked, wide, fileOf(1e9)))).not.toBe("none");
    for (const width of [4000, 400, 40, 4, 1]) {
      const size = { width, height: Math.ceil(width / 195) };
      expect(planRender(request({ region, size }), wide, fileOf(1e9)).cost.peakBytes).toBeLessThan(16 << 20);
    }
  });

  it("tiles and strips that are too large to decode as not supported, whatever is asked for", () => {
    const encoding = { compression: "lzw", model: "rgb", subsampling: { x: 1, y: 1 } } as const;
    const tiled = makePyramid({ width: 4096, height: 4096, tile: 2048, encoding });
    const { layout } = tiled.levels[0].encoding;
    const [level] = makePyramid({
      width: 4096,
      height: 4096,
      tile: 2048,
      encoding: { ...encoding, layout: { ...layout, bits: 64 } },
    }).levels;
    const image = { ...tiled, levels: [level] } as const;
    for (const size of [
      { width: 256, height: 256 },
      { width: 1, height: 1 },
    ]) {
      expect(codeOf(() => planRender(request({ size }), image, fileOf(1e9)))).toBe("source-unsupported");
      expect(codeOf(() => planRender(request({ size }), tiled, fileOf(1e9)))).toBe("none");
    }
  });

  it("a WebP that would be too large as levels, and not one of a smaller size", () => {
    const image = makePyramid({ width: 12_000, height: 12_000, levels: 2 });
    const region = { x: 0, y: 0, width: 12_000, height: 12_000 };
    const ask = (side: number) =>
      planRender(request({ region, size: { width: side, height: side }, format: "webp" }), image, fileOf(1e9));
    expect(codeOf(() => ask(12_000))).toBe("render-too-costly");
    // Some 0.75 bytes a pixel may be kept, where there is room for no more.
    const { keptBytes, cost } = ask(8000) as DrawPlan;
    expect(keptBytes).toBeGreaterThan(0.5 * 64e6);
    expect(keptBytes).toBeLessThan(64e6);
    expect(cost.peakBytes).toBeLessThanOrEqual(maxPeakBytes);
  });

  it("no WebP of 25 megapixels, with alpha or without, rotated or not", () => {
    const image = makePyramid({ width: 5000, height: 5000 });
    const region = { x: 0, y: 0, width: 5000, height: 5000 };
    const { layout } = image.levels[0].encoding;
    const alpha = { sample: 3, isAssociated: false };
    const encoding = { compression: "none", model: "rgb", subsampling: { x: 1, y: 1 } } as const;
    const transparent = makePyramid({
      width: 5000,
      height: 5000,
      encoding: { ...encoding, layout: { ...layout, samplesPerPixel: 4, alpha } },
    });
    const sized = (side: number, degrees: number) => {
      const rotation = { isMirrored: false, degrees };
      return request({ region, size: { width: side, height: side }, format: "webp", rotation });
    };
    for (const asked of [sized(5000, 0), sized(3800, 22.5)]) {
      const [opaque, seen] = [image, transparent].map((pyramid) => planRender(asked, pyramid, fileOf(1e9)) as DrawPlan);
      // It is sent once all of it is there, so what comes up while it is drawn is answered with an error.
      expect([opaque!.kind, seen!.kind]).toEqual(["draw", "draw"]);
      expect(opaque!.cost.peakBytes).toBeGreaterThan(vp8KeptBytes(asked.size, 0));
      expect(seen!.cost.peakBytes).toBeGreaterThan(vp8KeptBytes(asked.size, 0) + 6 * 3e6);
    }
  });

  it("sides that the format can't hold", () => {
    const image = makePyramid({ width: 20_000, height: 256 });
    const region = { x: 0, y: 0, width: 20_000, height: 256 };
    const asked = request({ region, size: { width: 20_000, height: 256 }, format: "webp" });
    expect(codeOf(() => planRender(asked, image, fileOf(1e9)))).toBe("size-above-limit");
  });

  it("tiles beyond the end of the file", () => {
    expect(codeOf(() => planRender(request({}), pyramid, fileOf(50_000)))).toBe("source-malformed");
  });
});
