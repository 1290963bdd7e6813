import { describe, expect, it } from "vitest";
import { countReads } from "../../src/source/counting.ts";
import { memorySource } from "../../src/source/memory.ts";
import { type Decoded, decodeGuarded } from "../support/jpeg-decoding.ts";
import { decodeRowsGuarded, type RowsDecoding } from "../support/jpeg-rows.ts";
import { type WrittenComponent, writeJpeg } from "../support/jpeg-writer.ts";
import { openTestKernel } from "../support/kernel.ts";
import { openRandom, type Random } from "../support/random.ts";

const kernel = openTestKernel();
const width = 69;
const height = 93;

const surface = (seed: number) => (x: number, y: number) =>
  128 + 60 * Math.sin((x + seed) / (3 + seed)) * Math.cos(y / 5) + ((x * y + x) % 23 < 9 ? 40 : 0);

function sampled(...factors: readonly (readonly [number, number])[]): WrittenComponent[] {
  return factors.map(([horizontal, vertical], index) => ({ horizontal, vertical, sampleAt: surface(index + 1) }));
}

const samplings = {
  grey: sampled([1, 1]),
  "grey of four blocks a unit": sampled([2, 2]),
  "4:4:4": sampled([1, 1], [1, 1], [1, 1]),
  "4:2:2": sampled([2, 1], [1, 1], [1, 1]),
  "4:4:0": sampled([1, 2], [1, 1], [1, 1]),
  "4:2:0": sampled([2, 2], [1, 1], [1, 1]),
  "4:1:1": sampled([4, 1], [1, 1], [1, 1]),
  "a first component that is coarser": sampled([1, 1], [2, 2], [1, 2]),
  CMYK: sampled([1, 1], [1, 1], [1, 1], [1, 1]),
  YCCK: sampled([2, 2], [1, 1], [1, 1], [2, 2]),
  "units of 64 blocks": sampled([4, 4], [4, 4], [4, 4], [4, 4]),
};

/** Returns a decoding with reads from single bytes to the whole, that stops here and there. */
function pickDecoding(random: Random, bytes: Uint8Array): RowsDecoding {
  const most = random.pick([1, 7, 40, 300, bytes.length]);
  const stopped = random.pick([0, 0.3, 1]);
  return {
    readBytes: () => random.integer(1, most),
    steps: () => random.integer(1, random.pick([1, 3, 20])),
    stops: () => random.next() < stopped,
    reduction: random.pick([1, 1, 2, 4, 8] as const),
  };
}

/** Returns all samples of all components one after another. */
function samplesOf({ samples }: Pick<Decoded, "samples">): Buffer {
  return Buffer.concat(samples.map(({ values }) => values));
}

/** Expects rows to have the same samples as the whole at once, and to lack the same. */
async function expectSame(bytes: Uint8Array, decoding: RowsDecoding): Promise<void> {
  const { reduction = 1 } = decoding;
  const expected = decodeGuarded(kernel, bytes, { reduction, samplings: [] });
  const rows = await decodeRowsGuarded(kernel, bytes, decoding);
  expect(samplesOf(rows).equals(samplesOf(expected))).toBe(true);
  expect(rows.missing).toEqual(expected.missing);
  expect(rows.changedGuards).toBe(0);
}

describe("a JPEG that is decoded by rows", () => {
  for (const [name, components] of Object.entries(samplings)) {
    it(`has the same samples as at once, stopped and gone on with anywhere, in ${name}`, async () => {
      const random = openRandom(41);
      for (const restartInterval of [0, 1, 5, 13]) {
        const bytes = writeJpeg({ width, height, components, restartInterval, step: random.pick([1, 2, 20]) });
        for (let run = 0; run < 6; run += 1) await expectSame(bytes, pickDecoding(random, bytes));
      }
    });
  }
});

/** Returns the stream with the marker before each restart interval replaced. */
function replaceRestarts(bytes: Uint8Array, markerOf: (index: number) => readonly number[]): Uint8Array {
  const replaced: number[] = [];
  let index = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const isRestart = bytes[at] === 0xff && (bytes[at + 1]! & 0xf8) === 0xd0;
    if (isRestart) {
      replaced.push(...markerOf(index));
      index += 1;
      at += 1;
    } else replaced.push(bytes[at]!);
  }
  return Uint8Array.from(replaced);
}

describe("restart markers of a JPEG that is decoded by rows", () => {
  const restartInterval = 3;
  const bytes = writeJpeg({ width, height, components: samplings["4:2:0"], restartInterval, step: 6 });
  const singly = { readBytes: () => 1, stops: () => true };
  const expectMarkers = async (markerOf: (index: number) => readonly number[]): Promise<Decoded> => {
    const replaced = replaceRestarts(bytes, markerOf);
    await expectSame(replaced, singly);
    return decodeRowsGuarded(kernel, replaced, singly);
  };

  it("may have bytes of filling in front", async () => {
    const { missing } = await expectMarkers((index) => [0xff, 0xff, 0xff, 0xd0 + (index & 7)]);
    expect(missing).toBeUndefined();
  });

  it("are counted once if they are numbered wrongly, and then followed whatever their numbers", async () => {
    const replaced = replaceRestarts(bytes, (index) => [0xff, 0xd0 + ((index * 5 + 3) & 7)]);
    const counts = { reads: 0, bytes: 0 };
    const source = countReads(memorySource(replaced), counts);
    const rows = await decodeRowsGuarded(kernel, replaced, { source, readBytes: () => 60 });
    expect(rows.missing).toBeUndefined();
    expect(samplesOf(rows).equals(samplesOf(decodeGuarded(kernel, bytes)))).toBe(true);
    expect(counts.bytes).toBeGreaterThan(2 * replaced.length);
    expect(counts.bytes).toBeLessThan(3 * replaced.length);
    await expectSame(replaced, singly);
  });

  it("that are lost take what is between them", async () => {
    const { missing } = await expectMarkers((index) => (index === 4 || index === 5 ? [] : [0xff, 0xd0 + (index & 7)]));
    expect(missing?.lost).toBe(32);
  });

  it("that all are lost take what follows", async () => {
    const { missing } = await expectMarkers(() => []);
    expect(missing?.lost).toBe(height);
  });
});

/** Returns the stream with bytes of its scan changed, removed, doubled or cut off. */
function damageScan(random: Random, stream: Uint8Array): Uint8Array {
  let bytes = [...stream];
  const start = stream.findIndex((byte, at) => byte === 0xff && stream[at + 1] === 0xda) + 14;
  for (let rest = random.integer(1, 3); rest > 0; rest -= 1) {
    const at = random.integer(start, bytes.length - 1);
    const kind = random.integer(0, 6);
    if (kind < 2) bytes[at] = random.integer(0, 255);
    else if (kind === 2) bytes.splice(at, 2, 0xff, random.integer(0, 255));
    else if (kind === 3) bytes.splice(at, random.integer(1, 60));
    else if (kind === 4) bytes.splice(at, 0, ...bytes.slice(at, at + random.integer(1, 80)));
    else if (kind === 5) bytes.splice(at, 0, ...new Array(random.integer(1, 4)).fill(0xff));
    else if (random.next() < 0.3) bytes = bytes.slice(0, at);
  }
  return Uint8Array.from(bytes);
}

describe("a damaged JPEG that is decoded by rows", () => {
  const streams = (["4:2:0", "grey", "4:2:2", "YCCK"] as const).flatMap((name) =>
    [0, 1, 2, 5, 13].map((restartInterval) =>
      writeJpeg({ width, height, components: samplings[name], restartInterval, step: 6 }),
    ),
  );

  it("has the same samples as at once and lacks the same rows, wherever it is damaged", { tags: "slow" }, async () => {
    const random = openRandom(42);
    const runs = 400;
    let damaged = 0;
    for (let run = 0; run < runs; run += 1) {
      const bytes = damageScan(random, random.pick(streams));
      if (decodeGuarded(kernel, bytes).missing !== undefined) damaged += 1;
      await expectSame(bytes, pickDecoding(random, bytes));
    }
    expect(damaged).toBeGreaterThan(runs / 2);
    expect(damaged).toBeLessThan(runs);
  });

  it("is the same as at once wherever it is cut off", async () => {
    const bytes = writeJpeg({ width: 40, height: 40, components: samplings["4:2:0"], restartInterval: 4, step: 6 });
    const start = bytes.findIndex((byte, at) => byte === 0xff && bytes[at + 1] === 0xda) + 14;
    for (let end = start; end < bytes.length; end += 9)
      await expectSame(bytes.subarray(0, end), { readBytes: () => 11 });
  });
});
