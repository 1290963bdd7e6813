import { describe, expect, it } from "vitest";
import { applyPalette } from "../../src/raster/palette.ts";
import { threePlanes } from "../../src/raster/raster.ts";
import { openTestKernel } from "../support/kernel.ts";
import { allocateGuarded, makeNoise, makeSamples, readPlane, storePlane } from "../support/planes.ts";
import { openRandom } from "../support/random.ts";

describe("applyPalette", () => {
  it.each([0, 1, 2, 16, 100, 256, 300])(
    "looks up indexes in a palette of %d colours, black past its end, and writes nothing beside",
    (count) => {
      const random = openRandom(81);
      const palette = makeNoise(random, count, 3).values;
      for (const width of [1, 3, 16, 35]) {
        const kernel = openTestKernel();
        const indexes = makeNoise(random, width, 5);
        const index = storePlane(kernel, indexes);
        const targets = [0, 1, 2].map(() => allocateGuarded(kernel, width, 5));
        const mark = kernel.mark();
        applyPalette(kernel, index, palette, threePlanes(targets.map(({ plane }) => plane)));
        expect(kernel.mark()).toBe(mark);
        targets.forEach(({ plane, countChangedGuards }, channel) => {
          const expected = makeSamples(width, 5, (x, y) => {
            const value = indexes.values[y * width + x]!;
            return value < count ? palette[channel * count + value]! : 0;
          });
          expect(readPlane(kernel, plane)).toEqual(expected);
          expect(countChangedGuards()).toBe(0);
        });
      }
    },
  );

  it.each([0, 1, 2])("may write plane %d over the indexes", (channel) => {
    const kernel = openTestKernel();
    const palette = Uint8Array.from({ length: 768 }, (_, at) => (at < 256 ? 255 - at : at < 512 ? at ^ 0x55 : at >> 1));
    const index = storePlane(
      kernel,
      makeSamples(256, 1, (x) => x),
    );
    const planes = [0, 1, 2].map((at) => (at === channel ? index : kernel.allocatePlane(256, 1)));
    applyPalette(kernel, index, palette, threePlanes(planes));
    const read = planes.map((plane) => readPlane(kernel, plane).values);
    expect(read).toEqual([palette.slice(0, 256), palette.slice(256, 512), palette.slice(512)]);
  });
});
