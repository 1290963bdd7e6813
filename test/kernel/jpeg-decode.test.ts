import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { decodeJpegInto, type JpegDecodeOptions, loadJpegTables } from "../../src/codec/jpeg/decoder.ts";
import { decodeGuarded } from "../support/jpeg-decoding.ts";
import { partJpeg } from "../support/jpeg-tables.ts";
import { decodeTwin } from "../support/jpeg-twin.ts";
import { segmentOf, type WrittenComponent, writeJpeg } from "../support/jpeg-writer.ts";
import { openTestKernel } from "../support/kernel.ts";
import { allocateGuarded, greatestDifference, readPlane } from "../support/planes.ts";
import { openRandom } from "../support/random.ts";

const kernel = openTestKernel();

/** A wavy surface with an edge, so that blocks differ and few are flat; other `seed`, other surface. */
const surface = (seed: number) => (x: number, y: number) =>
  128 + 60 * Math.sin((x + seed) / (3 + seed)) * Math.cos(y / 5) + ((x + y) % 23 < 9 ? 40 : 0);

/** Luma and two chroma components, of 1 x 1 each, below a luma of these sampling factors. */
function sampled(horizontal: number, vertical: number): WrittenComponent[] {
  return [
    { horizontal, vertical, sampleAt: surface(1) },
    { horizontal: 1, vertical: 1, sampleAt: surface(2) },
    { horizontal: 1, vertical: 1, sampleAt: surface(4) },
  ];
}

/** A component with these sampling factors. */
function full(horizontal: number, vertical: number): WrittenComponent {
  return { horizontal, vertical, sampleAt: surface(5) };
}

const samplings: readonly {
  readonly name: string;
  readonly components: readonly WrittenComponent[];
  readonly samplings?: JpegDecodeOptions["samplings"];
}[] = [
  { name: "4:4:4", components: sampled(1, 1) },
  { name: "4:2:2", components: sampled(2, 1) },
  { name: "4:4:0", components: sampled(1, 2) },
  { name: "4:2:0", components: sampled(2, 2) },
  { name: "4:1:1", components: sampled(4, 1) },
  { name: "4:1:0", components: sampled(4, 2) },
  { name: "grey", components: sampled(1, 1).slice(0, 1) },
  { name: "grey with sampling factors of 2", components: sampled(2, 2).slice(0, 1) },
  {
    name: "chroma planes that differ",
    components: [
      { horizontal: 2, vertical: 2, sampleAt: surface(1) },
      { horizontal: 2, vertical: 1, sampleAt: surface(2) },
      { horizontal: 1, vertical: 2, sampleAt: surface(3) },
    ],
  },
  { name: "grey and alpha", components: sampled(1, 1).slice(0, 2) },
  { name: "four full components", components: [...sampled(1, 1), { ...full(1, 1), sampleAt: surface(6) }] },
  { name: "YCCK with halved chroma", components: [...sampled(2, 2), { ...full(2, 2), sampleAt: surface(6) }] },
  { name: "a first component that is coarser", components: [...sampled(1, 1).slice(0, 2), full(2, 4)], samplings: [] },
];
const sizes = [
  { width: 64, height: 32 },
  { width: 61, height: 45 },
  { width: 48, height: 28 },
  { width: 1, height: 1 },
];

/** Expects every component within one level of the twin's and nothing written around them. */
function expectTwin(bytes: Uint8Array, options: Pick<JpegDecodeOptions, "samplings"> = {}): void {
  const { samples, changedGuards } = decodeGuarded(kernel, bytes, options);
  const twin = decodeTwin(bytes);
  expect(samples.length).toBe(twin.length);
  for (const [index, item] of samples.entries()) expect(greatestDifference(item, twin[index]!)).toBeLessThanOrEqual(1);
  expect(changedGuards).toBe(0);
}

describe("decoding into planes", () => {
  for (const { name, components, ...options } of samplings) {
    it(`agrees with the twin in ${name}`, () => {
      for (const size of sizes) expectTwin(writeJpeg({ ...size, components }), options);
    });

    it(`agrees with the twin in ${name} with a scan for each component`, () => {
      for (const size of sizes) expectTwin(writeJpeg({ ...size, components, isSeparate: true }), options);
    });

    it(`agrees with the twin in ${name} with restart intervals`, () => {
      for (const restartInterval of [1, 3]) {
        for (const isSeparate of [false, true]) {
          expectTwin(writeJpeg({ width: 61, height: 45, components, restartInterval, isSeparate }), options);
        }
      }
    });
  }

  it("agrees with the twin on noise over the whole range, at every step", () => {
    const random = openRandom(7);
    const noise = Array.from({ length: 64 * 64 }, () => random.integer(0, 255));
    const extremes = noise.map((value) => (value < 128 ? 0 : 255));
    for (const values of [noise, extremes]) {
      for (const step of [1, 2, 5, 16, 60, 255, 300]) {
        const sampleAt = (x: number, y: number) => values[64 * y + x]!;
        const components = [{ horizontal: 1, vertical: 1, sampleAt }];
        expectTwin(writeJpeg({ width: 64, height: 64, components, step, frameMarker: step > 255 ? 0xc1 : 0xc0 }));
      }
    }
  });

  it("passes over comments, application segments and fill bytes", () => {
    const segments = [segmentOf(0xfe, [1, 2, 3]), segmentOf(0xe1, [0xff, 0xd9]), [0xff, 0xff, 0xff]];
    expectTwin(writeJpeg({ width: 16, height: 16, components: sampled(1, 1), segments: segments.slice(0, 2) }));
    const plain = writeJpeg({ width: 16, height: 16, components: sampled(1, 1) });
    const filled = Uint8Array.from([0xff, 0xd8, ...segments.flat(), ...plain.subarray(2)]);
    expect(decodeGuarded(kernel, filled).samples).toEqual(decodeGuarded(kernel, plain).samples);
  });
});

describe("decoding what libjpeg-turbo wrote", () => {
  const size = { width: 243, height: 117 };
  const pixels = Uint8Array.from({ length: size.width * size.height * 3 }, (_, at) => {
    const pixel = Math.floor(at / 3);
    return surface((at % 3) + 1)(pixel % size.width, Math.floor(pixel / size.width));
  });
  const picture = () => sharp(pixels, { raw: { ...size, channels: 3 } });

  for (const quality of [30, 85, 97]) {
    it(`decodes grey within one level of its own decoding, at quality ${quality}`, async () => {
      const bytes = await picture().greyscale().toColourspace("b-w").jpeg({ quality }).toBuffer();
      const own = await sharp(bytes).toColourspace("b-w").raw().toBuffer();
      const { samples, changedGuards } = decodeGuarded(kernel, bytes);
      expect(greatestDifference(samples[0]!, { ...size, values: own })).toBeLessThanOrEqual(1);
      expect(changedGuards).toBe(0);
    });

    it(`decodes colors within three levels of its own decoding at 4:4:4, at quality ${quality}`, async () => {
      const bytes = await picture().jpeg({ quality, chromaSubsampling: "4:4:4" }).toBuffer();
      const own = await sharp(bytes).raw().toBuffer();
      const [luma, blue, red] = decodeGuarded(kernel, bytes).samples;
      let most = 0;
      for (let pixel = 0; pixel < size.width * size.height; pixel += 1) {
        const [y, cb, cr] = [luma!.values[pixel]!, blue!.values[pixel]! - 128, red!.values[pixel]! - 128];
        const rgb = [y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb];
        for (const [channel, value] of rgb.entries()) {
          const clamped = Math.min(Math.max(Math.round(value), 0), 255);
          most = Math.max(most, Math.abs(clamped - own[3 * pixel + channel]!));
        }
      }
      expect(most).toBeLessThanOrEqual(3);
    });

    it(`agrees with the twin at 4:2:0 with optimised tables, at quality ${quality}`, async () => {
      expectTwin(await picture().jpeg({ quality, chromaSubsampling: "4:2:0", optimiseCoding: true }).toBuffer());
    });
  }
});

describe("tables shared by a level", () => {
  const whole = writeJpeg({ width: 32, height: 32, components: sampled(2, 2) });
  const { tables: tableStream, abbreviated } = partJpeg(whole);

  it("decode tiles that have none", () => {
    const mark = kernel.mark();
    const tables = loadJpegTables(kernel, tableStream);
    expect(decodeGuarded(kernel, abbreviated, { tables })).toEqual(decodeGuarded(kernel, whole));
    kernel.release(mark);
  });

  it("yield to the tables in a tile, for that tile only", () => {
    const mark = kernel.mark();
    const tables = loadJpegTables(kernel, tableStream);
    const coarse = writeJpeg({ width: 32, height: 32, components: sampled(2, 2), step: 40 });
    expect(decodeGuarded(kernel, coarse, { tables })).toEqual(decodeGuarded(kernel, coarse));
    expect(decodeGuarded(kernel, abbreviated, { tables })).toEqual(decodeGuarded(kernel, whole));
    kernel.release(mark);
  });

  it("are undefined when the level has none", () => {
    expect(loadJpegTables(kernel, undefined)).toBeUndefined();
  });

  it("are refused when the stream is not one of tables", () => {
    for (const bytes of [whole, tableStream.subarray(1), tableStream.subarray(0, 40), new Uint8Array(0)]) {
      expect(() => loadJpegTables(kernel, bytes)).toThrow(expect.objectContaining({ code: "source-malformed" }));
    }
  });
});

describe("destinations", () => {
  it("smaller than the frame are filled and not exceeded", () => {
    const bytes = writeJpeg({ width: 64, height: 48, components: sampled(2, 2) });
    const whole = decodeGuarded(kernel, bytes).samples;
    for (const [width, height] of [
      [64, 48],
      [50, 30],
      [9, 48],
      [1, 1],
    ] as const) {
      const mark = kernel.mark();
      const guarded = [0, 1, 1].map((shift) => {
        return allocateGuarded(kernel, Math.ceil(width / (1 << shift)), Math.ceil(height / (1 << shift)));
      });
      const planes = guarded.map((item) => item.plane);
      decodeJpegInto(kernel, { bytes, planes, width: 64, height: 48 });
      for (const [index, plane] of planes.entries()) {
        const samples = readPlane(kernel, plane);
        const expected = samples.values.map((_, at) => {
          return whole[index]!.values[Math.floor(at / plane.width) * whole[index]!.width + (at % plane.width)]!;
        });
        expect(samples.values).toEqual(expected);
      }
      expect(guarded.map((item) => item.countChangedGuards())).toEqual([0, 0, 0]);
      kernel.release(mark);
    }
  });
});

describe("reduced decoding", () => {
  for (const reduction of [2, 4, 8] as const) {
    it(`is within one level of the mean of ${reduction} x ${reduction} samples`, () => {
      const bytes = writeJpeg({ width: 64, height: 40, components: sampled(2, 2) });
      const whole = decodeGuarded(kernel, bytes).samples;
      const { samples, changedGuards } = decodeGuarded(kernel, bytes, { reduction });
      expect(changedGuards).toBe(0);
      for (const [index, { width, height, values }] of samples.entries()) {
        const full = whole[index]!;
        for (let y = 0; y < Math.floor(full.height / reduction); y += 1) {
          for (let x = 0; x < Math.floor(full.width / reduction); x += 1) {
            let sum = 0;
            for (let at = 0; at < reduction ** 2; at += 1) {
              const row = y * reduction + Math.floor(at / reduction);
              sum += full.values[row * full.width + x * reduction + (at % reduction)]!;
            }
            expect(Math.abs(values[y * width + x]! - sum / reduction ** 2)).toBeLessThanOrEqual(1);
          }
        }
        expect(height).toBe(Math.ceil(full.height / reduction));
      }
    });
  }
});
