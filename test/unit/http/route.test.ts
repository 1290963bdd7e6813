import { describe, expect, it } from "vitest";
import { checkPathLength, findRoute, isImagePath, rawPath } from "../../../src/http/route.ts";
import { maxPathCharacters } from "../../../src/limits.ts";
import { codeOf } from "../../support/code-of.ts";

const find = (path: string) => findRoute(path, "/iiif");
const parameters = { region: "full", size: "max", rotation: "0", qualityAndFormat: "default.jpg" };

describe("findRoute", () => {
  it.each([
    ["/iiif/3/a/full/max/0/default.jpg", 3, "a"],
    ["/iiif/2/a%2Fb/full/max/0/default.jpg", 2, "a%2Fb"],
    ["/iiif/3/a/b/c/full/max/0/default.jpg", 3, "a/b/c"],
    ["/iiif/3/2/full/max/0/default.jpg", 3, "2"],
    ["/iiif/3/full/full/max/0/default.jpg", 3, "full"],
    ["/iiif/3/a/full/max/0/default.jpg/full/max/0/default.jpg", 3, "a/full/max/0/default.jpg"],
    ["/iiif/3/http://example.com/a/full/max/0/default.jpg", 3, "http://example.com/a"],
  ])("finds the image of %s", (path, version, identifier) => {
    expect(find(path)).toEqual({ kind: "image", version, identifier, parameters });
  });

  it.each([
    ["/iiif/3/a/square/^max/!0/gray.png", "a"],
    ["/iiif/3/a/b/pct:1,2,3,4/max/0/x.jpg", "a/b"],
    ["/iiif/3/a/b/pct%3A1,2,3,4/max/0/x.jpg", "a/b"],
    ["/iiif/3/a/b/1,2,3,4/max/0/x", "a/b"],
    ["/iiif/3/a/b/nowhere/max/0/default.jpg", "a/b"],
    ["/iiif/3/a/nowhere/nothing/never/no.thing", "a"],
    ["/iiif/3/a//max/0/default.jpg", "a"],
  ])("takes %s for an image request, right or wrong", (path, identifier) => {
    expect(find(path)).toMatchObject({ kind: "image", identifier });
  });

  it.each([
    ["/iiif/3/a/info.json", "a"],
    ["/iiif/3/a/b/info.json", "a/b"],
    ["/iiif/3/a%2Fb/info.json", "a%2Fb"],
    ["/iiif/3/info.json/info.json", "info.json"],
    ["/iiif/3/a/full/max/0/info.json", "a/full/max/0"],
  ])("finds the info.json of %s", (path, identifier) => {
    expect(find(path)).toEqual({ kind: "info", version: 3, identifier });
  });

  it.each([
    ["/iiif/2/a", "a"],
    ["/iiif/2/a/", "a"],
    ["/iiif/2/a/b", "a/b"],
    ["/iiif/2/a/b/c/d/e/f/", "a/b/c/d/e/f"],
    ["/iiif/2/info.json", "info.json"],
    ["/iiif/2/one/two/three/four/five/page.tif", "one/two/three/four/five/page.tif"],
  ])("finds the base URI %s", (path, identifier) => {
    expect(find(path)).toEqual({ kind: "base", version: 2, identifier });
  });

  it.each([
    ["/iiif/3/a/full", "after the region"],
    ["/iiif/3/a/full/64,", "after the size"],
    ["/iiif/3/a/full/64,/0", "after the rotation"],
    ["/iiif/3/a/full/64,/0/", "after the rotation"],
    ["/iiif/3/a/b/c/0,0,9,9/%5E!64,64/!22.5", "after the rotation"],
    ["/iiif/3/a/b/pct%3A1,2,3,4/", "after the region"],
    ["/iiif/3/a/full/64,/0/default.jpg/", "a slash after quality and format"],
    ["/iiif/3/a/b/full/max/0/gray.png/", "a slash after quality and format"],
    ["/iiif/3/a/info.json/", "a slash after info.json"],
    ["/iiif/3/a/info.json/b", "more after info.json"],
    ["/iiif/3/a/b/info", "at {identifier}/info.json"],
    ["/iiif/3/a/info.xml", "at {identifier}/info.json"],
    ["/iiif/3/full/max/0/default.jpg", "The identifier is missing"],
    ["/iiif/3/a/64,/0/default.jpg", "A region, a size or a rotation is missing"],
    ["/iiif/3/a/full/0/default.jpg", "A region, a size or a rotation is missing"],
    ["/iiif/3/a/full/64,/default.jpg", "A region, a size or a rotation is missing"],
    ["/iiif/3/a/full/default.jpg", "A region, a size or a rotation is missing"],
    ["/iiif/3/a//", "more than one slash"],
  ])("refuses %s, which is nearly a request, and says %s", (path, sentence) => {
    expect(codeOf(() => find(path))).toBe("path-malformed");
    expect(() => find(path)).toThrow(sentence);
  });

  it.each(["1/a", "4/info.json", "4/a/full/max/0/default.jpg", "3.0/a/info.json", "2.1/a"])(
    "does not take the version of %s for an identifier",
    (rest) => {
      expect(() => find(`/iiif/${rest}`)).toThrow(/Version [\d.]+ of the Image API is not served/);
      expect(codeOf(() => find(`/iiif/${rest}`))).toBe("not-found");
    },
  );

  it.each(["a%2Fb/info.json", "30/info.json", "a", "a/", "b.tif", "4"])(
    "sends %s without a version on to the newest",
    (rest) => {
      const identifier = rest.split("/")[0];
      expect(find(`/iiif/${rest}`)).toEqual({ kind: "redirect", path: `/iiif/3/${rest}`, identifier });
    },
  );

  it.each(["a/full/max/0/default.jpg", "4/a/info.json", "a/b", "a/info.json/", "a//", "presentation/3/a/manifest"])(
    "sends %s nowhere, for it is no identifier",
    (rest) => {
      expect(codeOf(() => find(`/iiif/${rest}`))).toBe("not-found");
    },
  );

  it("reads below the prefix that is configured", () => {
    expect(findRoute("/a/b/3/x/info.json", "/a/b")).toEqual({ kind: "info", version: 3, identifier: "x" });
  });

  it.each(["/iiif", "/iiif/", "/iiif/3", "/iiif/3/", "/iiif/2/"])("finds nothing at %j", (path) => {
    expect(codeOf(() => find(path))).toBe("not-found");
  });
});

describe("isImagePath", () => {
  it.each(["/iiif", "/iiif/", "/iiif/3/a/info.json", "/iiif/x"])("takes %s for one of images", (path) => {
    expect(isImagePath(path, "/iiif")).toBe(true);
  });

  it.each(["/", "", "/health", "/iiifs/3/a/info.json", "/admin/iiif/3", "/IIIF/3/a"])(
    "takes %j for another",
    (path) => {
      expect(isImagePath(path, "/iiif")).toBe(false);
    },
  );
});

describe("rawPath", () => {
  it.each([
    ["https://images.example/iiif/3/a%2Fb?x=1#y", "/iiif/3/a%2Fb"],
    ["https://images.example/iiif/../x", "/iiif/../x"],
    ["https://images.example", ""],
  ])("leaves the path of %s as it came", (url, path) => {
    expect(rawPath(url)).toBe(path);
  });
});

describe("checkPathLength", () => {
  it("refuses a path one character above the limit", () => {
    expect(codeOf(() => checkPathLength(`/${"a".repeat(maxPathCharacters - 1)}`))).toBe("none");
    expect(codeOf(() => checkPathLength(`/${"a".repeat(maxPathCharacters)}`))).toBe("url-too-long");
  });
});
