import { createHash } from "node:crypto";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { createVp8Encoder, vp8KeptBytes } from "../../src/codec/webp/encoder.ts";
import { filterLevelOf, quantiserOf } from "../../src/codec/webp/quantiser.ts";
import { ImageError } from "../../src/error.ts";
import { maxWebpKeptBytes } from "../../src/limits.ts";
import { formatWebp } from "../../src/metadata/webp-container.ts";
import { codeOfAsync } from "../support/code-of.ts";
import { openTestKernel } from "../support/kernel.ts";
import { allocateGuarded, makeNoise, makeSamples, storePlane } from "../support/planes.ts";
import { openRandom } from "../support/random.ts";
import { encodeWebpPlanes, rgbOfRow } from "../support/webp-encoding.ts";
import { makePhotograph, webpCases, webpQuantisers } from "../support/webp-pictures.ts";

const kernel = openTestKernel();
const keptMaximum = 64 << 20;
const half = (length: number): number => Math.ceil(length / 2);

/** Digests of encoded pictures. Where they change, kept pictures have to be drawn anew: raise `renderVersion`. */
const digests: Readonly<Record<number, string>> = {
  0: "266a72326eca06cc",
  3: "785ca05e1a49fe69",
  12: "e692e4f3caeaa240",
  19: "2883c1ae61a18e41",
  40: "162f6bf62114b003",
  80: "a3185bad4635ba49",
  127: "8353a59cdf3825f9",
};

const decode = async (webp: Buffer) => sharp(webp, { failOn: "warning" }).removeAlpha().raw().toBuffer();

describe("a WebP", () => {
  const random = openRandom(8);
  it.each(webpQuantisers)("is decoded to what the encoder predicted from, by quantiser %i", async (quantiser) => {
    for (const { planes } of webpCases(quantiser)) {
      const { width, height } = planes[0]!;
      const { webp, lastRows } = await encodeWebpPlanes(kernel, planes, { quantiser, filterLevel: 0 });
      const shown = await decode(webp);
      for (const [index, row] of lastRows.entries()) {
        const y = 16 * index + 15;
        // Rows of chroma are mixed with the next ones, but the last.
        const isSeen = planes.length === 1 ? y < height : y === height - 1;
        const at = y * width * 3;
        if (isSeen) expect([...shown.subarray(at, at + width * 3)]).toEqual([...rgbOfRow(row, width)]);
      }
    }
  });

  it("is decoded to what the encoder predicted from, where the levels of a row are laid aside in parts", async () => {
    const [width, height] = [1040, 32];
    const planes = [makeNoise(random, width, height), makeNoise(random, 520, 16), makeNoise(random, 520, 16)];
    for (const samples of [planes.slice(0, 1), planes]) {
      const { webp, lastRows } = await encodeWebpPlanes(kernel, samples, { quantiser: 0, filterLevel: 0 });
      expect([...(await decode(webp)).subarray(-width * 3)]).toEqual([...rgbOfRow(lastRows.at(-1)!, width)]);
    }
  });

  it("by the finest quantiser is off by no more than its steps and 219 levels of luma come to", async () => {
    let compared = 0;
    for (const { planes } of webpCases(0)) {
      const { values, width, height } = planes[0]!;
      if (planes.length > 1 || width * height < 2000) continue;
      const { webp } = await encodeWebpPlanes(kernel, planes, { quantiser: 0, filterLevel: 0 });
      const shown = await decode(webp);
      const errors = Array.from(values, (value, at) => Math.abs(value - shown[3 * at]!));
      expect(Math.max(...errors)).toBeLessThanOrEqual(4);
      // That of noise is 0.95, of a flat surface that its luma rounds 1.
      expect(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length).toBeLessThan(1.03);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(5);
  });

  it.each(webpQuantisers)(
    "has the bytes that it had when pictures were last named, by quantiser %i",
    async (quantiser) => {
      const hash = createHash("sha256");
      for (const { planes } of webpCases(quantiser)) {
        hash.update((await encodeWebpPlanes(kernel, planes, { quantiser, filterLevel: 20 })).webp);
      }
      expect(hash.digest("hex").slice(0, 16)).toBe(digests[quantiser]);
    },
  );

  it("has every size up to three macroblocks a side", async () => {
    for (let side = 1; side <= 48; side += 1) {
      const size = { width: side, height: 49 - side };
      const chroma = makeSamples(half(size.width), half(size.height), () => 128);
      const planes = [makeNoise(random, size.width, size.height), chroma, chroma];
      const { webp } = await encodeWebpPlanes(kernel, planes, { quantiser: 0, filterLevel: 0 });
      expect(await sharp(webp).metadata()).toMatchObject(size);
      const [shown, expected] = [await decode(webp), planes[0]!.values];
      // Luma of 219 levels, and the rounding of two conversions.
      const worst = expected.reduce((most, value, at) => Math.max(most, Math.abs(value - shown[3 * at]!)), 0);
      expect(worst).toBeLessThanOrEqual(14);
    }
  });

  it("is the same however many rows come at once, and wherever its levels are laid aside", async () => {
    const [width, height] = [1040, 70];
    const planes = [makeNoise(random, width, height), makeNoise(random, 520, 35), makeNoise(random, 520, 35)];
    const options = { quantiser: 0, filterLevel: 0 };
    const { webp: byRows } = await encodeWebpPlanes(kernel, planes, options);
    const mark = kernel.mark();
    const encoder = createVp8Encoder(kernel, { width, height, model: "ycbcr", keptMaximum, ...options });
    const stored = planes.map(({ values, width: columns, height: rows }) => {
      const guarded = allocateGuarded(kernel, columns, rows);
      const { pointer, stride } = guarded.plane;
      for (let y = 0; y < rows; y += 1)
        kernel.bytes.set(values.subarray(y * columns, (y + 1) * columns), pointer + y * stride);
      return guarded;
    });
    encoder.write({ planes: stored.map(({ plane }) => plane), rows: height });
    expect(stored.map((guarded) => guarded.countChangedGuards())).toEqual([0, 0, 0]);
    const frame = Buffer.concat(await encoder.finish());
    kernel.release(mark);
    expect(byRows.subarray(20, 20 + frame.byteLength).equals(frame)).toBe(true);
  });

  it("is coded a row of macroblocks at a time, to the same bytes, and no further once that throws", async () => {
    const [width, height] = [200, 50];
    const planes = [makeNoise(random, width, height), makeNoise(random, 100, 25), makeNoise(random, 100, 25)];
    const options = { quantiser: 40, filterLevel: 10 };
    const { webp } = await encodeWebpPlanes(kernel, planes, options);
    const told: number[] = [];
    const after = async (pixels: number): Promise<void> => {
      told.push(pixels);
      if (told.length === mostTold) throw new ImageError("client-gone", "He is gone.");
    };
    let mostTold = Number.POSITIVE_INFINITY;
    expect((await encodeWebpPlanes(kernel, planes, { ...options, after })).webp).toEqual(webp);
    // Four rows of modes, then four of levels.
    expect(told.splice(0)).toEqual(Array.from({ length: 8 }, () => 16 * width));
    for (mostTold = 1; mostTold <= 8; mostTold += 1) {
      const mark = kernel.mark();
      expect(await codeOfAsync(encodeWebpPlanes(kernel, planes, { ...options, after }))).toBe("client-gone");
      kernel.release(mark);
      expect(told.splice(0)).toHaveLength(mostTold);
    }
  });

  it("keeps the modes of a large picture within its first partition", { tags: ["slow"] }, async () => {
    const [width, height] = [8192, 4096];
    const rows = makePhotograph(random, width, 16);
    const mark = kernel.mark();
    const encoder = createVp8Encoder(kernel, {
      ...{ width, height, model: "gray", quantiser: 60, filterLevel: 0, keptMaximum },
    });
    const plane = storePlane(kernel, rows);
    for (let row = 0; row < height; row += 16) encoder.write({ planes: [plane], rows: 16 });
    const frame = await encoder.finish();
    kernel.release(mark);
    const [tag] = frame;
    const firstBytes = (tag![0]! | (tag![1]! << 8) | (tag![2]! << 16)) >> 5;
    // What is given to them is used, and no more.
    expect(firstBytes).toBeGreaterThan(2 ** 18);
    expect(firstBytes).toBeLessThan(2 ** 19);
    const webp = Buffer.concat(formatWebp({ frame, size: { width, height } }, {}));
    expect(await sharp(webp, { failOn: "warning" }).stats()).toMatchObject({ isOpaque: true });
  });

  it("is refused once more is kept of it than its size allows", { tags: ["slow"] }, () => {
    const [width, height] = [1024, 8192];
    const rows = makeNoise(random, width, 16);
    // About 2.8 bytes a pixel: of 8 megapixels 16 MiB may be kept.
    const most = vp8KeptBytes({ width, height }, 20 << 20);
    expect(most).toBe(2 * maxWebpKeptBytes);
    const encodeRows = (count: number): void => {
      const mark = kernel.mark();
      const encoder = createVp8Encoder(kernel, {
        width,
        height,
        model: "gray",
        quantiser: 0,
        filterLevel: 0,
        keptMaximum: most,
      });
      const plane = storePlane(kernel, rows);
      try {
        for (let row = 0; row < count; row += 16) encoder.write({ planes: [plane], rows: 16 });
      } finally {
        kernel.release(mark);
      }
    };
    encodeRows(4096);
    expect(() => encodeRows(height)).toThrow(expect.objectContaining({ code: "render-memory" }));
  });

  it("takes rows of whole macroblocks alone, and all of them", async () => {
    const options = { width: 40, height: 40, model: "gray", quantiser: 20, filterLevel: 0, keptMaximum } as const;
    const mark = kernel.mark();
    const encoder = createVp8Encoder(kernel, options);
    const plane = kernel.allocatePlane(40, 40);
    expect(() => encoder.write({ planes: [plane], rows: 8 })).toThrow(expect.objectContaining({ code: "internal" }));
    expect(() => encoder.write({ planes: [plane], rows: 48 })).toThrow(expect.objectContaining({ code: "internal" }));
    expect(() => encoder.write({ planes: [plane, plane, plane], rows: 16 })).toThrow(
      expect.objectContaining({ code: "internal" }),
    );
    encoder.write({ planes: [plane], rows: 32 });
    expect(await codeOfAsync(encoder.finish())).toBe("internal");
    kernel.release(mark);
    for (const size of [{ width: 16_384 }, { height: 0 }]) {
      expect(() => createVp8Encoder(kernel, { ...options, ...size })).toThrow(
        expect.objectContaining({ code: "internal" }),
      );
    }
  });
});

describe("encoding compared with libwebp", () => {
  for (const quality of [40, 60, 80]) {
    it(`is as small and as good at quality ${quality}`, async () => {
      const random = openRandom(quality);
      const [width, height] = [400, 300];
      const source = makePhotograph(random, width, height);
      const quantiser = quantiserOf(quality);
      const { webp } = await encodeWebpPlanes(kernel, [source], { quantiser, filterLevel: filterLevelOf(quantiser) });
      const raw = { width, height, channels: 1 } as const;
      const theirs = await sharp(source.values, { raw }).webp({ quality, effort: 2 }).toBuffer();
      const errorOf = (shown: Uint8Array): number =>
        source.values.reduce((sum, value, at) => sum + (value - shown[3 * at]!) ** 2, 0) / source.values.length;
      const decibels = 10 * Math.log10(errorOf(await decode(theirs)) / errorOf(await decode(webp)));
      // A bit a pixel is worth six decibels.
      const bits = (8 * (theirs.byteLength - webp.byteLength)) / (width * height);
      expect(bits).toBeGreaterThan(0);
      expect(decibels + 6 * bits).toBeGreaterThan(0.3);
    });
  }
});
