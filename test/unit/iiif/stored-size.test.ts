import { describe, expect, it } from "vitest";
import type { Area, Size } from "../../../src/geometry.ts";
import { formatCanonical } from "../../../src/iiif/canonical.ts";
import { parseRequest } from "../../../src/iiif/request.ts";
import { otherSide, parseSize } from "../../../src/iiif/size.ts";
import { storedSize } from "../../../src/iiif/stored-size.ts";
import { offerOf } from "../../../src/iiif/tiles.ts";
import { formatCanonicalV2 } from "../../../src/iiif/v2/canonical.ts";
import type { ApiVersion } from "../../../src/iiif/version.ts";
import { canonicaliseFor, factsOf } from "../../../src/picture.ts";
import { type Orientation, orientations, type Pyramid, seenLevels } from "../../../src/pyramid/pyramid.ts";
import { reducePyramid } from "../../../src/pyramid/reduced.ts";
import { planRender } from "../../../src/render/plan.ts";
import { makePyramid } from "../../support/pyramid.ts";
import { openRandom } from "../../support/random.ts";

const limits = { maxWidth: 20_000, maxHeight: 20_000, maxArea: 400_000_000 };

/** Levels halved again and again and rounded down: that of an eighth is 624 by 484, and its exact height 484.53. */
const odd = makePyramid({ width: 4993, height: 3877, levels: 6 });

function ask(pyramid: Pyramid, path: string, { version = 3, within = limits } = {}) {
  const [region = "", size = ""] = path.split("/");
  const parts = { region, size, rotation: "0", qualityAndFormat: "default.jpg" };
  const rules = { limits: within, isStrictConfined: false };
  return canonicaliseFor({ pyramid }, parseRequest(parts, version as ApiVersion), rules);
}

const sizeOf = (...given: Parameters<typeof ask>): string => {
  const { width, height } = ask(...given).size;
  return `${width},${height}`;
};

describe("the size of a stored level", () => {
  const whole = ["full", "0,0,4993,3877", "0,0,9999,9999", "pct:0,0,100,100"];
  const asked = ["624,", ",484", "!624,484", "!624,485", "!624,9999", "!9999,484"];

  it.each(whole)("is what its width or height or a box means, of the region %s, in both versions", (region) => {
    for (const size of asked) {
      expect(sizeOf(odd, `${region}/${size}`), size).toBe("624,484");
      expect(sizeOf(odd, `${region}/^${size}`), size).toBe("624,484");
      expect(sizeOf(odd, `${region}/${size}`, { version: 2 }), size).toBe("624,484");
    }
  });

  it("is not what another side, a percentage or both sides mean", () => {
    for (const [size, expected] of [
      ["623,", "623,484"],
      ["625,", "625,485"],
      [",485", "625,485"],
      ["!625,485", "625,485"],
      ["!623,9999", "623,484"],
      ["!9999,483", "622,483"],
      ["624,485", "624,485"],
      ["625,484", "625,484"],
      ["pct:12.5", "624,485"],
    ]) {
      expect(sizeOf(odd, `full/${size}`), size).toBe(expected);
    }
  });

  it("is what a square means of a square image", () => {
    const square = makePyramid({ width: 1001, height: 1001, levels: 4 });
    expect(sizeOf(square, "square/125,")).toBe("125,125");
    expect(sizeOf(odd, "square/484,")).toBe("484,484");
  });

  it("is left where another side of the level is a pixel or more from the proportions", () => {
    const uneven = makePyramid({ width: 100, height: 4996, levels: 4 });
    // A level of 12 by 624: 12 pixels of width are 599.5 of height.
    expect(sizeOf(uneven, "full/,624")).toBe("12,624");
    expect(sizeOf(uneven, "full/!12,9999")).toBe("12,600");
  });

  it("is left where the limits end before it, so that nothing is refused for it", () => {
    const up = makePyramid({ width: 4999, height: 3873, levels: 4, rounding: "ceil" });
    expect(sizeOf(up, "full/625,")).toBe("625,485");
    expect(sizeOf(up, "full/625,", { within: { ...limits, maxHeight: 484 } })).toBe("625,484");
  });

  it.each(orientations)(
    "is the one that info.json lists, whichever way the image lies: %i",
    (orientation: Orientation) => {
      const random = openRandom(orientation);
      for (let round = 0; round < 60; round += 1) {
        const pyramid = makePyramid({
          ...{ width: random.integer(600, 9000), height: random.integer(600, 9000), levels: random.integer(2, 6) },
          ...{ rounding: random.pick(["floor", "ceil"] as const), orientation },
        });
        const { sizes } = offerOf(pyramid, limits);
        const facts = factsOf(pyramid);
        for (const level of seenLevels(pyramid)) {
          expect(sizes).toContainEqual({ width: level.width, height: level.height });
          const exact = {
            width: (level.height * facts.width) / facts.height,
            height: (level.width * facts.height) / facts.width,
          };
          const listed = `${level.width},${level.height}`;
          const isNear = Math.abs(exact.height - level.height) < 1;
          const isNearAcross = Math.abs(exact.width - level.width) < 1;
          if (isNear) expect(sizeOf(pyramid, `full/${level.width},`, { version: 2 })).toBe(listed);
          if (isNearAcross) expect(sizeOf(pyramid, `full/,${level.height}`)).toBe(listed);
          if (isNear || isNearAcross) expect(sizeOf(pyramid, `full/!${listed}`)).toBe(listed);
          const plan = planRender(ask(pyramid, `full/${listed}`), pyramid, { sourceSize: 2 ** 40, isProfiled: false });
          if (plan.kind !== "copy") expect([plan.x.step, plan.y.step]).toEqual([1, 1]);
        }
      }
    },
  );

  it("is one picture with one canonical address in each version, however it is asked for", () => {
    const facts = factsOf(odd);
    for (const size of [...asked, "624,484"]) {
      const canonical = ask(odd, `full/${size}`);
      expect(formatCanonical(canonical, facts, limits)).toBe("full/624,484/0/default.jpg");
      expect(formatCanonicalV2(canonical, facts, limits)).toBe("full/624,/0/default.jpg");
    }
    expect(formatCanonicalV2(ask(odd, "full/624,485"), facts, limits)).toBe("full/624,485/0/default.jpg");
  });

  it("is that of a smaller level of a reduced image too, and the image's own is its size", () => {
    const reduced = reducePyramid(odd, 2496);
    expect(sizeOf(reduced, "full/624,")).toBe("624,484");
    expect(sizeOf(reduced, "full/max")).toBe("2496,1938");
    const between = reducePyramid(odd, 2000);
    expect(offerOf(between, limits).sizes).toContainEqual({ width: 2000, height: 1553 });
    expect(sizeOf(between, "full/624,")).toBe("624,484");
    expect(sizeOf(between, "full/max")).toBe("2000,1553");
  });
});

describe("the size of a tile of a stored level", () => {
  const image = { width: 4993, height: 3877 };
  const levels = seenLevels(odd);
  const sizeOfPart = (text: string, region: Area): Size | undefined =>
    storedSize(parseSize(text, 3), region, { image, levels, limits });

  it("is what is stored of it at the bottom and at the right, where the level was rounded down", () => {
    expect(sizeOfPart("256,", { x: 2048, y: 2048, width: 2048, height: 1829 })).toEqual({ width: 256, height: 228 });
    expect(sizeOfPart("112,", { x: 4096, y: 2048, width: 897, height: 1829 })).toEqual({ width: 112, height: 228 });
    expect(sizeOfPart("112,", { x: 4096, y: 0, width: 897, height: 2048 })).toEqual({ width: 112, height: 256 });
    expect(sizeOfPart(",228", { x: 2048, y: 2048, width: 2048, height: 1829 })).toEqual({ width: 256, height: 228 });
  });

  it("is another one's where the viewer rounded the width up, or the region lies between pixels", () => {
    expect(sizeOfPart("113,", { x: 4096, y: 2048, width: 897, height: 1829 })).toBeUndefined();
    expect(sizeOfPart("256,", { x: 2047, y: 2048, width: 2048, height: 1829 })).toBeUndefined();
    expect(sizeOfPart("256,", { x: 2048, y: 2048, width: 2049, height: 1829 })).toBeUndefined();
    expect(sizeOfPart("1,", { x: 4988, y: 0, width: 5, height: 2048 })).toBeUndefined();
  });

  it("keeps the width that is asked for, and a height within a pixel of the proportions", () => {
    const random = openRandom(31);
    let snapped = 0;
    for (let round = 0; round < 600; round += 1) {
      const [width, height] = [random.integer(300, 9000), random.integer(300, 9000)];
      const rounding = random.pick(["floor", "ceil"] as const);
      const pyramid = makePyramid({ width, height, levels: 5, rounding });
      const factor = 2 ** random.integer(1, 4);
      const [x, y] = [width, height].map(
        (side) => 256 * factor * random.integer(0, Math.floor((side - 1) / 256 / factor)),
      );
      const region = {
        x: x!,
        y: y!,
        width: Math.min(256 * factor, width - x!),
        height: Math.min(256 * factor, height - y!),
      };
      const asked = random.pick([Math.ceil, Math.floor])(region.width / factor);
      if (asked === 0) continue;
      const found = storedSize({ kind: "width", width: asked, isUpscaling: false }, region, {
        ...{ image: { width, height }, levels: seenLevels(pyramid), limits },
      });
      if (found === undefined) continue;
      snapped += 1;
      expect(found.width).toBe(asked);
      expect(found.width <= region.width && found.height <= region.height).toBe(true);
      expect(Math.abs(found.height - otherSide(asked, region.width, region.height))).toBeLessThanOrEqual(1);
      const plan = planRender(
        ask(pyramid, `${x},${y},${region.width},${region.height}/${asked},`, { version: 2 }),
        pyramid,
        {
          ...{ sourceSize: 2 ** 40, isProfiled: false },
        },
      );
      if (plan.kind !== "copy") expect([plan.x.step, plan.y.step]).toEqual([1, 1]);
    }
    expect(snapped).toBeGreaterThan(400);
  });
});
