import { describe, expect, it } from "vitest";
import { type ImageParameters, parseRequest } from "../../../src/iiif/request.ts";
import type { ApiVersion } from "../../../src/iiif/version.ts";
import { codeOf } from "../../support/code-of.ts";

function parametersOf(path: string): ImageParameters {
  const [region = "", size = "", rotation = "", qualityAndFormat = ""] = path.split("/");
  return { region, size, rotation, qualityAndFormat };
}

const codeOfPath = (path: string, version: ApiVersion = 3): string =>
  codeOf(() => parseRequest(parametersOf(path), version));

describe("parseRequest", () => {
  it("reads all parameters, in the order they are applied", () => {
    expect(parseRequest(parametersOf("10,20,30,40/!5,6/!90/gray.png"), 3)).toEqual({
      region: { kind: "pixels", x: 10, y: 20, width: 30, height: 40 },
      size: { kind: "confined", width: 5, height: 6, isUpscaling: false },
      rotation: { isMirrored: true, degrees: 90 },
      quality: "gray",
      format: "png",
    });
  });

  it("decodes every segment once", () => {
    const plain = parseRequest(parametersOf("pct:0,0,50,50/^pct:120/!0/default.jpg"), 3);
    expect(parseRequest(parametersOf("pct%3A0%2C0%2C50,50/%5Epct:120/%210/default%2Ejpg"), 3)).toEqual(plain);
    expect(codeOfPath("pct%253A0,0,50,50/max/0/default.jpg")).toBe("region-malformed");
  });

  it.each([
    ["x/max/0/default.jpg", "region-malformed"],
    ["full/x/0/default.jpg", "size-malformed"],
    ["full/max/x/default.jpg", "rotation-malformed"],
    ["full/max/0/x.jpg", "quality-unknown"],
    ["full/max/0/default.x", "format-unknown"],
    ["full/max/0/default", "path-malformed"],
    ["full/max/0/default.jpg.png", "quality-unknown"],
    ["full/max/0/.jpg", "quality-unknown"],
    ["full/max/0/default.", "format-unknown"],
    ["%zz/max/0/default.jpg", "path-malformed"],
    ["full/%/0/default.jpg", "path-malformed"],
    ["full/max/%C3/default.jpg", "path-malformed"],
    ["full/max/0/default%.jpg", "path-malformed"],
  ])("refuses %s as %s", (path, code) => {
    expect(codeOfPath(path)).toBe(code);
  });

  it("knows full as a size in 2.1 and upscaling in 3.0", () => {
    expect([codeOfPath("full/full/0/default.jpg", 2), codeOfPath("full/full/0/default.jpg", 3)]).toEqual([
      "none",
      "size-malformed",
    ]);
    expect([codeOfPath("full/^max/0/default.jpg", 2), codeOfPath("full/^max/0/default.jpg", 3)]).toEqual([
      "size-malformed",
      "none",
    ]);
  });
});
