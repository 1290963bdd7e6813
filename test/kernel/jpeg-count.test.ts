import { describe, expect, it } from "vitest";
import { decodeJpegInto, loadJpegTables } from "../../src/codec/jpeg/decoder.ts";
import { createJpegEncoder } from "../../src/codec/jpeg/encoder.ts";
import type { Kernel } from "../../src/raster/kernel.ts";
import { partJpeg } from "../support/jpeg-tables.ts";
import { writeJpeg } from "../support/jpeg-writer.ts";
import { openTestKernel } from "../support/kernel.ts";

const sampleAt = (x: number, y: number) => (x * 5 + y * 3) & 255;
const one = { horizontal: 1, vertical: 1, sampleAt };
const side = 64;
const stream = writeJpeg({ width: side, height: side, components: [{ ...one, horizontal: 2, vertical: 2 }, one, one] });

/** Counts the calls into WebAssembly that `run` makes, by name. */
function countCalls(kernel: Kernel, run: () => void): Record<string, number> {
  const calls: Record<string, number> = {};
  const counting = Object.fromEntries(
    Object.entries(kernel.exports).map(([name, item]) => [
      name,
      typeof item !== "function"
        ? item
        : (...values: number[]) => {
            calls[name] = (calls[name] ?? 0) + 1;
            return (item as (...values: number[]) => number)(...values);
          },
    ]),
  );
  const { exports } = kernel;
  Object.assign(kernel, { exports: counting });
  run();
  Object.assign(kernel, { exports });
  return calls;
}

describe("decoding a tile", () => {
  it("crosses into WebAssembly once to decode and allocates once", () => {
    const kernel = openTestKernel();
    const planes = [0, 1, 1].map((shift) => kernel.allocatePlane(side >> shift, side >> shift));
    const { tables, abbreviated } = partJpeg(stream);
    const loaded = loadJpegTables(kernel, tables);
    const decode = () =>
      decodeJpegInto(kernel, { tables: loaded, bytes: abbreviated, planes, width: side, height: side });
    expect(countCalls(kernel, decode)).toEqual({ mark: 1, allocate: 1, decodeJpeg: 1, release: 1 });
  });

  it("does not make kernel memory grow, a thousand times over", () => {
    const kernel = openTestKernel();
    const planes = [0, 1, 1].map((shift) => kernel.allocatePlane(side >> shift, side >> shift));
    const decode = () => decodeJpegInto(kernel, { bytes: stream, planes, width: side, height: side });
    decode();
    const { byteLength } = kernel.bytes;
    for (let run = 0; run < 1000; run += 1) decode();
    expect(kernel.bytes.byteLength).toBe(byteLength);
  });
});

describe("encoding a tile", () => {
  it("crosses into WebAssembly once to prepare and once to encode", () => {
    const kernel = openTestKernel();
    const planes = [kernel.allocatePlane(side, side)];
    const encode = () => {
      const encoder = createJpegEncoder(kernel, { width: side, height: side, model: "gray", quality: 85 });
      encoder.write({ planes, rows: side });
      encoder.finish();
    };
    expect(countCalls(kernel, encode)).toEqual({ mark: 1, allocate: 1, openJpegEncoder: 1, encodeJpeg: 1 });
  });

  it("holds the same kernel memory for any number of rows", () => {
    const kernel = openTestKernel();
    const height = 16 * 1000;
    const planes = [kernel.allocatePlane(256, 16), kernel.allocatePlane(128, 8), kernel.allocatePlane(128, 8)];
    const subsampling = { x: 2, y: 2 } as const;
    const encoder = createJpegEncoder(kernel, { width: 256, height, model: "ycbcr", subsampling, quality: 85 });
    const { byteLength } = kernel.bytes;
    const mark = kernel.mark();
    for (let row = 0; row < height; row += 16) encoder.write({ planes, rows: 16 });
    encoder.finish();
    expect(kernel.bytes.byteLength).toBe(byteLength);
    expect(kernel.mark()).toBe(mark);
  });
});
