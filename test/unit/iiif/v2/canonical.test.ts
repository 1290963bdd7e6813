import { describe, expect, it } from "vitest";
import { formatCanonicalV2 } from "../../../../src/iiif/v2/canonical.ts";
import { codeOf } from "../../../support/code-of.ts";
import { randomImage, randomRequest, type Settling, settle } from "../../../support/image-requests.ts";
import { openRandom } from "../../../support/random.ts";

const wide: Settling = {
  image: { width: 300, height: 200, isGray: false },
  limits: { maxWidth: 20_000, maxHeight: 20_000, maxArea: 25_000_000 },
  version: 2,
};

const canonicalOf = (path: string, settling: Settling = wide): string =>
  formatCanonicalV2(settle(path, settling), settling.image, settling.limits);

describe("formatCanonicalV2", () => {
  it.each([
    ["full/full/0/default.jpg", "full/full/0/default.jpg"],
    ["full/max/0/default.jpg", "full/full/0/default.jpg"],
    ["full/300,200/0/color.jpg", "full/full/0/default.jpg"],
    ["full/,100/0/default.jpg", "full/150,/0/default.jpg"],
    ["full/150,100/0/default.jpg", "full/150,/0/default.jpg"],
    ["full/150,101/0/default.jpg", "full/150,101/0/default.jpg"],
    ["full/,67/0/default.jpg", "full/101,/0/default.jpg"],
    ["250,150,100,100/full/90/gray.png", "250,150,50,50/full/90/gray.png"],
    ["250,150,100,100/25,/90/gray.png", "250,150,50,50/25,/90/gray.png"],
  ])("writes %s as %s", (path, canonical) => {
    expect(canonicalOf(path)).toBe(canonical);
  });

  it("writes w, for the largest size a limit leaves, as full would be refused", () => {
    const limited = { ...wide, limits: { ...wide.limits, maxWidth: 150 } };
    expect(canonicalOf("full/max/0/default.jpg", limited)).toBe("full/150,/0/default.jpg");
  });

  it("reads back as the same picture, and is its own canonical form", { tags: "slow" }, () => {
    const random = openRandom(12);
    const { integer, pick } = random;
    let settled = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const side = (): number => integer(1, pick([5, 100, 3000, 60_000]));
      const image = randomImage(random);
      const limits = { maxWidth: side(), maxHeight: side(), maxArea: integer(1, pick([1000, 400_000_000])) };
      const settling: Settling = { image, limits, version: 2 };
      const path = randomRequest(random, image, 2);
      if (codeOf(() => settle(path, settling)) !== "none") continue;
      settled += 1;
      const canonical = canonicalOf(path, settling);
      expect(settle(canonical, settling)).toEqual(settle(path, settling));
      expect(canonicalOf(canonical, settling)).toBe(canonical);
    }
    expect(settled).toBeGreaterThan(2000);
  });
});
