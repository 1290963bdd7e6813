import type { Kernel } from "../../src/raster/kernel.ts";
import type { Plane } from "../../src/raster/raster.ts";
import type { Random } from "./random.ts";

/** Rows of samples outside of kernel memory, without padding. */
export interface Samples {
  readonly width: number;
  readonly height: number;
  readonly values: Uint8Array;
}

/** Returns samples whose value at each place `valueAt` says. */
export function makeSamples(width: number, height: number, valueAt: (x: number, y: number) => number): Samples {
  const values = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) values[y * width + x] = valueAt(x, y);
  }
  return { width, height, values };
}

/** Returns samples of noise over the whole range: what shows an error best. */
export function makeNoise(random: Random, width: number, height: number): Samples {
  return makeSamples(width, height, () => random.integer(0, 255));
}

/** Copies samples into a new plane of the kernel. */
export function storePlane(kernel: Kernel, samples: Samples): Plane {
  const plane = kernel.allocatePlane(samples.width, samples.height);
  const bytes = kernel.bytes;
  for (let y = 0; y < samples.height; y += 1) {
    bytes.set(samples.values.subarray(y * samples.width, (y + 1) * samples.width), plane.pointer + y * plane.stride);
  }
  return plane;
}

/** Copies the samples of a plane out of the kernel. */
export function readPlane(kernel: Kernel, plane: Plane): Samples {
  const bytes = kernel.bytes;
  return makeSamples(plane.width, plane.height, (x, y) => bytes[plane.pointer + y * plane.stride + x]!);
}

/** A plane amid bytes that no kernel may change. */
export interface GuardedPlane {
  readonly plane: Plane;
  /** Counts the bytes around the plane's samples that have changed. */
  countChangedGuards(): number;
}

const guardValue = 0xa5;
const guardMargin = 40;

/** Returns a plane whose samples have foreign bytes before, between and after their rows. */
export function allocateGuarded(kernel: Kernel, width: number, height: number): GuardedPlane {
  const stride = width + 2 * guardMargin + 1;
  const byteLength = stride * (height + 2);
  const block = kernel.allocate(byteLength);
  kernel.bytes.fill(guardValue, block, block + byteLength);
  const plane = { pointer: block + stride + guardMargin, stride, width, height };
  return {
    plane,
    countChangedGuards: () => {
      const bytes = kernel.bytes;
      let changed = 0;
      for (let at = 0; at < byteLength; at += 1) {
        const x = (at % stride) - guardMargin;
        const y = Math.floor(at / stride) - 1;
        const isInside = x >= 0 && x < width && y >= 0 && y < height;
        if (!isInside && bytes[block + at] !== guardValue) changed += 1;
      }
      return changed;
    },
  };
}

/** Returns the greatest difference between two pictures of equal size. */
export function greatestDifference(a: Samples, b: Samples): number {
  if (a.width !== b.width || a.height !== b.height) return Number.POSITIVE_INFINITY;
  return a.values.reduce((most, value, index) => Math.max(most, Math.abs(value - b.values[index]!)), 0);
}
