import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { decompressInto } from "../../../src/codec/decompress.ts";
import {
  openPackedStream,
  packedPieceBytes,
  packedStreamBytes,
  type StreamForm,
} from "../../../src/codec/packed-stream.ts";
import type { Kernel } from "../../../src/raster/kernel.ts";
import { openTestKernel } from "../../support/kernel.ts";
import { writeLzw } from "../../support/lzw-writer.ts";
import { writePackBits } from "../../support/pack-bits-writer.ts";
import { makePyramid } from "../../support/pyramid.ts";
import { openRandom, type Random } from "../../support/random.ts";

const streams = {
  LZW: { compression: "lzw", write: (bytes: Uint8Array) => writeLzw(bytes) },
  "LZW of before TIFF 6.0": { compression: "lzw", write: (bytes: Uint8Array) => writeLzw(bytes, "least first") },
  Deflate: { compression: "deflate", write: (bytes: Uint8Array) => new Uint8Array(deflateSync(bytes)) },
  PackBits: { compression: "packbits", write: (bytes: Uint8Array) => writePackBits(bytes, bytes.length) },
} as const;

/** Runs of all lengths and of noise: strings of LZW that are longer than what is taken at once among them. */
function makeBytes(random: Random, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    const run = random.pick([1, 7, 300, 9000]);
    const period = random.pick([1, 2, 5, 4000]);
    for (const end = Math.min(length, at + run); at < end; at += 1) {
      bytes[at] = at >= period && random.next() < 0.99 ? bytes[at - period]! : random.integer(0, 255);
    }
  }
  return bytes;
}

/** Bits of each byte in the other order. */
function reverse(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => Number.parseInt(byte.toString(2).padStart(8, "0").split("").reverse().join(""), 2));
}

/** Decodes in pieces of random lengths, taken in parts of random lengths. */
function decodeInParts(
  kernel: Kernel,
  form: StreamForm,
  { bytes, length }: { bytes: Uint8Array; length: number },
  random: Random,
) {
  const before = kernel.mark();
  const stream = openPackedStream(kernel, form);
  expect(kernel.mark() - before).toBeLessThanOrEqual(packedStreamBytes);
  const target = kernel.allocate(length + 64);
  const [mostFed, mostTaken] = [random.pick([1, 2, 100, packedPieceBytes]), random.pick([1, 100, 3000, 1 << 20])];
  let fed = 0;
  let written = 0;
  while (written < length) {
    const asked = Math.min(random.integer(1, mostTaken), length - written);
    const count = stream.take(target + written, asked);
    written += count;
    if (count === asked) continue;
    if (stream.isEnded) break;
    const piece = bytes.slice(fed, fed + random.integer(1, mostFed));
    fed += piece.length;
    stream.feed(piece.length === 0 ? undefined : piece);
  }
  const samples = kernel.bytes.slice(target, target + written);
  kernel.release(before);
  return samples;
}

/** Decodes at once. */
function decodeWhole(kernel: Kernel, form: StreamForm, { bytes, length }: { bytes: Uint8Array; length: number }) {
  const mark = kernel.mark();
  const [level] = makePyramid({ width: length, height: 1 }).levels;
  const layout = { ...level.encoding.layout, isBitReversed: form.isBitReversed };
  const encoding = { ...level.encoding, compression: form.compression, layout };
  const target = kernel.allocate(length + 64);
  const shape = { target, byteLength: length, width: 1, rows: length, encoding };
  const missing = decompressInto(kernel, { compression: form.compression, bytes, ...shape });
  const samples = kernel.bytes.slice(target, target + length - (missing?.count ?? 0));
  kernel.release(mark);
  return samples;
}

describe.each(Object.entries(streams))("a stream of %s", (_, { compression, write }) => {
  it("gives what was packed, whatever lengths it is fed and taken in", () => {
    const random = openRandom(511);
    const kernel = openTestKernel();
    for (let round = 0; round < 12; round += 1) {
      const packed = makeBytes(random, random.pick([1, 2, 5000, 60_000]));
      const isBitReversed = random.next() < 0.3;
      const bytes = isBitReversed ? reverse(write(packed)) : write(packed);
      const found = decodeInParts(kernel, { compression, isBitReversed }, { bytes, length: packed.length }, random);
      expect(Buffer.compare(found, packed)).toBe(0);
    }
  });

  it("gives as much as decoding at once where it is damaged, cut off, or longer or shorter than it should be", () => {
    const random = openRandom(512);
    const kernel = openTestKernel();
    let shorter = 0;
    for (let round = 0; round < 60; round += 1) {
      const packed = makeBytes(random, random.pick([3, 3000, 20_000]));
      const whole = write(packed);
      const bytes = whole.slice(0, random.integer(0, whole.length));
      for (let change = random.integer(0, 3); change > 0; change -= 1) {
        bytes[random.integer(0, bytes.length)] = random.integer(0, 255);
      }
      const length = packed.length + random.integer(-2, 500);
      const form = { compression, isBitReversed: false };
      const found = decodeInParts(kernel, form, { bytes, length }, random);
      expect(Buffer.compare(found, decodeWhole(kernel, form, { bytes, length }))).toBe(0);
      if (found.length < length) shorter += 1;
    }
    expect(shorter).toBeGreaterThan(20);
  });
});
