import { expect, it } from "vitest";
import { createJpegRecoder } from "../../src/codec/jpeg/recoder.ts";
import type { Size } from "../../src/geometry.ts";
import { decodeGuarded } from "../support/jpeg-decoding.ts";
import { segmentOf, wordOf, writeJpeg } from "../support/jpeg-writer.ts";
import { openTestKernel } from "../support/kernel.ts";
import { makeNoise, storePlane } from "../support/planes.ts";
import { openRandom, type Random } from "../support/random.ts";

const kernel = openTestKernel();
const guard = { bytes: 4096, value: 0xa5 } as const;
const factors = { gray: [1], ycbcr: [2, 1, 1], rgb: [1, 1, 1] } as const;
type Model = keyof typeof factors;

/** Returns a tile whose scan is noise, in which restart markers come at times. */
function makeTile(random: Random, model: Model, { width, height }: Size): Uint8Array {
  const components = factors[model].map((factor) => ({
    ...{ horizontal: factor, vertical: factor },
    sampleAt: () => 0,
  }));
  const step = random.pick([1, 3, 16, 255, 400, 65_535]);
  const restartInterval = random.pick([0, 1, 2, 5]);
  const segments = restartInterval === 0 ? [] : [segmentOf(0xdd, wordOf(restartInterval))];
  const whole = writeJpeg({ width, height, components, step, segments });
  const scan = whole.findIndex((byte, at) => byte === 0xff && whole[at + 1] === 0xda);
  const bytes = Array.from(whole.subarray(0, scan + 8 + 2 * components.length));
  const [length, greatest] = [random.integer(0, 3 * width * height), random.pick([255, 255, 127, 40])];
  for (let at = 0; at < length; at += 1) {
    const byte = random.integer(0, greatest);
    bytes.push(...(byte === 0xff ? [byte, 0] : [byte]));
    if (restartInterval > 0 && random.integer(0, 60) === 0) bytes.push(0xff, 0xd0 + random.integer(0, 7));
  }
  return Uint8Array.from(bytes);
}

/** Divides a length into as many parts: what the first tile, those between and the last show. */
function divide(random: Random, side: number, count: number): readonly (readonly [number, number])[] {
  const start = 16 * random.integer(0, side / 16 - 1);
  return Array.from({ length: count }, (_, index) => {
    const from = index === 0 ? start : 0;
    return [from, index === count - 1 ? random.integer(1, side - from) : side - from] as const;
  });
}

it("makes a whole picture of whatever tiles hold, and writes nothing beside its memory", () => {
  const counts = { whole: 0, damaged: 0, samples: 0 };
  for (let seed = 1; seed <= 150; seed += 1) {
    const random = openRandom(seed);
    const model = random.pick(["gray", "ycbcr", "rgb"] as const);
    const tile = { width: 16 * random.integer(1, 4), height: 16 * random.integer(1, 4) };
    const across = divide(random, tile.width, random.integer(1, 4));
    const down = divide(random, tile.height, random.integer(1, 2));
    const [width, height] = [across, down].map((parts) => parts.reduce((sum, [, length]) => sum + length, 0)) as [
      number,
      number,
    ];
    const quality = random.pick([1, 50, 90, 91, 100]);
    const mark = kernel.mark();
    const before = kernel.allocate(guard.bytes);
    const recoder = createJpegRecoder(kernel, { model, quality, width, height, tile, columns: across.length });
    const after = kernel.allocate(guard.bytes);
    for (const place of [before, after]) kernel.bytes.fill(guard.value, place, place + guard.bytes);
    const chunks: Uint8Array[] = [];
    for (const [y, shownRows] of down) {
      for (const [x, shownColumns] of across) {
        const shown = { x, y, width: shownColumns, height: shownRows };
        if (random.integer(0, 5) === 0) {
          const inside = kernel.mark();
          const sides = model === "gray" ? [1] : [1, 2, 2];
          recoder.addPlanes(
            sides.map((side) => storePlane(kernel, makeNoise(random, tile.width / side, tile.height / side))),
            shown,
          );
          kernel.release(inside);
          counts.samples += 1;
        } else {
          const added = recoder.addTile({ tables: undefined, bytes: makeTile(random, model, tile), shown });
          counts[added?.missing === undefined ? "whole" : "damaged"] += 1;
        }
      }
      chunks.push(...recoder.endRow());
    }
    chunks.push(recoder.finish());
    const guards = [before, after].flatMap((place) => [...kernel.bytes.subarray(place, place + guard.bytes)]);
    expect([seed, guards.every((byte) => byte === guard.value)]).toEqual([seed, true]);
    kernel.release(mark);
    const { samples, missing } = decodeGuarded(kernel, Uint8Array.from(Buffer.concat(chunks)));
    expect([seed, samples[0]?.width, samples[0]?.height, missing]).toEqual([seed, width, height, undefined]);
  }
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(50);
});
