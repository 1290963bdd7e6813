import { expect, it } from "vitest";
import { decodeJpegInto, loadJpegTables } from "../../src/codec/jpeg/decoder.ts";
import { readJpegHeader } from "../../src/codec/jpeg/header.ts";
import { ImageError } from "../../src/error.ts";
import type { Area } from "../../src/geometry.ts";
import { writeProgressiveJpeg } from "../support/jpeg-progressive-writer.ts";
import { partJpeg } from "../support/jpeg-tables.ts";
import { writeJpeg } from "../support/jpeg-writer.ts";
import { openTestKernel } from "../support/kernel.ts";
import { allocateGuarded } from "../support/planes.ts";
import { openRandom, type Random } from "../support/random.ts";

const sampleAt = (x: number, y: number) => (x * x + 3 * y * y + x * y) & 255;
const one = { horizontal: 1, vertical: 1, sampleAt };
const width = 40;
const height = 24;
const streams = [
  writeJpeg({ width, height, components: [{ ...one, horizontal: 2, vertical: 2 }, one, one], restartInterval: 2 }),
  writeJpeg({ width, height, components: [one, one, one], step: 1 }),
  writeJpeg({ width, height, components: [{ ...one, horizontal: 2 }, one, one], isSeparate: true, step: 30 }),
  writeProgressiveJpeg({ width, height, components: [{ ...one, vertical: 2 }, one, one], step: 30 }),
  writeProgressiveJpeg({ width, height, components: [one, one, one], step: 60, restartInterval: 3 }),
];

/** Returns the stream with a few bytes changed, removed, doubled or cut off. */
function mutate(random: Random, stream: Uint8Array): Uint8Array {
  let bytes = [...stream];
  for (let rest = random.integer(1, 4); rest > 0 && bytes.length > 8; rest -= 1) {
    // Half of the damage goes to the segments in front, where lengths and tables are.
    const at = random.integer(0, random.next() < 0.5 ? Math.min(300, bytes.length - 1) : bytes.length - 1);
    const kind = random.integer(0, 5);
    if (kind < 3) bytes[at] = kind === 0 ? 0xff : random.integer(0, 255);
    else if (kind === 3) bytes.splice(at, random.integer(1, 12));
    else if (kind === 4) bytes.splice(at, 0, ...bytes.slice(at, at + random.integer(1, 80)));
    else if (random.next() < 0.2) bytes = bytes.slice(0, at);
  }
  return Uint8Array.from(bytes);
}

/** Returns a part of the frame, or undefined for all of it. */
function pickWindow(random: Random): Area | undefined {
  if (random.next() < 0.5) return undefined;
  const [x, y] = [random.integer(0, width - 1), random.integer(0, height - 1)];
  return { x, y, width: random.integer(1, width), height: random.integer(1, height) };
}

/** Runs what may refuse a master, and tells whether it did; any other fault is the test's. */
function isRefused(run: () => unknown): boolean {
  try {
    run();
    return false;
  } catch (error) {
    if (error instanceof ImageError && /^source-(malformed|unsupported)$/.test(error.code)) return true;
    throw error;
  }
}

it("never traps and never writes outside the destination, for any bytes", () => {
  const kernel = openTestKernel();
  const random = openRandom(20);
  const guarded = [0, 1, 2].map(() => allocateGuarded(kernel, width, height));
  const planes = guarded.map((item) => item.plane);
  const largest = 4000;
  const limit = kernel.allocate(0);
  // Behind the largest scratch block of a decode lies what it must leave alone as well.
  const coefficientBytes = 2 * 3 * 64 * 64;
  const { jpegTablesBytes, jpegPaddingBytes } = kernel.exports;
  const behind = limit + 2 * largest + jpegTablesBytes.value + jpegPaddingBytes.value + coefficientBytes + 512;
  kernel.release(limit);
  kernel.allocate(behind + 65536 - limit);
  kernel.release(limit);
  kernel.bytes.fill(0x5a, behind, behind + 65536);

  let refusals = 0;
  const runs = 4000;
  for (let run = 0; run < runs; run += 1) {
    const bytes = mutate(random, random.pick(streams)).subarray(0, largest);
    const reduction = random.pick([1, 1, 2, 8] as const);
    const options = { reduction, minimumHeight: random.pick([1, height]), window: pickWindow(random) };
    if (isRefused(() => decodeJpegInto(kernel, { bytes, planes, width, height, ...options }))) refusals += 1;
    isRefused(() => readJpegHeader(bytes));
    expect(kernel.mark()).toBe(limit);
  }
  expect(refusals).toBeGreaterThan(runs / 4);
  expect(refusals).toBeLessThan(runs);
  expect(guarded.map((item) => item.countChangedGuards())).toEqual([0, 0, 0]);
  expect(kernel.bytes.subarray(behind, behind + 65536).every((byte) => byte === 0x5a)).toBe(true);
});

it("never traps on damaged shared tables, nor on tiles decoded with them", () => {
  const kernel = openTestKernel();
  const random = openRandom(21);
  const guarded = [0, 1, 2].map(() => allocateGuarded(kernel, width, height));
  const planes = guarded.map((item) => item.plane);
  const { tables, abbreviated } = partJpeg(streams[1]!);
  const mark = kernel.mark();
  for (let run = 0; run < 1000; run += 1) {
    const damaged = mutate(random, tables);
    isRefused(() => {
      const loaded = loadJpegTables(kernel, damaged);
      decodeJpegInto(kernel, { tables: loaded, bytes: abbreviated, planes, width, height });
    });
    kernel.release(mark);
  }
  expect(guarded.map((item) => item.countChangedGuards())).toEqual([0, 0, 0]);
});

it("decodes the same after damaged streams as before", () => {
  const kernel = openTestKernel();
  const random = openRandom(22);
  const planes = [0, 1, 2].map(() => kernel.allocatePlane(width, height));
  const decode = (bytes: Uint8Array) => decodeJpegInto(kernel, { bytes, planes, width, height });
  const copyPlane = () => planes.map(({ pointer, stride }) => kernel.bytes.slice(pointer, pointer + stride * height));
  decode(streams[1]!);
  const before = copyPlane();
  for (let run = 0; run < 200; run += 1) {
    isRefused(() => decode(mutate(random, random.pick(streams))));
    decode(streams[1]!);
  }
  expect(copyPlane()).toEqual(before);
});
