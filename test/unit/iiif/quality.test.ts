import { describe, expect, it } from "vitest";
import { parseQuality, qualities } from "../../../src/iiif/quality.ts";
import { codeOf } from "../../support/code-of.ts";

describe("parseQuality", () => {
  it.each(qualities)("reads %s", (quality) => {
    expect(parseQuality(quality)).toBe(quality);
  });

  it.each(["", "native", "grey", "Color", "color ", "constructor"])("refuses %j", (text) => {
    expect(codeOf(() => parseQuality(text))).toBe("quality-unknown");
  });
});
