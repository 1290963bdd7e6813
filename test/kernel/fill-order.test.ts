import { describe, expect, it } from "vitest";
import { reverseBits } from "../../src/raster/fill-order.ts";
import { openTestKernel } from "../support/kernel.ts";
import { allocateGuarded, makeSamples, readPlane } from "../support/planes.ts";

const turned = (byte: number): number =>
  Number.parseInt(byte.toString(2).padStart(8, "0").split("").reverse().join(""), 2);

describe("reverseBits", () => {
  it("turns every byte around", () => {
    const kernel = openTestKernel();
    const pointer = kernel.store(Uint8Array.from({ length: 256 }, (_, byte) => byte));
    reverseBits(kernel, pointer, 256);
    const expected = Uint8Array.from({ length: 256 }, (_, byte) => turned(byte));
    expect(kernel.bytes.slice(pointer, pointer + 256)).toEqual(expected);
  });

  it("changes exactly the given number of bytes", () => {
    for (let length = 0; length <= 40; length += 1) {
      const kernel = openTestKernel();
      const { plane, countChangedGuards } = allocateGuarded(kernel, length, 1);
      kernel.bytes.fill(0x13, plane.pointer, plane.pointer + length);
      reverseBits(kernel, plane.pointer, length);
      expect(readPlane(kernel, plane)).toEqual(makeSamples(length, 1, () => 0xc8));
      expect(countChangedGuards()).toBe(0);
    }
  });
});
