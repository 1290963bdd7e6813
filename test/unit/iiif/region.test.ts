import { describe, expect, it } from "vitest";
import { chooseRegion, parseRegion } from "../../../src/iiif/region.ts";
import { codeOf } from "../../support/code-of.ts";
import { openRandom } from "../../support/random.ts";

const size = { width: 300, height: 200 };

describe("parseRegion", () => {
  it.each([
    ["full", { kind: "full" }],
    ["square", { kind: "square" }],
    ["1,2,3,4", { kind: "pixels", x: 1, y: 2, width: 3, height: 4 }],
    ["pct:1.5,.5,50.,100", { kind: "percent", x: 1.5, y: 0.5, width: 50, height: 100 }],
  ])("reads %s", (text, region) => {
    expect(parseRegion(text)).toEqual(region);
  });

  it.each([
    "",
    "Full",
    "0,0,1",
    "0,0,1,1,1",
    "0,0,1,",
    "-1,0,1,1",
    "0,0,1.5,1",
    "pct:",
    "pct:0,0,1e1,1",
    "PCT:0,0,1,1",
  ])("refuses %j as malformed", (text) => {
    expect(codeOf(() => parseRegion(text))).toBe("region-malformed");
  });

  it.each(["0,0,0,1", "0,0,1,0", "pct:0,0,0.00,1", "pct:0,0,1,0"])("refuses %s as empty", (text) => {
    expect(codeOf(() => parseRegion(text))).toBe("region-empty");
  });
});

describe("chooseRegion", () => {
  it.each([
    ["full", { x: 0, y: 0, width: 300, height: 200 }],
    ["square", { x: 50, y: 0, width: 200, height: 200 }],
    ["10,20,30,40", { x: 10, y: 20, width: 30, height: 40 }],
    ["250,150,100,100", { x: 250, y: 150, width: 50, height: 50 }],
    [`0,0,${"9".repeat(400)},9999999999999999`, { x: 0, y: 0, width: 300, height: 200 }],
    [`${"0".repeat(20)}10,20,30,40`, { x: 10, y: 20, width: 30, height: 40 }],
    [`pct:0,0,${"9".repeat(400)},100.${"0".repeat(40)}`, { x: 0, y: 0, width: 300, height: 200 }],
    [`pct:33.${"3".repeat(30)},0,10,10`, { x: 100, y: 0, width: 30, height: 20 }],
    ["0,0,999999999999999,999999999999999", { x: 0, y: 0, width: 300, height: 200 }],
    ["pct:0,0,100,100", { x: 0, y: 0, width: 300, height: 200 }],
    ["pct:41.6,7.5,66.6,100", { x: 125, y: 15, width: 175, height: 185 }],
    ["pct:50,50,0.01,0.01", { x: 150, y: 100, width: 1, height: 1 }],
    ["pct:99.99,99.99,50,50", { x: 299, y: 199, width: 1, height: 1 }],
  ])("lays %s on the image", (text, area) => {
    expect(chooseRegion(parseRegion(text), size)).toEqual(area);
  });

  it.each(["300,0,1,1", "0,200,1,1", "999999999999999,0,1,1", "pct:100,0,1,1", "pct:0,100.1,1,1"])(
    "refuses %s as outside",
    (text) => {
      expect(codeOf(() => chooseRegion(parseRegion(text), size))).toBe("region-outside");
    },
  );

  it("is always inside the image and at least a pixel, for any region inside it", () => {
    const random = openRandom(2);
    for (let round = 0; round < 2000; round += 1) {
      const image = { width: random.integer(1, 5000), height: random.integer(1, 5000) };
      const text = random
        .pick([
          `${random.integer(0, image.width - 1)},${random.integer(0, image.height - 1)},${random.integer(1, 9000)},1`,
          `pct:${random.next() * 99.999},${random.next() * 99.999},${random.next() * 150 + 1e-6},${random.next() + 1e-6}`,
          "square",
        ])
        .replaceAll(/(\.\d{15})\d+/g, "$1");
      const { x, y, width, height } = chooseRegion(parseRegion(text), image);
      expect([x, y, width, height].every(Number.isInteger)).toBe(true);
      expect(x >= 0 && y >= 0 && width >= 1 && height >= 1).toBe(true);
      expect(x + width <= image.width && y + height <= image.height).toBe(true);
    }
  });

  it("cuts an image into percentages that leave no gap and do not overlap", () => {
    const random = openRandom(3);
    for (let round = 0; round < 300; round += 1) {
      const image = { width: random.integer(20, 3000), height: 10 };
      const edges = [0, 12.5, 25, 50, 75, 100];
      let end = 0;
      for (const [index, from] of edges.slice(0, -1).entries()) {
        const area = chooseRegion(parseRegion(`pct:${from},0,${edges[index + 1]! - from},100`), image);
        expect(area.x).toBe(end);
        end = area.x + area.width;
      }
      expect(end).toBe(image.width);
    }
  });
});
