import { describe, expect, it } from "vitest";
import type { Size } from "../../../src/geometry.ts";
import { scaleFactor } from "../../../src/pyramid/scale-factor.ts";
import { openRandom } from "../../support/random.ts";

const roundings = [Math.floor, Math.ceil] as const;

/** Returns an image and a level whose sides are those of the image divided by `factor`, each rounded its own way. */
function drawDivided(random: ReturnType<typeof openRandom>, factor: number, least: number) {
  const image: Size = {
    width: random.integer(least * factor, 40 * least * factor),
    height: random.integer(least * factor, 40 * least * factor),
  };
  const level: Size = {
    width: random.pick(roundings)(image.width / factor),
    height: random.pick(roundings)(image.height / factor),
  };
  return { image, level };
}

describe("scaleFactor", () => {
  it("finds the factor again, however each side was rounded", () => {
    const random = openRandom(401);
    for (let round = 0; round < 2000; round += 1) {
      const factor = random.integer(1, 60);
      const { image, level } = drawDivided(random, factor, 4 * factor);
      expect(scaleFactor(image, level), JSON.stringify({ image, level })).toBe(factor);
    }
  });

  it("finds a power of two again down to levels of a few pixels, where other factors fit as well", () => {
    const random = openRandom(402);
    for (let round = 0; round < 2000; round += 1) {
      const factor = 2 ** random.integer(0, 10);
      const { image, level } = drawDivided(random, factor, 4);
      expect(scaleFactor(image, level), JSON.stringify({ image, level })).toBe(factor);
    }
    expect(scaleFactor({ width: 20_095, height: 20_095 }, { width: 156, height: 156 })).toBe(128);
  });

  it("finds one for every level that was rounded down, down to as many pixels as the factor", () => {
    const random = openRandom(405);
    for (let round = 0; round < 2000; round += 1) {
      const factor = random.integer(2, 40);
      const side = () => random.integer(factor * factor, 3 * factor * factor);
      const image = { width: side(), height: side() };
      const level = { width: Math.floor(image.width / factor), height: Math.floor(image.height / factor) };
      expect(scaleFactor(image, level), JSON.stringify({ image, level })).toBeDefined();
    }
  });

  it("returns nothing but factors that divide both sides to less than a pixel", () => {
    const random = openRandom(403);
    const rounds = 2000;
    let found = 0;
    for (let round = 0; round < rounds; round += 1) {
      const { image, level: exact } = drawDivided(random, random.integer(1, 40), 1);
      const level = { width: exact.width + random.integer(0, 2), height: exact.height + random.integer(0, 2) };
      const factor = scaleFactor(image, level);
      if (factor === undefined) continue;
      found += 1;
      const named = JSON.stringify({ image, level, factor });
      expect(Number.isInteger(factor), named).toBe(true);
      // A side shorter than the factor is one pixel.
      expect(Math.abs(Math.max(1, image.width / factor) - level.width), named).toBeLessThan(1);
      expect(Math.abs(Math.max(1, image.height / factor) - level.height), named).toBeLessThan(1);
    }
    expect(Math.min(found, rounds - found)).toBeGreaterThan(200);
  });

  it("says the same of a picture on its side", () => {
    const random = openRandom(404);
    const onSide = ({ width, height }: Size): Size => ({ width: height, height: width });
    for (let round = 0; round < 1000; round += 1) {
      const { image, level } = drawDivided(random, random.integer(1, 40), 2);
      expect(scaleFactor(onSide(image), onSide(level))).toBe(scaleFactor(image, level));
    }
  });

  it.each([
    ["sides divided by different numbers", { width: 1000, height: 1000 }, { width: 500, height: 250 }],
    ["a fraction", { width: 1000, height: 1000 }, { width: 667, height: 667 }],
    ["a side two pixels off", { width: 1000, height: 1000 }, { width: 500, height: 502 }],
  ])("finds none for %s", (_, image, level) => {
    expect(scaleFactor(image, level)).toBeUndefined();
  });
});
