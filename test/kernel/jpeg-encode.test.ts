import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { type JpegEncodeOptions, quantisationOf } from "../../src/codec/jpeg/coder.ts";
import { createJpegEncoder } from "../../src/codec/jpeg/encoder.ts";
import { readJpegHeader } from "../../src/codec/jpeg/header.ts";
import type { Subsampling } from "../../src/raster/raster.ts";
import { transformBackward, zigzagOrder } from "../support/jpeg-blocks.ts";
import { encodePlanes } from "../support/jpeg-encoding.ts";
import { decodeTwin } from "../support/jpeg-twin.ts";
import { segmentOf, writeJpeg } from "../support/jpeg-writer.ts";
import { openTestKernel } from "../support/kernel.ts";
import { makeNoise, makeSamples, type Samples, storePlane } from "../support/planes.ts";
import { openRandom } from "../support/random.ts";

const kernel = openTestKernel();
const random = openRandom(3);
const grain = Array.from({ length: 4096 }, () => random.integer(-9, 9));

/** A smooth surface with edges and grain, as photographs have. */
const photograph = (x: number, y: number): number => {
  const surface = 120 + 70 * Math.sin(x / 17) * Math.cos(y / 13) + ((x >> 4) + (y >> 5)) * 3;
  return Math.min(Math.max(Math.round(surface + grain[(x * 31 + y * 57) & 4095]! + (x % 50 < 3 ? 60 : 0)), 0), 255);
};
const luma = (width: number, height: number) => makeSamples(width, height, photograph);
const chroma = (width: number, height: number, { x, y }: Subsampling, seed: number) =>
  makeSamples(Math.ceil(width / x), Math.ceil(height / y), (column, row) => {
    return 128 + 50 * Math.sin((column * x) / (20 + seed)) * Math.cos((row * y) / 31);
  });

/** Returns the peak signal-to-noise ratio in dB. */
function ratioOf(values: ArrayLike<number>, truth: ArrayLike<number>): number {
  expect(values.length).toBe(truth.length);
  let sum = 0;
  for (let at = 0; at < truth.length; at += 1) sum += (values[at]! - truth[at]!) ** 2;
  return 10 * Math.log10((255 ** 2 * truth.length) / sum);
}

describe("encoding compared with libjpeg-turbo", () => {
  const width = 243;
  const height = 117;
  for (const quality of [20, 50, 85, 95, 100]) {
    it(`makes grey as good and as small at quality ${quality}`, async () => {
      const source = luma(width, height);
      const raw = { width, height, channels: 1 } as const;
      const theirs = await sharp(source.values, { raw })
        .toColourspace("b-w")
        .jpeg({ quality, optimiseCoding: false })
        .toBuffer();
      const ours = encodePlanes(kernel, [source], { quality });
      const decode = (jpeg: Uint8Array) => sharp(jpeg, { failOn: "warning" }).toColourspace("b-w").raw().toBuffer();
      const difference = ratioOf(await decode(ours), source.values) - ratioOf(await decode(theirs), source.values);
      expect(Math.abs(difference)).toBeLessThan(0.1);
      expect(Math.abs(ours.length / theirs.length - 1)).toBeLessThan(0.01);
    });

    it(`makes colors as good and as small at quality ${quality}`, async () => {
      const pixels = Uint8Array.from({ length: width * height * 3 }, (_, at) => {
        const [x, y] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width)];
        return Math.min(Math.max(photograph(x, y) + (at % 3) * 15 * Math.sin(x / 40 + y / 50), 0), 255);
      });
      const factors = [
        [0.299, 0.587, 0.114, 0],
        [-0.168736, -0.331264, 0.5, 128],
        [0.5, -0.418688, -0.081312, 128],
      ];
      const planes = factors.map(([red, green, blue, level]) =>
        makeSamples(width, height, (x, y) => {
          const [r, g, b] = pixels.subarray(3 * (y * width + x));
          return Math.min(Math.round(red! * r! + green! * g! + blue! * b! + level!), 255);
        }),
      );
      const jpeg = { quality, optimiseCoding: false, chromaSubsampling: "4:4:4" };
      const theirs = await sharp(pixels, { raw: { width, height, channels: 3 } })
        .jpeg(jpeg)
        .toBuffer();
      const ours = encodePlanes(kernel, planes, { quality });
      const decode = (bytes: Uint8Array) => sharp(bytes, { failOn: "warning" }).raw().toBuffer();
      const difference = ratioOf(await decode(ours), pixels) - ratioOf(await decode(theirs), pixels);
      expect(Math.abs(difference)).toBeLessThan(0.3);
      expect(Math.abs(ours.length / theirs.length - 1)).toBeLessThan(0.03);
    });

    it(`takes the same steps at quality ${quality}`, async () => {
      const theirs = await sharp({ create: { width: 8, height: 8, channels: 3, background: "red" } })
        .jpeg({ quality })
        .toBuffer();
      const plane = luma(8, 8);
      const stepsOf = (bytes: Uint8Array) => {
        const found: number[][] = [];
        for (let at = 2; bytes[at + 1] !== 0xda; at += 2 + (bytes[at + 2]! << 8) + bytes[at + 3]!) {
          const segment = [...bytes.subarray(at + 4, at + 2 + (bytes[at + 2]! << 8) + bytes[at + 3]!)];
          if (bytes[at + 1] === 0xdb)
            found.push(...(segment.length > 65 ? [segment.slice(0, 65), segment.slice(65)] : [segment]));
        }
        return found;
      };
      expect(stepsOf(encodePlanes(kernel, [plane, plane, plane], { quality }))).toEqual(stepsOf(theirs));
    });
  }
});

describe("encoding planes", () => {
  const samplings: Subsampling[] = [
    { x: 1, y: 1 },
    { x: 2, y: 1 },
    { x: 2, y: 2 },
  ];
  const sizes = [
    [64, 48],
    [61, 45],
    [33, 17],
    [9, 40],
    [1, 1],
    [16, 8],
  ] as const;
  for (const subsampling of samplings) {
    it(`keeps every plane at ${subsampling.x} x ${subsampling.y}, at any size`, async () => {
      for (const [width, height] of sizes) {
        const planes = [
          luma(width, height),
          chroma(width, height, subsampling, 1),
          chroma(width, height, subsampling, 9),
        ];
        const bytes = encodePlanes(kernel, planes, { quality: 95, subsampling });
        const decoded = decodeTwin(bytes);
        for (const [index, plane] of planes.entries()) {
          expect(ratioOf(decoded[index]!.values, plane.values)).toBeGreaterThan(38);
        }
        const { info } = await sharp(bytes, { failOn: "warning" }).raw().toBuffer({ resolveWithObject: true });
        expect(info).toMatchObject({ width, height, channels: 3 });
      }
    });

    it(`returns the same bytes at ${subsampling.x} x ${subsampling.y} however the rows are divided`, () => {
      const [width, height] = [70, 75];
      const planes = [
        luma(width, height),
        chroma(width, height, subsampling, 1),
        chroma(width, height, subsampling, 9),
      ];
      const whole = encodePlanes(kernel, planes, { quality: 85, subsampling });
      for (const rowGroups of [1, 2, 3]) {
        expect(encodePlanes(kernel, planes, { quality: 85, subsampling }, rowGroups)).toEqual(whole);
      }
    });
  }

  it("loses at most 0.6 dB more than the exact transform does with steps of 1", () => {
    for (const source of [makeNoise(random, 96, 96), luma(96, 96)]) {
      const exact = writeJpeg({
        width: 96,
        height: 96,
        step: 1,
        components: [{ horizontal: 1, vertical: 1, sampleAt: (x, y) => source.values[96 * y + x]! }],
      });
      const lossOf = (bytes: Uint8Array) => ratioOf(decodeTwin(bytes)[0]!.values, source.values);
      expect(lossOf(encodePlanes(kernel, [source], { quality: 100 }))).toBeGreaterThan(lossOf(exact) - 0.6);
    }
  });

  it("survives the extremes of samples and more bytes than the buffer holds", { tags: "slow" }, () => {
    const extremes = makeSamples(512, 128, () => (random.next() < 0.5 ? 0 : 255));
    const checks = makeSamples(512, 128, (x, y) => ((x + y) & 1) * 255);
    const steps = makeSamples(512, 128, (x) => ((x >> 3) & 1) * 255);
    for (const source of [extremes, checks, steps]) {
      const bytes = encodePlanes(kernel, [source, source, source], { quality: 100 });
      for (const plane of decodeTwin(bytes)) expect(ratioOf(plane.values, source.values)).toBeGreaterThan(50);
      expect(encodePlanes(kernel, [source, source, source], { quality: 100 }, 1)).toEqual(bytes);
    }
    expect(encodePlanes(kernel, [extremes, extremes, extremes], { quality: 100 }).length).toBeGreaterThan(1 << 16);
  });

  it("writes values of all sizes behind runs of all lengths", () => {
    const quality = 95;
    const steps = quantisationOf(quality)[0];
    const blocks = [1, -1, 31, -31, 32, -32, 33, -33].flatMap((value) =>
      Array.from({ length: 63 }, (_, run) => {
        const coefficients = new Array<number>(64).fill(0);
        const set = (zigzag: number, level: number): void => {
          coefficients[zigzagOrder[zigzag]!] = level * steps[zigzag]!;
        };
        set(run + 1, value);
        // In every other block a run of the same length follows.
        if (run % 2 === 0 && run < 31) set(2 * run + 2, value < 0 ? 1 : -1);
        return transformBackward(coefficients);
      }),
    );
    const source = makeSamples(8 * blocks.length, 8, (x, y) => Math.round(128 + blocks[x >> 3]![8 * y + (x & 7)]!));
    const decoded = decodeTwin(encodePlanes(kernel, [source], { quality }))[0]!;
    const errors = decoded.values.map((value, at) => Math.abs(value - source.values[at]!));
    expect(Math.max(...errors)).toBeLessThan(3);
  });

  it("ends in whole bytes after any bits", () => {
    for (let width = 1; width < 200; width += 8) {
      const source = luma(width, 8);
      const bytes = encodePlanes(kernel, [source], { quality: 75 });
      expect([...bytes.subarray(-2)]).toEqual([0xff, 0xd9]);
      expect(decodeTwin(bytes)[0]!.width).toBe(width);
    }
  });
});

describe("segments", () => {
  const plane: Samples = luma(16, 16);

  it("say what the picture is", () => {
    const subsampling = { x: 2, y: 2 } as const;
    const bytes = encodePlanes(kernel, [plane, chroma(16, 16, subsampling, 1), chroma(16, 16, subsampling, 2)], {
      quality: 85,
      subsampling,
    });
    expect(readJpegHeader(bytes)).toEqual({
      width: 16,
      height: 16,
      precision: 8,
      process: "baseline",
      components: [
        { identifier: 1, horizontal: 2, vertical: 2 },
        { identifier: 2, horizontal: 1, vertical: 1 },
        { identifier: 3, horizontal: 1, vertical: 1 },
      ],
      restartInterval: 0,
      adobeTransform: undefined,
      hasQuantisationTables: true,
      hasHuffmanTables: true,
    });
  });

  it("carry the resolution", async () => {
    const withDensity = await sharp(encodePlanes(kernel, [plane], { quality: 85, dotsPerInch: 300 })).metadata();
    expect(withDensity.density).toBe(300);
    const without = await sharp(encodePlanes(kernel, [plane], { quality: 85 })).metadata();
    expect(without.density).toBe(72);
  });

  it("follow the JFIF segment unchanged", () => {
    const comment = Uint8Array.from(segmentOf(0xfe, [72, 105]));
    const bytes = encodePlanes(kernel, [plane], { quality: 85, segments: [comment] });
    expect(bytes.subarray(20, 26)).toEqual(comment);
  });
});

describe("what no JPEG can hold", () => {
  const options: JpegEncodeOptions = { width: 64, height: 40, model: "gray", quality: 85 };

  it("is refused", () => {
    const wrong: Partial<JpegEncodeOptions>[] = [
      { width: 0 },
      { width: 65536 },
      { height: 1.5 },
      { quality: 0 },
      { quality: 101 },
      { model: "ycbcr", subsampling: { x: 4, y: 1 } },
      { model: "ycbcr", subsampling: { x: 1, y: 2 } },
    ];
    for (const part of wrong) {
      const create = () => createJpegEncoder(kernel, { ...options, ...part });
      expect(create).toThrow(expect.objectContaining({ code: "internal" }));
    }
  });

  it("is refused when the rows or the planes do not fit", () => {
    const planes = [kernel.allocatePlane(64, 48)];
    const encoder = createJpegEncoder(kernel, options);
    const internal = expect.objectContaining({ code: "internal" });
    for (const rows of [0, 7, 12, 48]) expect(() => encoder.write({ planes, rows })).toThrow(internal);
    expect(() => encoder.write({ planes: [...planes, ...planes], rows: 8 })).toThrow(internal);
    expect(() => encoder.finish()).toThrow(internal);
    encoder.write({ planes, rows: 40 });
    expect(() => encoder.write({ planes, rows: 8 })).toThrow(internal);
    expect(encoder.finish().at(-1)).toBe(0xd9);
  });

  it("is refused when memory runs out", () => {
    const small = openTestKernel(1 << 16);
    expect(() => createJpegEncoder(small, options)).toThrow(expect.objectContaining({ code: "render-memory" }));
  });
});

describe("encoding pictures in turns", () => {
  it.each(["gray", "rgb", "ycbcr"] as const)("gives each of %s the bytes that it has alone", (model) => {
    const size = { width: 40, height: 64 };
    const subsampling: Subsampling = model === "ycbcr" ? { x: 2, y: 2 } : { x: 1, y: 1 };
    const options = { ...size, model, subsampling, quality: 80, tables: "apart" } as const;
    const pictures = [1, 2, 3].map((seed) =>
      Array.from({ length: model === "gray" ? 1 : 3 }, (_, index) => {
        const plane = index === 0 ? { x: 1, y: 1 } : subsampling;
        return storePlane(kernel, makeNoise(openRandom(seed + index), size.width / plane.x, size.height / plane.y));
      }),
    );
    const rowsOf = (picture: (typeof pictures)[number], row: number) =>
      picture.map(({ pointer, stride }, index) => {
        const y = index === 0 ? 1 : subsampling.y;
        return { pointer: pointer + (row / y) * stride, stride };
      });
    const alone = pictures.map((picture) => {
      const encoder = createJpegEncoder(kernel, options);
      return Buffer.concat([...encoder.write({ planes: rowsOf(picture, 0), rows: 64 }), encoder.finish()]);
    });
    const encoder = createJpegEncoder(kernel, options);
    const fresh = encoder.layAside();
    const underWay = pictures.map(() => ({ picture: fresh, parts: [] as Uint8Array[] }));
    for (let row = 0; row < size.height; row += 16) {
      for (const [index, one] of underWay.entries()) {
        encoder.takeUp(one.picture);
        one.parts.push(...encoder.write({ planes: rowsOf(pictures[index] ?? [], row), rows: 16 }));
        one.picture = encoder.layAside();
      }
    }
    const inTurns = underWay.map(({ picture, parts }) => {
      encoder.takeUp(picture);
      return Buffer.concat([...parts, encoder.finish()]);
    });
    expect(inTurns.map((bytes, index) => bytes.equals(alone[index] ?? Buffer.alloc(0)))).toEqual([true, true, true]);
  });
});
