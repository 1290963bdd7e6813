import sharp from "sharp";
import { describe, expect, it } from "vitest";
import type { Size } from "../../../src/geometry.ts";
import { chooseLevel } from "../../../src/render/level.ts";
import { reduceChoice } from "../../../src/render/reduction.ts";
import { makePyramid } from "../../support/pyramid.ts";
import { decode, drawTiff, largestDifference } from "../../support/render.ts";

const upright = (size: Size) => ({ size, reversed: { x: false, y: false } });

describe("reduceChoice", () => {
  const pyramid = makePyramid({ width: 4000, height: 3000 });
  const whole = { x: 0, y: 0, width: 4000, height: 3000 };
  const reductionFor = (width: number) =>
    reduceChoice(chooseLevel(pyramid, whole, upright({ width, height: width * 0.75 }))).reduction;

  it("decodes a level at a fraction only when every output pixel still has a pixel", () => {
    expect([4000, 2001, 2000, 1001, 1000, 500, 100].map(reductionFor)).toEqual([1, 1, 2, 2, 4, 8, 8]);
  });

  it("keeps the place of the output on the level", () => {
    const choice = reduceChoice(
      chooseLevel(pyramid, { x: 1001, y: 400, width: 999, height: 800 }, upright({ width: 333, height: 200 })),
    );
    expect(choice.reduction).toBe(2);
    expect(choice.grid).toMatchObject({ width: 2000, height: 1500, tileWidth: 128, columns: 16 });
    expect(choice.x).toEqual({ start: 500.5, step: 1.5 });
    expect(choice.window).toEqual({ x: 500, y: 200, width: 500, height: 400 });
  });

  it("leaves alone what is no JPEG and tiles that do not divide", () => {
    const deflate = makePyramid({ width: 4000, height: 3000, encoding: { compression: "deflate" } });
    const odd = makePyramid({ width: 4000, height: 3000, tile: 232 });
    for (const other of [deflate, odd]) {
      const choice = reduceChoice(chooseLevel(other, whole, upright({ width: 500, height: 375 })));
      expect(choice.reduction).toBe(other === odd ? 2 : 1);
    }
  });

  it("draws what drawing the whole level would, within a few levels", async () => {
    const samples = Uint8Array.from({ length: 1000 * 700 * 3 }, (_, index) => {
      const at = Math.floor(index / 3);
      const [x, y] = [at % 1000, Math.floor(at / 1000)];
      return 128 + 100 * Math.sin((x * ((index % 3) + 1)) / 60) * Math.cos(y / 45);
    });
    const picture = sharp(samples, { raw: { width: 1000, height: 700, channels: 3 } });
    const file = await picture
      .clone()
      .tiff({ tile: true, tileWidth: 64, tileHeight: 64, compression: "jpeg", quality: 95 })
      .toBuffer();
    const { plan, encoded } = await drawTiff(file, "full/150,105/0/default.png");
    expect(plan).toMatchObject({ reduction: 4 });
    const expected = await picture.clone().resize(150, 105, { kernel: "lanczos3", fit: "fill" }).png().toBuffer();
    const actual = await sharp(encoded).removeAlpha().png().toBuffer();
    expect(largestDifference(await decode(actual), await decode(expected))).toBeLessThanOrEqual(8);
  });
});
