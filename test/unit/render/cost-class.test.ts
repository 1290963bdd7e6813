import { describe, expect, it } from "vitest";
import { canonicalise } from "../../../src/iiif/canonical.ts";
import { parseRequest } from "../../../src/iiif/request.ts";
import { seenImage } from "../../../src/pyramid/pyramid.ts";
import { costClassOf } from "../../../src/render/admission.ts";
import { planRender } from "../../../src/render/plan.ts";
import { makePyramid, type PyramidOptions } from "../../support/pyramid.ts";

const limits = { maxWidth: 20_000, maxHeight: 20_000, maxArea: 100_000_000 };
const painting: PyramidOptions = { width: 8192, height: 6144, levels: 6, tileBytes: 20_000 };

function classOf(path: string, options: PyramidOptions = painting): string {
  const pyramid = makePyramid(options);
  const [region = "", size = "", rotation = "", qualityAndFormat = ""] = path.split("/");
  const request = parseRequest({ region, size, rotation, qualityAndFormat }, 3);
  const canonical = canonicalise(request, seenImage(pyramid), { limits, isStrictConfined: false });
  return costClassOf(planRender(canonical, pyramid, { sourceSize: 2 ** 32, isProfiled: false }));
}

describe("costClassOf", () => {
  it.each([
    ["a stored tile, copied", "256,256,256,256/256,/0/default.jpg", "tile"],
    ["a tile beside the grid", "100,100,256,256/256,/0/default.jpg", "tile"],
    ["a tile of a smaller level", "0,0,1024,1024/256,/0/default.jpg", "tile"],
    ["a thumbnail", "full/200,/0/default.jpg", "tile"],
    ["a picture of 1,900 pixels", "full/1900,/0/default.jpg", "small"],
    ["a picture that is streamed", "full/max/0/default.jpg", "full"],
    ["a picture that is held and turned", "full/2000,/12/default.jpg", "full"],
    ["tiles that are copied into a TIFF", "0,0,512,512/512,/0/default.tif", "full"],
  ])("tells %s", (_, path, cost) => {
    expect(classOf(path)).toBe(cost);
  });

  it("does not take a whole file that is copied for a tile", () => {
    const file = { width: 4096, height: 4096, tile: 4096 };
    expect(classOf("full/max/0/default.jpg", { ...file, tileBytes: 400_000 })).toBe("tile");
    expect(classOf("full/max/0/default.jpg", { ...file, tileBytes: 4_000_000 })).toBe("full");
  });
});
