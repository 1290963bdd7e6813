import { describe, expect, it } from "vitest";
import { decodeJpegInto, type JpegDecodeOptions } from "../../src/codec/jpeg/decoder.ts";
import { readJpegHeader } from "../../src/codec/jpeg/header.ts";
import type { Area } from "../../src/geometry.ts";
import { decodeGuarded } from "../support/jpeg-decoding.ts";
import { writeProgressiveJpeg } from "../support/jpeg-progressive-writer.ts";
import { type WrittenComponent, writeJpeg } from "../support/jpeg-writer.ts";
import { openTestKernel } from "../support/kernel.ts";
import { allocateGuarded, readPlane } from "../support/planes.ts";
import { openRandom, type Random } from "../support/random.ts";

const kernel = openTestKernel();
const untouched = 0xa5;

const surface = (seed: number) => (x: number, y: number) =>
  128 + 60 * Math.sin((x + seed) / (3 + seed)) * Math.cos(y / 5) + ((x * y + x) % 23 < 9 ? 40 : 0);

function sampled(...factors: readonly (readonly [number, number])[]): WrittenComponent[] {
  return factors.map(([horizontal, vertical], index) => ({ horizontal, vertical, sampleAt: surface(index + 1) }));
}

const samplings = {
  grey: sampled([1, 1]),
  "4:4:4": sampled([1, 1], [1, 1], [1, 1]),
  "4:2:2": sampled([2, 1], [1, 1], [1, 1]),
  "4:2:0": sampled([2, 2], [1, 1], [1, 1]),
  "4:1:1": sampled([4, 1], [1, 1], [1, 1]),
  YCCK: sampled([2, 2], [1, 1], [1, 1], [2, 2]),
};
const width = 69;
const height = 53;

function pickWindow(random: Random): Area {
  const x = random.integer(0, width - 1);
  const y = random.integer(0, height - 1);
  return { x, y, width: random.integer(1, width - x), height: random.integer(1, height - y) };
}

/** Expects a decode of `window` to give what a whole one does under it, and to leave all other samples as they were. */
function expectWindow(bytes: Uint8Array, window: Area, reduction: 1 | 2 | 4 | 8): void {
  const { components } = readJpegHeader(bytes);
  const whole = decodeGuarded(kernel, bytes, { reduction }).samples;
  const mark = kernel.mark();
  const guarded = whole.map((item) => allocateGuarded(kernel, item.width, item.height));
  const planes = guarded.map((item) => item.plane);
  decodeJpegInto(kernel, { bytes, planes, width, height, reduction, window });
  for (const [index, plane] of planes.entries()) {
    const x = (components[0]!.horizontal / components[index]!.horizontal) * reduction;
    const y = (components[0]!.vertical / components[index]!.vertical) * reduction;
    const [left, top] = [Math.floor(window.x / x), Math.floor(window.y / y)];
    const [right, bottom] = [Math.ceil((window.x + window.width) / x), Math.ceil((window.y + window.height) / y)];
    const expected = whole[index]!.values.map((value, at) => {
      const [column, row] = [at % plane.width, Math.floor(at / plane.width)];
      return column >= left && column < right && row >= top && row < bottom ? value : untouched;
    });
    expect(readPlane(kernel, plane).values).toEqual(expected);
  }
  expect(guarded.reduce((sum, item) => sum + item.countChangedGuards(), 0)).toBe(0);
  kernel.release(mark);
}

describe("a window", () => {
  for (const [name, components] of Object.entries(samplings)) {
    it(`is decoded as in the whole, and nothing else is written, in ${name}`, { tags: "slow" }, () => {
      const random = openRandom(31);
      for (const restartInterval of [0, 1, 5]) {
        for (const kind of ["interleaved", "separate", "progressive"]) {
          const jpeg = { width, height, components, restartInterval, step: random.pick([2, 20]) };
          const isSeparate = kind === "separate";
          const bytes = kind === "progressive" ? writeProgressiveJpeg(jpeg) : writeJpeg({ ...jpeg, isSeparate });
          for (let run = 0; run < 12; run += 1) {
            expectWindow(bytes, pickWindow(random), random.pick([1, 1, 1, 2, 4, 8] as const));
          }
        }
      }
    });
  }

  it("may be the whole frame", () => {
    const bytes = writeJpeg({ width, height, components: samplings["4:2:0"] });
    expectWindow(bytes, { x: 0, y: 0, width, height }, 1);
  });

  it("that reaches beyond the frame ends at its edges", () => {
    const bytes = writeJpeg({ width, height, components: samplings["4:2:0"] });
    expectWindow(bytes, { x: 60, y: 50, width: 100, height: 100 }, 1);
    expectWindow(bytes, { x: -20, y: -9, width: 30, height: 20 }, 2);
  });

  it("outside the frame or without pixels writes nothing", () => {
    const bytes = writeJpeg({ width, height, components: samplings["4:4:4"] });
    for (const window of [
      { x: width, y: 0, width: 9, height: 9 },
      { x: -9, y: -9, width: 9, height: 9 },
      { x: 5, y: 5, width: 0, height: 0 },
    ]) {
      const { samples } = decodeGuarded(kernel, bytes, { window });
      expect(samples.every(({ values }) => values.every((value) => value === untouched))).toBe(true);
    }
  });
});

/** Returns where the first scan's entropy-coded data begins. */
function startOfData(bytes: Uint8Array): number {
  return bytes.findIndex((byte, at) => byte === 0xff && bytes[at + 1] === 0xda) + 10;
}

/** Returns the stream with set bits, which are no code, from `start` to before `end`. */
function damage(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const damaged = Uint8Array.from(bytes);
  for (let at = start; at + 1 < end; at += 2) damaged.set([0xff, 0], at);
  return damaged;
}

describe("what is outside a window", () => {
  const frame = { width: 32, height: 64, components: samplings.grey };
  const options: Pick<JpegDecodeOptions, "window"> = { window: { x: 8, y: 16, width: 16, height: 24 } };

  it("is not read after its last block", () => {
    const bytes = writeJpeg(frame);
    const whole = decodeGuarded(kernel, bytes, options);
    const shortest = Array.from(bytes.keys()).find((length) => {
      try {
        return decodeGuarded(kernel, bytes.subarray(0, length), options).missing === undefined;
      } catch {
        return false;
      }
    });
    const entropyCoded = startOfData(bytes);
    expect(shortest! - entropyCoded).toBeLessThan((bytes.length - entropyCoded) * (5 / 8));
    expect(decodeGuarded(kernel, bytes.subarray(0, shortest), options)).toEqual(whole);
  });

  it("is not looked at in restart intervals before it", () => {
    const bytes = writeJpeg({ ...frame, restartInterval: 4 });
    const whole = decodeGuarded(kernel, bytes, options);
    const markers = Array.from(bytes.keys()).filter((at) => bytes[at] === 0xff && (bytes[at + 1]! & 0xf8) === 0xd0);
    const damaged = damage(bytes, markers[0]! + 2, markers[1]!);
    expect(decodeGuarded(kernel, damaged).missing).toEqual({ first: 8, count: 8, lost: 8, asked: 64 });
    expect(decodeGuarded(kernel, damaged, options)).toEqual(whole);
  });

  it("takes the window along when it is damaged before it without restart intervals", () => {
    const bytes = writeJpeg(frame);
    const start = startOfData(bytes);
    const damaged = damage(bytes, start + 4, start + 40);
    const { missing, samples } = decodeGuarded(kernel, damaged, options);
    expect(missing).toEqual({ first: 16, count: 24, lost: 24, asked: 24 });
    expect(samples[0]!.values.filter((value) => value !== untouched)).toEqual(new Uint8Array(16 * 24).fill(128));
  });
});

describe("a frame whose height is not known exactly", () => {
  it("fills the rows it has and leaves the others", () => {
    const components = samplings["4:2:0"];
    const bytes = writeJpeg({ width, height: 21, components });
    const whole = decodeGuarded(kernel, bytes).samples;
    const mark = kernel.mark();
    const guarded = whole.map((item, index) => allocateGuarded(kernel, item.width, index === 0 ? 40 : 20));
    const planes = guarded.map((item) => item.plane);
    decodeJpegInto(kernel, { bytes, planes, width, height: 40, minimumHeight: 1 });
    for (const [index, { values }] of whole.entries()) {
      const decoded = readPlane(kernel, planes[index]!).values;
      expect(decoded.subarray(0, values.length)).toEqual(values);
      expect(decoded.subarray(values.length).every((value) => value === untouched)).toBe(true);
    }
    kernel.release(mark);
  });

  it("fills a window as far as it reaches", () => {
    const bytes = writeJpeg({ width, height: 21, components: samplings.grey });
    const window = { x: 3, y: 10, width: 50, height: 30 };
    const { samples } = decodeGuarded(kernel, bytes, { height: 64, minimumHeight: 20, window });
    const whole = decodeGuarded(kernel, bytes).samples[0]!;
    const expected = whole.values.map((value, at) => {
      const [x, y] = [at % width, Math.floor(at / width)];
      return x >= 3 && x < 53 && y >= 10 ? value : untouched;
    });
    expect(samples[0]!.values).toEqual(expected);
  });
});
