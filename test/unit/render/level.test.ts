import { describe, expect, it } from "vitest";
import type { Size } from "../../../src/geometry.ts";
import { chooseLevel } from "../../../src/render/level.ts";
import { makePyramid } from "../../support/pyramid.ts";

const upright = (size: Size) => ({ size, reversed: { x: false, y: false } });

describe("chooseLevel", () => {
  it("takes the smallest level with one pixel per output pixel", () => {
    const pyramid = makePyramid({ width: 4096, height: 4096, levels: 4 });
    const whole = { x: 0, y: 0, width: 4096, height: 4096 };
    const widthFor = (width: number) => chooseLevel(pyramid, whole, upright({ width, height: width })).stored.width;
    expect(widthFor(4096)).toBe(4096);
    expect(widthFor(2100)).toBe(4096);
    expect(widthFor(2048)).toBe(2048);
    expect(widthFor(1500)).toBe(2048);
    expect(widthFor(512)).toBe(512);
    expect(widthFor(10)).toBe(512);
  });

  it("enlarges a level by up to one per cent rather than reading the next", () => {
    const pyramid = makePyramid({ width: 4096, height: 4096, levels: 2 });
    const whole = { x: 0, y: 0, width: 4096, height: 4096 };
    expect(chooseLevel(pyramid, whole, upright({ width: 2068, height: 2068 })).stored.width).toBe(2048);
    expect(chooseLevel(pyramid, whole, upright({ width: 2069, height: 2069 })).stored.width).toBe(4096);
  });

  it("looks at both axes of a distorted request", () => {
    const pyramid = makePyramid({ width: 4096, height: 4096, levels: 3 });
    const whole = { x: 0, y: 0, width: 4096, height: 4096 };
    expect(chooseLevel(pyramid, whole, upright({ width: 100, height: 2048 })).stored.width).toBe(2048);
  });

  it("upscales from the image itself", () => {
    const pyramid = makePyramid({ width: 1000, height: 1000, levels: 2 });
    const choice = chooseLevel(
      pyramid,
      { x: 10, y: 10, width: 100, height: 100 },
      upright({ width: 300, height: 300 }),
    );
    expect(choice.stored.width).toBe(1000);
    expect(choice.x).toEqual({ start: 10, step: 1 / 3 });
    expect(choice.window).toEqual({ x: 10, y: 10, width: 100, height: 100 });
  });

  it.each(["floor", "ceil"] as const)("lays every tile of a pyramid rounded by %s on the level's grid", (rounding) => {
    const pyramid = makePyramid({ width: 801, height: 653, tile: 64, levels: 4, rounding });
    for (const [index, level] of pyramid.levels.entries()) {
      const factor = 2 ** index;
      for (let x = 0; x < 801; x += 64 * factor) {
        for (const round of [Math.ceil, Math.round]) {
          const width = Math.min(64 * factor, 801 - x);
          const output = Math.max(1, round(width / factor));
          const choice = chooseLevel(
            pyramid,
            { x, y: 0, width, height: 64 },
            upright({ width: output, height: 64 / factor }),
          );
          if (x / factor < level.width) {
            expect(choice.stored.width).toBe(level.width);
            expect(choice.x).toEqual({ start: x / factor, step: 1 });
          }
          expect(choice.window.x + choice.window.width).toBeLessThanOrEqual(level.width);
          expect(choice.window.width).toBeGreaterThanOrEqual(1);
        }
      }
    }
  });

  it("takes a level whole when its own size is asked for, whatever its factor", () => {
    const pyramid = makePyramid({ width: 801, height: 653, levels: 4 });
    const level = pyramid.levels[3];
    if (level === undefined) throw new Error("four levels were asked for");
    const choice = chooseLevel(pyramid, { x: 0, y: 0, width: 801, height: 653 }, upright(level));
    expect(choice).toMatchObject({ stored: level, x: { start: 0, step: 1 }, y: { start: 0, step: 1 } });
  });

  it("reads no pixel that the region does not cover", () => {
    const pyramid = makePyramid({ width: 4000, height: 4000, levels: 3 });
    const choice = chooseLevel(
      pyramid,
      { x: 401, y: 800, width: 399, height: 400 },
      upright({ width: 150, height: 150 }),
    );
    expect(choice.stored.width).toBe(2000);
    expect(choice.window).toEqual({ x: 200, y: 400, width: 200, height: 200 });
  });
});
