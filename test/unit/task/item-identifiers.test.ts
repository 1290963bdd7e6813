import { describe, expect, it } from "vitest";
import { nameItems } from "../../../src/task/item-identifiers.ts";

/** Names keys that begin with a prefix. */
const named = (identifiers: string, prefix: string, ...keys: readonly string[]) =>
  keys.map(nameItems({ identifiers, prefix, collection: "atlas" }));

describe("the identifiers of a task", () => {
  it("have the path from the last slash of the prefix on", () => {
    expect(named("m/{path}", "scans/", "scans/1850/Plate 1.tif", "scans/2.jp2")).toEqual(["m/1850/Plate-1", "m/2"]);
    expect(named("{path}", "scans/18", "scans/1850/1.tif")).toEqual(["1850/1"]);
    expect(named("{path}", "", "scans/1.tif")).toEqual(["scans/1"]);
  });

  it("have folder, name, extension and collection where the template says so", () => {
    expect(named("{collection}/[{folder}-]{name}.{extension}", "a/", "a/b/1.tif", "a/2.png")).toEqual([
      "atlas/b-1.tif",
      "atlas/2.png",
    ]);
  });

  it("are empty where a key has nothing to make one from", () => {
    expect(named("{path}", "", "?.tif")).toEqual([""]);
  });
});
