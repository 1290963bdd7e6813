import { describe, expect, it } from "vitest";
import { identifierOfKey, keyPrefixOf } from "../../../src/identity/master-name.ts";

const naming = (keyTemplate: string) => ({ keyTemplate, pageSuffix: ";page=" });

describe("the identifier of a key", () => {
  it.each([
    ["{identifier}", "maps/1", "maps/1"],
    ["masters/{identifier}.tif", "masters/maps/1.tif", "maps/1"],
    ["{identifier}/{identifier}.tif", "a/b/a/b.tif", "a/b"],
    ["{identifier}", "地図", "地図"],
  ])("is what %s makes of it: %s", (template, key, identifier) => {
    expect(identifierOfKey(key, naming(template))).toMatchObject({ identifier, key });
  });

  it.each([
    ["another ending", "{identifier}.tif", "maps/1.jpg"],
    ["another start", "masters/{identifier}", "others/1"],
    ["nothing between", "masters/{identifier}.tif", "masters/.tif"],
    ["two that differ", "{identifier}/{identifier}.tif", "a/b.tif"],
    ["a hidden segment", "{identifier}", ".records/a.json"],
    ["a page", "{identifier}", "book;page=2"],
    ["a control character", "{identifier}", "a\nb"],
  ])("is none for a key with %s", (_, template, key) => {
    expect(identifierOfKey(key, naming(template))).toBeUndefined();
  });

  it("starts where the template has it", () => {
    expect(keyPrefixOf("maps/", naming("masters/{identifier}.tif"))).toBe("masters/maps/");
  });
});
