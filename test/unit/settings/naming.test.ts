import { describe, expect, it } from "vitest";
import { checkIdentifier } from "../../../src/settings/naming.ts";

const naming = { keyTemplate: "{identifier}", pageSuffix: ";page=" };

describe("an identifier", () => {
  it("has the key that the service looks for", () => {
    expect(checkIdentifier("maps/plate", naming)).toEqual({ key: "maps/plate" });
    expect(checkIdentifier("plate", { ...naming, keyTemplate: "masters/{identifier}.tif" })).toEqual({
      key: "masters/plate.tif",
    });
  });

  it.each([
    ["", /no letter or digit/],
    [".records/a", /starts with a dot, which the service answers with 404/],
    ["a/.b", /starts with a dot/],
    ["..", /starts with a dot/],
    ["plate;page=2", /means page 2/],
    ["a".repeat(1025), /longer than 1024 bytes/],
  ])("is refused where the service would not find its master: %.20s", (identifier, fault) => {
    expect(checkIdentifier(identifier, naming)).toEqual({ fault: expect.stringMatching(fault) });
  });

  it("is refused where the service reads its master from elsewhere", () => {
    const elsewhere = { ...naming, elsewhere: ["nls/"] };
    expect(checkIdentifier("nls/plate", elsewhere)).toEqual({
      fault: expect.stringMatching(/ORIGINS has a rule for nls\/$/),
    });
    expect(checkIdentifier("plate", elsewhere)).toEqual({ key: "plate" });
  });

  it("is refused where only its key is too long", () => {
    const long = { ...naming, keyTemplate: "masters/{identifier}.tif" };
    expect(checkIdentifier("a".repeat(1012), long)).toEqual({ key: `masters/${"a".repeat(1012)}.tif` });
    expect(checkIdentifier("a".repeat(1013), long)).toEqual({ fault: expect.stringContaining("key is longer") });
  });
});
