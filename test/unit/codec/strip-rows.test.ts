import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { MissingRows } from "../../../src/codec/missing-rows.ts";
import { sampleTileDecoder } from "../../../src/codec/sample-tile.ts";
import { decodeStripRows, type StripInRows, stripReadBytes, stripRowsBytes } from "../../../src/codec/strip-rows.ts";
import { packedRowBytes } from "../../../src/codec/tile-decoder.ts";
import type { Area } from "../../../src/geometry.ts";
import type { Level } from "../../../src/pyramid/level.ts";
import { rangeOfWhole, type SampleLayout } from "../../../src/pyramid/sample-layout.ts";
import type { TileEncoding } from "../../../src/pyramid/tile-encoding.ts";
import type { Kernel } from "../../../src/raster/kernel.ts";
import type { Plane } from "../../../src/raster/raster.ts";
import { countReads } from "../../../src/source/counting.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { openTestKernel } from "../../support/kernel.ts";
import { writeLzw } from "../../support/lzw-writer.ts";
import { writePackBits } from "../../support/pack-bits-writer.ts";
import { readPlane } from "../../support/planes.ts";
import { writeFloatPredictor, writeHorizontalPredictor } from "../../support/predictor-writer.ts";
import { makePyramid } from "../../support/pyramid.ts";
import { openRandom, type Random } from "../../support/random.ts";

const compressions = ["lzw", "deflate", "packbits"] as const;

function compress(compression: StripInRows["compression"], bytes: Uint8Array, rowBytes: number): Uint8Array {
  if (compression === "lzw") return writeLzw(bytes);
  return compression === "deflate" ? new Uint8Array(deflateSync(bytes)) : writePackBits(bytes, rowBytes);
}

type Form = Partial<Omit<TileEncoding, "layout">> & { readonly layout?: Partial<SampleLayout> };

const alpha = (sample: number) => ({ sample, isAssociated: false });
const palette = Uint8Array.from({ length: 3 * 16 }, (_, index) => 7 * index);
const forms: readonly (readonly [string, Form])[] = [
  ["grey", { model: "gray", layout: { samplesPerPixel: 1 } }],
  ["bilevel, 0 is white", { model: "gray", isInverted: true, layout: { samplesPerPixel: 1, bits: 1 } }],
  ["a palette of 4 bits", { model: "palette", palette, layout: { samplesPerPixel: 1, bits: 4 } }],
  ["grey of 12 bits", { model: "gray", layout: { samplesPerPixel: 1, bits: 12 } }],
  ["RGB", { model: "rgb" }],
  ["RGB with a predictor", { model: "rgb", predictor: "horizontal" }],
  ["RGB of 16 bits with a predictor", { model: "rgb", predictor: "horizontal", layout: { bits: 16 } }],
  ["RGB of 2 bits and alpha", { model: "rgb", layout: { samplesPerPixel: 4, bits: 2, alpha: alpha(3) } }],
  ["inks and alpha", { model: "cmyk", isInverted: true, layout: { samplesPerPixel: 5, alpha: alpha(4) } }],
  ["CIELab with a predictor", { model: "lab", predictor: "horizontal" }],
  [
    "floats with their predictor",
    { model: "gray", predictor: "float", layout: { samplesPerPixel: 1, bits: 32, format: "float" } },
  ],
];

function levelOf(
  { layout, ...form }: Form,
  compression: StripInRows["compression"],
  size: { width: number; height: number },
) {
  const [level] = makePyramid({ ...size, tileBytes: 1 }).levels;
  const { encoding } = level;
  const bits = layout?.bits ?? 8;
  const range = layout?.format === "float" ? { least: -2, most: 9 } : rangeOfWhole(bits);
  const made: TileEncoding = {
    ...encoding,
    subsampling: { x: 1, y: 1 },
    ...form,
    compression,
    layout: { ...encoding.layout, ...layout, range },
  };
  const grid = { tileWidth: size.width, tileLength: size.height, columns: 1, rows: 1, isStripped: true };
  return { ...level, ...grid, encoding: made };
}

/** Samples that repeat, so that strings of LZW are long, with some noise; predicted and compressed. */
function makeStrip(random: Random, level: Level, compression: StripInRows["compression"]): Uint8Array {
  const { layout, predictor } = level.encoding;
  const { bits, samplesPerPixel, isLittleEndian } = layout;
  const rowBytes = packedRowBytes(level);
  const bytes = Uint8Array.from({ length: rowBytes * level.height }, (_, at) =>
    random.next() < 0.1 ? random.integer(0, 255) : (at >> 4) * 3,
  );
  const form = { width: level.width, samplesPerPixel, bits: bits as 8, isLittleEndian };
  if (predictor === "none") return compress(compression, bytes, rowBytes);
  const predicted = predictor === "float" ? writeFloatPredictor(bytes, form) : writeHorizontalPredictor(bytes, form);
  return compress(compression, predicted, rowBytes);
}

interface Decoded {
  readonly samples: readonly number[][];
  readonly missing: Pick<MissingRows, "first" | "count" | "lost"> | undefined;
}

/** The samples of a window of planes. */
function cut(kernel: Kernel, planes: readonly Plane[], { x, y, width, height }: Area): number[][] {
  return planes.map(({ pointer, stride }) => [
    ...readPlane(kernel, { pointer: pointer + y * stride + x, stride, width, height }).values,
  ]);
}

/** Decodes a window in rows, from a file in which the strip lies amid other bytes. */
async function decodeInRows(
  kernel: Kernel,
  { level, bytes, window, random }: { level: Level; bytes: Uint8Array; window: Area; random: Random },
): Promise<Decoded & { readonly readBytes: number }> {
  const before = kernel.mark();
  const { compression } = level.encoding;
  const decoder = sampleTileDecoder({ level, reduction: 1 }, compression as "lzw");
  const planes = Array.from({ length: decoder.planeCount }, () => kernel.allocatePlane(level.width, level.height));
  const file = new Uint8Array(bytes.length + 50).fill(0x55);
  file.set(bytes, 20);
  const counts = { reads: 0, bytes: 0 };
  const rowsAtOnce = random.pick([1, 2, 7, 16, level.height]);
  const mark = kernel.mark();
  let missing: Decoded["missing"];
  for (const { first, count, writeInto } of decodeStripRows(kernel, {
    level,
    compression: compression as "lzw",
    tile: { rows: level.height, window },
    source: countReads(memorySource(file), counts),
    range: { offset: 20, length: bytes.length },
    rowsAtOnce,
    readBytes: random.pick([1, 13, 500, 1 << 20]),
  })) {
    const part = planes.map((plane) => ({ ...plane, pointer: plane.pointer + first * plane.stride, height: count }));
    const found = await writeInto(part);
    expect(kernel.mark() - mark).toBeLessThanOrEqual(stripRowsBytes(level, rowsAtOnce) - 3 * stripReadBytes + 64);
    const { first: row = 0, count: more = 0, lost = 0 } = found ?? {};
    if (found === undefined) continue;
    missing = { first: missing?.first ?? row, count: (missing?.count ?? 0) + more, lost: (missing?.lost ?? 0) + lost };
  }
  expect(kernel.mark()).toBe(mark);
  const samples = cut(kernel, planes, window);
  kernel.release(before);
  return { samples, missing, readBytes: counts.bytes };
}

/** Decodes a strip whole. */
async function decodeWhole(kernel: Kernel, level: Level, bytes: Uint8Array, window: Area): Promise<Decoded> {
  const mark = kernel.mark();
  const decoder = sampleTileDecoder({ level, reduction: 1 }, level.encoding.compression as "lzw");
  const planes = Array.from({ length: decoder.planeCount }, () => kernel.allocatePlane(level.width, level.height));
  const found = await decoder.decodeInto(kernel, { parts: [bytes], rows: level.height, window }, planes);
  const missing = found && { first: found.first, count: found.count, lost: found.lost };
  const samples = cut(kernel, planes, window);
  kernel.release(mark);
  return { samples, missing };
}

function pickWindow(random: Random, { width, height }: Level): Area {
  const [x, y] = [random.integer(0, width - 1), random.integer(0, height - 1)];
  const part = { x, y, width: random.integer(1, width - x), height: random.integer(1, height - y) };
  return random.pick([{ x: 0, y: 0, width, height }, part]);
}

describe.each(compressions)("a strip of %s that is decoded as it is read", (compression) => {
  const usable = forms.filter(([, { predictor }]) => compression !== "packbits" || predictor === undefined);

  it.each(usable)("is the same as decoded whole, in any steps: %s", async (_, form) => {
    const random = openRandom(521);
    const kernel = openTestKernel();
    for (let round = 0; round < 8; round += 1) {
      const size = { width: random.integer(1, 90), height: random.integer(1, 70) };
      const level = levelOf(form, compression, size);
      const bytes = makeStrip(random, level, compression);
      const window = pickWindow(random, level);
      const found = await decodeInRows(kernel, { level, bytes, window, random });
      expect(found.missing).toBeUndefined();
      expect(found.samples).toEqual((await decodeWhole(kernel, level, bytes, window)).samples);
      expect(found.readBytes).toBeLessThanOrEqual(bytes.length);
    }
  });

  it("lacks the same rows where it is damaged or cut off", async () => {
    const random = openRandom(522);
    const kernel = openTestKernel();
    let damaged = 0;
    for (let round = 0; round < 40; round += 1) {
      const level = levelOf(random.pick(usable)[1], compression, { width: random.integer(9, 60), height: 50 });
      const whole = makeStrip(random, level, compression);
      const bytes = whole.slice(0, random.integer(1, whole.length));
      if (random.next() < 0.5) bytes[random.integer(0, bytes.length - 1)] = random.integer(0, 255);
      const window = pickWindow(random, level);
      const { samples, missing } = await decodeInRows(kernel, { level, bytes, window, random });
      expect({ samples, missing }).toEqual(await decodeWhole(kernel, level, bytes, window));
      if (missing !== undefined) damaged += 1;
    }
    expect(damaged).toBeGreaterThan(15);
  });

  it("is read no further than its window, give or take the next read", async () => {
    const random = openRandom(523);
    const level = levelOf({ model: "rgb" }, compression, { width: 500, height: 400 });
    const bytes = makeStrip(random, level, compression);
    const kernel = openTestKernel();
    const counts = { reads: 0, bytes: 0 };
    const planes = Array.from({ length: 3 }, () => kernel.allocatePlane(500, 20));
    for (const { writeInto } of decodeStripRows(kernel, {
      level,
      compression,
      tile: { rows: 400, window: { x: 0, y: 20, width: 500, height: 20 } },
      source: countReads(memorySource(bytes), counts),
      range: { offset: 0, length: bytes.length },
      rowsAtOnce: 20,
      readBytes: 1 << 15,
    })) {
      await writeInto(planes);
    }
    expect(counts.bytes).toBeLessThan(bytes.length / 4 + (1 << 16));
    expect(bytes.length).toBeGreaterThan(5 << 15);
  });
});
