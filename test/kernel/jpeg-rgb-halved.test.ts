import { describe, expect, it } from "vitest";
import { decodeRgbHalved, type JpegDecodeOptions } from "../../src/codec/jpeg/decoder.ts";
import { rgbToYcbcrHalved } from "../../src/raster/color.ts";
import { threePlanes } from "../../src/raster/raster.ts";
import { decodeGuarded } from "../support/jpeg-decoding.ts";
import { writeProgressiveJpeg } from "../support/jpeg-progressive-writer.ts";
import { writeJpeg } from "../support/jpeg-writer.ts";
import { openTestKernel } from "../support/kernel.ts";
import { allocateGuarded, readPlane } from "../support/planes.ts";
import { openRandom, type Random } from "../support/random.ts";

const kernel = openTestKernel();
const width = 72;
const height = 56;
const untouched = 0xa5;

const component = (sampleAt: (x: number, y: number) => number) => ({ horizontal: 1, vertical: 1, sampleAt });

/** Colours with all frequencies, far enough from black and white that none is cut off there. */
const colorful = [
  component((x, y) => 128 + 50 * Math.sin(x / 3) * Math.cos(y / 5) + ((x * y) % 23)),
  component((x, y) => 120 + 50 * Math.cos(x / 2) * Math.cos(y / 9) + ((x * x + y) % 17)),
  component((x, y) => 100 + 60 * Math.sin((x + y) / 7) + ((x + y * y) % 29)),
];

type Options = Partial<Omit<JpegDecodeOptions, "bytes" | "planes">>;

/** Decodes to luma and halved chroma, amid guard bytes. */
function decodeHalved(bytes: Uint8Array, options: Options = {}) {
  const mark = kernel.mark();
  const guarded = [0, 1, 1].map((shift) => allocateGuarded(kernel, width >> shift, height >> shift));
  const planes = guarded.map((item) => item.plane);
  const decoded = decodeRgbHalved(kernel, { bytes, planes, width, height, ...options });
  const samples = planes.map((plane) => readPlane(kernel, plane).values);
  const changedGuards = guarded.reduce((sum, item) => sum + item.countChangedGuards(), 0);
  kernel.release(mark);
  return { decoded, samples, changedGuards };
}

/** Does it in two steps: the colours, and then what they are converted to. */
function convertDecoded(bytes: Uint8Array): readonly Uint8Array[] {
  const mark = kernel.mark();
  const { samples } = decodeGuarded(kernel, bytes);
  const source = threePlanes(samples.map(() => kernel.allocatePlane(width, height)));
  for (const [index, plane] of source.entries()) {
    for (let y = 0; y < height; y += 1) {
      kernel.bytes.set(samples[index]!.values.subarray(y * width, (y + 1) * width), plane.pointer + y * plane.stride);
    }
  }
  const destination = threePlanes([0, 1, 1].map((shift) => kernel.allocatePlane(width >> shift, height >> shift)));
  rgbToYcbcrHalved(kernel, { source, destination });
  const converted = destination.map((plane) => readPlane(kernel, plane).values);
  kernel.release(mark);
  return converted;
}

function farthest(a: readonly Uint8Array[], b: readonly Uint8Array[]): number {
  return Math.max(...a.flatMap((plane, index) => Array.from(plane, (sample, at) => Math.abs(sample - b[index]![at]!))));
}

function pickEven(random: Random, most: number): number {
  return 2 * random.integer(0, most / 2);
}

describe("colours that are converted as they are decoded", () => {
  for (const step of [1, 4, 20, 90]) {
    it(`are those that decoding and converting gives, within a level, at a step of ${step}`, () => {
      for (const restartInterval of [0, 5]) {
        const bytes = writeJpeg({ width, height, components: colorful, step, restartInterval });
        const { decoded, samples, changedGuards } = decodeHalved(bytes);
        expect(decoded).toEqual({ missing: undefined });
        expect(farthest(samples, convertDecoded(bytes))).toBe(1);
        expect(changedGuards).toBe(0);
      }
    });
  }

  it("are grey where red, green and blue are the same", () => {
    const gray = colorful[0]!;
    const bytes = writeJpeg({ width, height, components: [gray, gray, gray], step: 3 });
    const [luma, cb, cr] = decodeHalved(bytes).samples;
    expect(luma).toEqual(decodeGuarded(kernel, bytes).samples[0]!.values);
    expect(new Set([...cb!, ...cr!])).toEqual(new Set([128]));
  });

  it("are flat where there is but the mean, up to black, white and full colours", () => {
    for (const [red, green, blue] of [
      [0, 0, 0],
      [255, 255, 255],
      [255, 0, 0],
      [0, 255, 0],
      [0, 0, 255],
      [10, 200, 90],
    ]) {
      const components = [red, green, blue].map((sample) => component(() => sample!));
      const bytes = writeJpeg({ width, height, components, step: 1 });
      const { samples } = decodeHalved(bytes);
      expect(samples.map((plane) => new Set(plane).size)).toEqual([1, 1, 1]);
      expect(farthest(samples, convertDecoded(bytes))).toBeLessThanOrEqual(1);
    }
  });

  it("are written in a window as in the whole, and nowhere else", () => {
    const random = openRandom(35);
    const bytes = writeJpeg({ width, height, components: colorful, step: 2, restartInterval: 4 });
    const whole = decodeHalved(bytes).samples;
    for (let run = 0; run < 60; run += 1) {
      const [x, y] = [pickEven(random, width - 2), pickEven(random, height - 2)];
      const window = { x, y, width: 2 + pickEven(random, width - x - 2), height: 2 + pickEven(random, height - y - 2) };
      const { samples, changedGuards } = decodeHalved(bytes, { window });
      const expected = whole.map((plane, index) => {
        const shift = Math.min(index, 1);
        const across = width >> shift;
        return plane.map((sample, at) => {
          const [column, row] = [(at % across) << shift, Math.floor(at / across) << shift];
          const isInside = column >= x && column < x + window.width && row >= y && row < y + window.height;
          return isInside ? sample : untouched;
        });
      });
      expect(samples).toEqual(expected);
      expect(changedGuards).toBe(0);
    }
  });

  it("are missing in the rows where those of their components are, and grey there", () => {
    const random = openRandom(36);
    const bytes = writeJpeg({ width, height, components: colorful, step: 4, restartInterval: 9 });
    const start = bytes.findLastIndex((byte, at) => byte === 0xff && bytes[at + 1] === 0xda) + 14;
    let damaged = 0;
    for (let run = 0; run < 150; run += 1) {
      const changed = Uint8Array.from(bytes);
      const at = random.integer(start, bytes.length - 12);
      for (let byte = at; byte < at + 9; byte += 1) changed[byte] = random.integer(0, 254);
      const { decoded, samples } = decodeHalved(changed);
      const { missing } = decodeGuarded(kernel, changed);
      expect(decoded).toEqual({ missing });
      if (missing === undefined || missing.count > missing.lost) continue;
      damaged += 1;
      const last = (missing.first + missing.count) * width - 1;
      expect(samples.map((plane, index) => plane[index === 0 ? last : (last + 1) / 4 - 1])).toEqual([128, 128, 128]);
    }
    expect(damaged).toBeGreaterThan(10);
  });

  it("are left alone where their blocks do not come together", () => {
    const frame = { width, height, components: colorful };
    for (const bytes of [writeJpeg({ ...frame, isSeparate: true }), writeProgressiveJpeg(frame)]) {
      const { decoded, samples, changedGuards } = decodeHalved(bytes);
      expect(decoded).toBeUndefined();
      expect(samples.every((plane) => plane.every((sample) => sample === untouched))).toBe(true);
      expect(changedGuards).toBe(0);
    }
  });

  it("never trap and never write outside of the planes, whatever the bytes", () => {
    const random = openRandom(37);
    const bytes = writeJpeg({ width, height, components: colorful, step: 1, restartInterval: 6 });
    for (let run = 0; run < 400; run += 1) {
      const changed = Uint8Array.from(bytes);
      for (let rest = random.integer(1, 6); rest > 0; rest -= 1) {
        changed[random.integer(2, bytes.length - 1)] = random.integer(0, 255);
      }
      const window = { x: pickEven(random, width), y: pickEven(random, height), width: 16, height: 22 };
      try {
        expect(decodeHalved(changed, { window, minimumHeight: 1 }).changedGuards).toBe(0);
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^source-(malformed|unsupported)$/) });
      }
    }
  });
});
