import { describe, expect, it } from "vitest";
import type { Size } from "../../../src/geometry.ts";
import { maxDirectories, maxTilesPerLevel, maxTilesPerMaster } from "../../../src/limits.ts";
import type { Level } from "../../../src/pyramid/level.ts";
import {
  checkPyramid,
  isFurtherLevel,
  isGray,
  isReduction,
  isSamePicture,
  orientations,
  type Pyramid,
  seenSize,
} from "../../../src/pyramid/pyramid.ts";
import type { TileEncoding } from "../../../src/pyramid/tile-encoding.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { openPyramid } from "../../../src/tiff/open.ts";
import { codeOf } from "../../support/code-of.ts";
import { makeTiff } from "../../support/make-tiff.ts";
import { makePyramid } from "../../support/pyramid.ts";
import { openRandom } from "../../support/random.ts";

const whole = makePyramid({ width: 800, height: 600, levels: 3 });
const [full, half, quarter] = whole.levels as readonly [Level, Level, Level];

function drawSize(random: ReturnType<typeof openRandom>): Size {
  return { width: random.integer(1, 3000), height: random.integer(1, 3000) };
}

describe("checkPyramid", () => {
  const refusal = (levels: Pyramid["levels"]) => codeOf(() => checkPyramid({ ...whole, levels }));
  const encoded = (level: Level, encoding: Partial<TileEncoding>): Level => ({
    ...level,
    encoding: { ...level.encoding, ...encoding },
  });

  it.each(["chain", "sub-ifds"] as const)("takes what opening gives, levels in %s", async (levelLayout) => {
    for (const sides of [
      [200, 150],
      [37, 90],
      [1, 500],
    ] as const) {
      const file = await makeTiff({ width: sides[0], height: sides[1], tile: 32, levels: 4, levelLayout });
      const pyramid = await openPyramid(memorySource(file));
      expect(codeOf(() => checkPyramid(pyramid))).toBe("none");
    }
  });

  it("takes levels in their order and refuses them in any other", () => {
    expect(refusal([full, half, quarter])).toBe("none");
    expect(refusal([full, quarter])).toBe("none");
    expect(refusal([full, quarter, half])).toBe("source-malformed");
    expect(refusal([half, full])).toBe("source-malformed");
    expect(refusal([full, half, half])).toBe("source-malformed");
  });

  it("refuses a level of other proportions and one of other planes", () => {
    const [square] = makePyramid({ width: 400, height: 400 }).levels;
    expect(refusal([full, square])).toBe("source-malformed");
    expect(refusal([full, encoded(half, { model: "rgb", subsampling: { x: 1, y: 1 } })])).toBe("source-malformed");
  });

  it("holds each level to what is read", () => {
    expect(refusal([full, { ...half, columns: half.columns + 1 }])).toBe("source-malformed");
  });

  it("takes as many levels as a file may have directories and refuses one more", () => {
    const levels = (count: number) => {
      const side = 4096;
      const made = Array.from({ length: count }, (_, index) => {
        const [level] = makePyramid({ width: side - index, height: side - index, tile: 1024 }).levels;
        return level;
      });
      return made as [Level, ...Level[]];
    };
    expect(refusal(levels(maxDirectories))).toBe("none");
    expect(refusal(levels(maxDirectories + 1))).toBe("source-malformed");
  });

  it("takes as many tiles as all levels together may have and refuses one more", () => {
    // As many as one level may have, then as many as are left, then one.
    const [first] = makePyramid({ width: 16_384, height: 16_384, tile: 16 }).levels;
    const [square] = makePyramid({ width: 8192, height: 8192, tile: 8 }).levels;
    const [last] = makePyramid({ width: 1024, height: 1024, tile: 1024 }).levels;
    const left = maxTilesPerMaster - first.offsets.length;
    const [offsets, byteCounts] = [square.offsets.slice(0, left), square.byteCounts.slice(0, left)];
    const second: Level = { ...square, tileLength: 16, rows: 512, offsets, byteCounts };
    expect([first.offsets.length, left]).toEqual([maxTilesPerLevel, 1024 * 512]);
    expect(refusal([first, second])).toBe("none");
    expect(refusal([first, last])).toBe("none");
    expect(refusal([first, second, last])).toBe("source-malformed");
  });

  it("refuses several tiles of what only whole files are made of", () => {
    const [sole] = makePyramid({ width: 800, height: 600, tile: 1024 }).levels;
    const file: Level = { ...sole, offsets: Float64Array.of(0) };
    expect(refusal([encoded(file, { isProgressive: true })])).toBe("none");
    expect(refusal([encoded(sole, { isProgressive: true })])).toBe("source-malformed");
    expect(refusal([encoded(full, { isProgressive: true })])).toBe("source-malformed");
    expect(refusal([encoded(file, { isOneScan: true })])).toBe("none");
    expect(refusal([encoded(file, { isOneScan: true, isProgressive: true })])).toBe("source-malformed");
    expect(refusal([encoded(sole, { isOneScan: true })])).toBe("source-malformed");
    expect(refusal([encoded(full, { isOneScan: true })])).toBe("source-malformed");
  });
});

describe("isReduction", () => {
  it("says yes of every level of a halved picture, whichever way each half is rounded", () => {
    const random = openRandom(431);
    for (let round = 0; round < 1000; round += 1) {
      const image = { width: random.integer(16, 5000), height: random.integer(16, 5000) };
      let level: Size = image;
      while (level.width > 1 || level.height > 1) {
        const halve = (side: number) => Math.max(1, random.pick([Math.floor, Math.ceil])(side / 2));
        level = { width: halve(level.width), height: halve(level.height) };
        expect(isReduction(level, image), JSON.stringify({ image, level })).toBe(true);
      }
    }
  });

  it("says yes of one of two pictures at most, and of none of itself", () => {
    const random = openRandom(432);
    for (let round = 0; round < 2000; round += 1) {
      const [one, other] = [drawSize(random), drawSize(random)];
      expect(isReduction(one, one)).toBe(false);
      expect(isReduction(one, other) && isReduction(other, one), JSON.stringify({ one, other })).toBe(false);
    }
  });

  it("lets each side be two pixels off and no more", () => {
    const image = { width: 1000, height: 500 };
    expect(isReduction({ width: 500, height: 252 }, image)).toBe(true);
    expect(isReduction({ width: 500, height: 253 }, image)).toBe(false);
    expect(isReduction({ width: 500, height: 247 }, image)).toBe(false);
  });

  it("says no of what is larger on one side, however little", () => {
    expect(isReduction({ width: 101, height: 99 }, { width: 100, height: 100 })).toBe(false);
  });
});

describe("isFurtherLevel", () => {
  it("says no of a width that is known and of what is no reduction of the image", () => {
    expect(isFurtherLevel(half, [full])).toBe(true);
    expect(isFurtherLevel(half, [full, half])).toBe(false);
    expect(isFurtherLevel({ width: 400, height: 301 }, [full, half])).toBe(false);
    expect(isFurtherLevel({ width: 300, height: 300 }, [full, half])).toBe(false);
    expect(isFurtherLevel(full, [full])).toBe(false);
  });
});

describe("isSamePicture", () => {
  const alpha = { sample: 3, isAssociated: false };
  const { encoding } = full;

  it.each<[boolean, string, TileEncoding]>([
    [true, "another compression", { ...encoding, compression: "lzw" }],
    [true, "another subsampling", { ...encoding, subsampling: { x: 1, y: 1 } }],
    [false, "another model", { ...encoding, model: "rgb" }],
    [false, "samples the other way round", { ...encoding, isInverted: true }],
    [false, "alpha", { ...encoding, layout: { ...encoding.layout, alpha } }],
  ])("says %s of %s, either way", (answer, _, other) => {
    expect([isSamePicture(encoding, other), isSamePicture(other, encoding)]).toEqual([answer, answer]);
  });
});

describe("isGray", () => {
  it("says yes of grey alone", () => {
    const of = (model: TileEncoding["model"]) => isGray(makePyramid({ width: 1, height: 1, encoding: { model } }));
    expect([of("gray"), of("rgb"), of("palette"), of("ycbcr")]).toEqual([true, false, false, false]);
  });
});

describe("seenSize", () => {
  it("swaps the sides of the four orientations that lie on their side", () => {
    const seen = orientations.map((orientation) => seenSize({ width: 3, height: 2, orientation }).width);
    expect(seen).toEqual([3, 3, 3, 3, 2, 2, 2, 2]);
  });
});
