import { deflateSync, inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { concatenate } from "../../../src/bytes.ts";
import { type InflateEnd, inflate } from "../../../src/codec/inflate.ts";
import { openFile } from "../../../src/files/open.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { codeOf } from "../../support/code-of.ts";
import { openTestKernel } from "../../support/kernel.ts";
import { openRandom, type Random } from "../../support/random.ts";
import { decode, drawTiff } from "../../support/render.ts";
import { blocksPng, blockTexts, streamEnds, streamFiles, zstdFile, zstdSamples } from "../../support/zlib-streams.ts";

const kernel = openTestKernel();
const raw = Uint8Array.from({ length: 300_000 }, (_, index) => (index * index) >> 9);
const stream = new Uint8Array(deflateSync(raw));

/** Inflates all there is of parts of `partBytes`. */
function inflateAll(bytes: Uint8Array, partBytes = bytes.length): { end: InflateEnd; inflated: Uint8Array } {
  const parts = Array.from({ length: Math.ceil(bytes.length / partBytes) }, (_, index) =>
    bytes.subarray(index * partBytes, (index + 1) * partBytes),
  );
  const pieces: Uint8Array[] = [];
  const inflating = inflate(kernel, parts);
  let next = inflating.next();
  for (; !next.done; next = inflating.next()) pieces.push(next.value.slice());
  return { end: next.value, inflated: concatenate(pieces) };
}

/** Says whether two arrays hold the same bytes, sooner than toEqual finds out. */
const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** Bytes of many kinds: noise, runs, repetitions near and far. */
function makeBytes(random: Random): Uint8Array {
  const bytes = new Uint8Array(random.integer(0, random.pick([20, 3000, 200_000])));
  const kind = random.integer(0, 4);
  for (let at = 0; at < bytes.length; at += 1) {
    const isNew = random.next() < 0.05;
    if (kind === 0 || (kind > 1 && isNew)) bytes[at] = random.integer(0, 255);
    else if (kind === 1) bytes[at] = 7;
    else bytes[at] = bytes[at - [0, 0, 2, 700, 32_768][kind]!] ?? at;
  }
  return bytes;
}

describe("inflate", () => {
  it("returns what was deflated, however it is split", () => {
    for (const partBytes of [1, 7, 639, 640, 641, 8192, 16_385, stream.length]) {
      const { end, inflated } = inflateAll(stream, partBytes);
      expect([partBytes, end, isSame(inflated, raw)]).toEqual([partBytes, "whole", true]);
    }
  });

  it("returns what zlib deflates by any level, strategy and window", { tags: "slow" }, () => {
    const random = openRandom(1951);
    for (let run = 0; run < 600; run += 1) {
      const bytes = makeBytes(random);
      const settings = { level: random.integer(0, 9), strategy: random.integer(0, 4), memLevel: random.integer(1, 9) };
      const deflated = deflateSync(bytes, { ...settings, windowBits: random.integer(9, 15) });
      const { end, inflated } = inflateAll(deflated, random.integer(1, 40_000));
      expect([run, end, isSame(inflated, bytes)]).toEqual([run, "whole", true]);
    }
  });

  it("gives all before the place where a stream is cut off", () => {
    for (let length = 0; length < stream.length - 4; length += 601) {
      const { end, inflated } = inflateAll(stream.subarray(0, length));
      expect([length, end, isSame(inflated, raw.subarray(0, inflated.length))]).toEqual([length, "cut-off", true]);
    }
    const { inflated } = inflateAll(stream.subarray(0, stream.length - 300));
    expect(inflated.length).toBeGreaterThan(raw.length - 30_000);
  });

  it("gives all before the place where a stream is broken", () => {
    // A block of the kind that there is not follows 300 bytes that are stored.
    const stored = Uint8Array.of(0x78, 0x01, 0x00, 0x2c, 0x01, 0xd3, 0xfe, ...raw.subarray(0, 300));
    const { end, inflated } = inflateAll(concatenate([stored, Uint8Array.of(0x07), new Uint8Array(900)]));
    expect(end).toBe("broken");
    expect(inflated).toEqual(raw.slice(0, 300));
  });

  it("reads damaged streams as zlib does, as far as zlib does", { tags: "slow" }, () => {
    const random = openRandom(7);
    const ends = { whole: 0, "cut-off": 0, broken: 0 };
    for (let run = 0; run < 1500; run += 1) {
      const damaged = new Uint8Array(deflateSync(makeBytes(random), { level: random.integer(0, 9) }));
      damaged[random.integer(0, damaged.length - 1)]! ^= 1 << random.integer(0, 7);
      const { end, inflated } = inflateAll(damaged, random.integer(1, 20_000));
      ends[end] += 1;
      let expected: Uint8Array | undefined;
      expect(codeOf(() => (expected = inflateSyncOrNothing(damaged)))).toBe("none");
      if (expected !== undefined) expect(isSame(inflated, expected)).toBe(true);
    }
    expect(Math.min(...Object.values(ends))).toBeGreaterThan(10);
  });

  it.each([
    ["nothing", []],
    ["no Deflate", [0x79, 0x1a]],
    ["a window above 32 KB", [0x88, 0x1c]],
    ["a dictionary", [0x78, 0x20]],
    ["Deflate without a zlib header, which libtiff does not read either", deflateSync(raw).subarray(2)],
  ])("gives nothing for a stream that begins with %s", (_, head) => {
    const { end, inflated } = inflateAll(Uint8Array.from([...head]));
    expect([end === "whole", inflated.length]).toEqual([false, 0]);
  });

  it("takes the same memory for 64 megabytes as for a few kilobytes, and gives it back", () => {
    const mark = kernel.mark();
    let total = 0;
    for (const part of inflate(kernel, [deflateSync(new Uint8Array(1 << 26))])) total += part.byteLength;
    expect(total).toBe(1 << 26);
    expect(kernel.mark()).toBe(mark);
    const before = kernel.memoryBytes;
    for (const _ of inflate(kernel, [stream])) break;
    expect([kernel.mark(), kernel.memoryBytes]).toEqual([mark, before]);
  });

  it("asks for no more than its caller does", () => {
    let asked = 0;
    function* parts(): Generator<Uint8Array> {
      for (let at = 0; at < stream.length; at += 1000, asked += 1) yield stream.subarray(at, at + 1000);
    }
    for (const _ of inflate(kernel, parts())) break;
    expect(asked).toBeLessThan(stream.length / 1000 / 2);
  });
});

function inflateSyncOrNothing(bytes: Uint8Array): Uint8Array | undefined {
  try {
    return inflateSync(bytes);
  } catch {
    return undefined;
  }
}

describe.each(streamEnds)("a stream that ends $name", (end) => {
  it.each(streamFiles)("is read whole: $name", async ({ samples, make }) => {
    const { encoded } = await drawTiff(await make(end), "full/max/0/gray.png");
    const { samples: drawn, channels } = await decode(encoded);
    expect(
      isSame(
        drawn.filter((_, at) => at % channels === 0),
        samples,
      ),
    ).toBe(true);
  });

  it("is read whole: ZSTD tiles", async () => {
    const { encoded } = await drawTiff(await zstdFile(end), "full/max/0/gray.png");
    const { samples: drawn, channels } = await decode(encoded);
    expect(
      isSame(
        drawn.filter((_, at) => at % channels === 0),
        zstdSamples,
      ),
    ).toBe(true);
  });

  it.each(["iTXt", "zTXt"] as const)("is read whole: iCCP and %s", async (type) => {
    const png = blocksPng(type, end);
    const opened = await openFile(memorySource(png), png);
    expect(opened?.profile).toEqual(blockTexts.profile);
    expect(opened?.metadata.credit).toBe("A museum");
  });
});
