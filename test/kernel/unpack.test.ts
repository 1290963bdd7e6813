import { describe, expect, it } from "vitest";
import type { Kernel } from "../../src/raster/kernel.ts";
import { planeSlackBytes } from "../../src/raster/raster.ts";
import { type PackedSamples, unpackSamples } from "../../src/raster/unpack.ts";
import { codeOf } from "../support/code-of.ts";
import { openTestKernel } from "../support/kernel.ts";
import { drawPattern, levelOf, packSamples, type SampleForm, sampleForms } from "../support/packed-samples.ts";
import { allocateGuarded, makeSamples, readPlane } from "../support/planes.ts";
import { openRandom } from "../support/random.ts";

const widths = [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33, 70];
/** Exact when divided by. */
const range = { least: -1, most: 4 };
const titled = sampleForms.map((form) => {
  const order = form.isLittleEndian ? "little" : "big";
  return { title: `${form.format} samples of ${form.bits} bits, ${order}-endian`, form };
});

/** A picture of one form, in kernel memory and as its bits. */
function storePacked(
  kernel: Kernel,
  patterns: readonly bigint[],
  shape: SampleForm & { readonly width: number; readonly height: number; readonly samplesPerPixel: number },
): PackedSamples {
  const bytes = packSamples(patterns, shape.width * shape.samplesPerPixel, shape);
  return { ...shape, pointer: kernel.store(bytes), rowBytes: bytes.length / shape.height, range };
}

function drawPatterns(form: SampleForm, count: number): bigint[] {
  const random = openRandom(71);
  return Array.from({ length: count }, () => drawPattern(random, form));
}

describe("unpackSamples", () => {
  it.each(titled)("scales $title, at any width and number of samples, and writes nothing outside", ({ form }) => {
    const kernel = openTestKernel();
    const height = 3;
    const patterns = drawPatterns(form, 70 * 16 * height);
    for (const samplesPerPixel of [1, 2, 3, 4, 5, 16]) {
      for (const width of widths) {
        const mark = kernel.mark();
        const used = patterns.slice(0, width * height * samplesPerPixel);
        const packed = storePacked(kernel, used, { ...form, width, height, samplesPerPixel });
        const targets = Array.from({ length: samplesPerPixel }, () => allocateGuarded(kernel, width, height));
        const channels = targets.map(({ plane }, sample) => ({ sample, plane }));
        unpackSamples(kernel, packed, channels, "full");
        targets.forEach(({ plane, countChangedGuards }, sample) => {
          const expected = makeSamples(width, height, (x, y) =>
            levelOf(used[(y * width + x) * samplesPerPixel + sample]!, form, range),
          );
          expect(readPlane(kernel, plane)).toEqual(expected);
          expect(countChangedGuards()).toBe(0);
        });
        kernel.release(mark);
      }
    }
  });

  it.each(titled.filter(({ form }) => form.bits <= 16))("is exact for every value of $title", ({ form }) => {
    const kernel = openTestKernel();
    const width = 2 ** form.bits;
    const patterns = Array.from({ length: width }, (_, value) => BigInt(value));
    const packed = storePacked(kernel, patterns, { ...form, width, height: 1, samplesPerPixel: 1 });
    const plane = kernel.allocatePlane(width, 1);
    unpackSamples(kernel, packed, [{ sample: 0, plane }], "full");
    expect(readPlane(kernel, plane)).toEqual(makeSamples(width, 1, (x) => levelOf(BigInt(x), form, range)));
  });

  it.each([1, 2, 4, 8] as const)("leaves indexes of %d bits as they are", (bits) => {
    const kernel = openTestKernel();
    const form = { bits, format: "unsigned", isLittleEndian: false } as const;
    for (const width of widths) {
      const patterns = drawPatterns(form, width * 2);
      const packed = storePacked(kernel, patterns, { ...form, width, height: 2, samplesPerPixel: 1 });
      const plane = kernel.allocatePlane(width, 2);
      unpackSamples(kernel, packed, [{ sample: 0, plane }], "index");
      expect(readPlane(kernel, plane)).toEqual(makeSamples(width, 2, (x, y) => Number(patterns[y * width + x]!)));
    }
  });

  it("unpacks samples of many rows in any order, and returns the memory it needed for them", () => {
    const kernel = openTestKernel();
    const form = { bits: 16, format: "unsigned", isLittleEndian: false } as const;
    const [width, height, samplesPerPixel] = [301, 40, 4];
    const patterns = drawPatterns(form, width * height * samplesPerPixel);
    const packed = storePacked(kernel, patterns, { ...form, width, height, samplesPerPixel });
    const targets = [3, 0].map((sample) => ({ sample, plane: kernel.allocatePlane(width, height) }));
    const mark = kernel.mark();
    unpackSamples(kernel, packed, targets, "full");
    expect(kernel.mark()).toBe(mark);
    for (const { sample, plane } of targets) {
      const expected = makeSamples(width, height, (x, y) =>
        levelOf(patterns[(y * width + x) * samplesPerPixel + sample]!, form, range),
      );
      expect(readPlane(kernel, plane)).toEqual(expected);
    }
  });

  it("fills what a smaller or a larger plane has in common with the samples", () => {
    const kernel = openTestKernel();
    const form = { bits: 4, format: "unsigned", isLittleEndian: true } as const;
    for (const samplesPerPixel of [1, 3]) {
      const patterns = drawPatterns(form, 20 * 10 * samplesPerPixel);
      const packed = storePacked(kernel, patterns, { ...form, width: 20, height: 10, samplesPerPixel });
      for (const [width, height] of [
        [7, 4],
        [23, 12],
      ] as const) {
        const { plane, countChangedGuards } = allocateGuarded(kernel, width, height);
        unpackSamples(kernel, packed, [{ sample: 0, plane }], "full");
        expect(countChangedGuards()).toBe(0);
        const expected = makeSamples(width, height, (x, y) =>
          x < 20 && y < 10 ? levelOf(patterns[(y * 20 + x) * samplesPerPixel]!, form, range) : 0xa5,
        );
        expect(readPlane(kernel, plane)).toEqual(expected);
      }
    }
  });

  it.each(titled)("reads no further after $title than the slack of a plane", ({ form }) => {
    for (let width = 1; width <= 33; width += 1) {
      const kernel = openTestKernel();
      const plane = kernel.allocatePlane(width, 1);
      const bytes = packSamples(drawPatterns(form, width), width, form);
      // The rest of memory belongs to the samples: what is read behind it is a trap.
      const start = kernel.allocate(kernel.memoryBytes - kernel.mark());
      const pointer = kernel.memoryBytes - planeSlackBytes - bytes.length;
      expect(pointer).toBeGreaterThan(start);
      kernel.bytes.set(bytes, pointer);
      const packed = { ...form, pointer, rowBytes: bytes.length, width, height: 1, samplesPerPixel: 1, range };
      unpackSamples(kernel, packed, [{ sample: 0, plane }], "full");
      expect(kernel.bytes[plane.pointer]).toBe(levelOf(drawPatterns(form, 1)[0]!, form, range));
    }
  });

  it.each([
    { least: 0, most: 1 },
    { least: 3, most: 3.25 },
    { least: -17.3, most: 0.02 },
    { least: 4, most: -1 },
  ])("scales floats from $least to $most", (chosen) => {
    const kernel = openTestKernel();
    for (const form of sampleForms.filter(({ format }) => format === "float")) {
      const patterns = drawPatterns(form, 500);
      const packed = storePacked(kernel, patterns, { ...form, width: 500, height: 1, samplesPerPixel: 1 });
      const plane = kernel.allocatePlane(500, 1);
      unpackSamples(kernel, { ...packed, range: chosen }, [{ sample: 0, plane }], "full");
      expect(readPlane(kernel, plane)).toEqual(makeSamples(500, 1, (x) => levelOf(patterns[x]!, form, chosen)));
    }
  });

  it.each([
    { least: 0, most: 0 },
    { least: Number.NaN, most: 1 },
    { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY },
    { least: -Number.MAX_VALUE, most: Number.MAX_VALUE },
  ])("makes black or white of floats where the range is none: $least to $most", (none) => {
    const kernel = openTestKernel();
    for (const form of sampleForms.filter(({ format }) => format === "float")) {
      const packed = storePacked(kernel, drawPatterns(form, 50), { ...form, width: 50, height: 1, samplesPerPixel: 1 });
      const plane = kernel.allocatePlane(50, 1);
      unpackSamples(kernel, { ...packed, range: none }, [{ sample: 0, plane }], "full");
      expect(readPlane(kernel, plane).values.every((level) => level === 0 || level === 255)).toBe(true);
    }
  });

  it.each([
    { title: "integers of 64 bits", bits: 64, format: "unsigned", scale: "full" },
    { title: "floats of 8 bits", bits: 8, format: "float", scale: "full" },
    { title: "floats of 12 bits", bits: 12, format: "float", scale: "full" },
    { title: "indexes of 16 bits", bits: 16, format: "unsigned", scale: "index" },
    { title: "floating point indexes", bits: 32, format: "float", scale: "index" },
  ] as const)("refuses $title", ({ bits, format, scale }) => {
    const kernel = openTestKernel();
    const plane = kernel.allocatePlane(1, 1);
    const packed = {
      pointer: plane.pointer,
      rowBytes: 8,
      width: 1,
      height: 1,
      samplesPerPixel: 1,
      isLittleEndian: true,
    };
    const unpack = (): void => unpackSamples(kernel, { ...packed, bits, format, range }, [{ sample: 0, plane }], scale);
    expect(codeOf(unpack)).toBe("source-unsupported");
  });
});
