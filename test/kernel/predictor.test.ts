import { describe, expect, it } from "vitest";
import { undoFloatPredictor, undoPredictor } from "../../src/raster/predictor.ts";
import { planeSlackBytes } from "../../src/raster/raster.ts";
import { codeOf } from "../support/code-of.ts";
import { openTestKernel } from "../support/kernel.ts";
import { allocateGuarded, makeNoise, readPlane } from "../support/planes.ts";
import { type PredictedForm, writeFloatPredictor, writeHorizontalPredictor } from "../support/predictor-writer.ts";
import { openRandom } from "../support/random.ts";

const range = { least: 0, most: 1 };
const samplesPerPixel = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 15, 16];
const widths = [1, 2, 3, 5, 8, 13, 16, 17, 31, 50];
const height = 3;

describe.each([
  {
    name: "undoPredictor",
    undo: undoPredictor,
    write: writeHorizontalPredictor,
    depths: [8, 16, 32] as const,
    refused: [1, 12, 24, 64] as const,
  },
  {
    name: "undoFloatPredictor",
    undo: undoFloatPredictor,
    write: writeFloatPredictor,
    depths: [16, 24, 32, 64] as const,
    refused: [1, 8, 10] as const,
  },
])("$name", ({ undo, write, depths, refused }) => {
  it.each(depths.flatMap((bits) => [true, false].map((isLittleEndian) => ({ bits, isLittleEndian }))))(
    "returns samples of $bits bits, little-endian $isLittleEndian, of any count and width, and nothing beside",
    (form) => {
      const random = openRandom(62);
      const kernel = openTestKernel();
      for (const samples of samplesPerPixel) {
        for (const width of widths) {
          const mark = kernel.mark();
          const written: PredictedForm = { ...form, width, samplesPerPixel: samples };
          const original = makeNoise(random, (width * samples * form.bits) / 8, height);
          const { plane, countChangedGuards } = allocateGuarded(kernel, original.width, height);
          const predicted = write(original.values, written);
          const bytes = kernel.bytes;
          for (let row = 0; row < height; row += 1) {
            const stored = predicted.subarray(row * original.width, (row + 1) * original.width);
            bytes.set(stored, plane.pointer + row * plane.stride);
          }
          const top = kernel.mark();
          undo(kernel, { ...written, pointer: plane.pointer, rowBytes: plane.stride, height, format: "float", range });
          expect(readPlane(kernel, plane)).toEqual(original);
          expect(countChangedGuards()).toBe(0);
          expect(kernel.mark()).toBe(top);
          kernel.release(mark);
        }
      }
    },
  );

  it("reads no further after the last row than the slack of a plane", () => {
    for (const bits of depths) {
      for (let width = 1; width <= 33; width += 1) {
        const kernel = openTestKernel();
        const usedBytes = (width * bits) / 8;
        // Room for the scratch row of the float predictor is found without growing memory.
        const scratch = kernel.mark();
        kernel.allocate(usedBytes);
        kernel.allocate(kernel.memoryBytes - kernel.mark());
        const pointer = kernel.memoryBytes - planeSlackBytes - usedBytes;
        kernel.bytes.fill(0, pointer);
        kernel.bytes[pointer] = 7;
        kernel.release(scratch);
        const memoryBytes = kernel.memoryBytes;
        undo(kernel, {
          pointer,
          rowBytes: usedBytes,
          width,
          height: 1,
          samplesPerPixel: 1,
          bits,
          format: "float",
          isLittleEndian: false,
          range,
        });
        expect(kernel.memoryBytes).toBe(memoryBytes);
        expect(kernel.bytes[pointer]).toBe(7);
      }
    }
  });

  it.each(refused)("refuses samples of %d bits", (bits) => {
    const kernel = openTestKernel();
    const packed = { pointer: kernel.allocate(99), rowBytes: 8, width: 1, height: 1, samplesPerPixel: 1 } as const;
    const unread = (): void => undo(kernel, { ...packed, bits, format: "float", isLittleEndian: true, range });
    expect(codeOf(unread)).toBe("source-unsupported");
  });
});
