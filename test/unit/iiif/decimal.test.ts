import { describe, expect, it } from "vitest";
import { formatDecimal, parseNumber } from "../../../src/iiif/decimal.ts";
import { openRandom } from "../../support/random.ts";

const huge = "9".repeat(40);

describe("parseNumber", () => {
  it.each([
    ["0", 0],
    ["007", 7],
    ["999999999999", 999_999_999_999],
    [huge, 1e12],
  ])("reads %s as a whole number", (text, value) => {
    expect(parseNumber(text, "integer")).toBe(value);
  });

  it.each(["", "-1", "+1", "1.0", "1e3", "0x10", " 1", "1 ", "NaN", "Infinity", "٣"])(
    "does not read %j as a whole number",
    (text) => {
      expect(parseNumber(text, "integer")).toBeUndefined();
    },
  );

  it.each([
    ["0", 0],
    ["1.", 1],
    [".5", 0.5],
    ["00.50", 0.5],
    ["41.6", 41.6],
    ["22.50000000000000000000000000", 22.5],
    [`${huge}.${huge}`, 1e12],
  ])("reads %s as a decimal", (text, value) => {
    expect(parseNumber(text, "decimal")).toBe(value);
  });

  it.each(["", ".", "-1", "+0.5", "1e1", "1,5", "1.2.3", "NaN", "Infinity", "1 ", "0x1"])(
    "does not read %j as a decimal",
    (text) => {
      expect(parseNumber(text, "decimal")).toBeUndefined();
    },
  );
});

describe("formatDecimal", () => {
  it.each([
    [0, "0"],
    [10, "10"],
    [100, "100"],
    [22.5, "22.5"],
    [0.1, "0.1"],
    [1 / 3, "0.3333333333"],
    [1e-11, "0"],
    [1e-7, "0.0000001"],
  ])("writes %d as %s", (value, text) => {
    expect(formatDecimal(value)).toBe(text);
  });

  it("writes what parseNumber reads back as the same", () => {
    const random = openRandom(1);
    for (let round = 0; round < 500; round += 1) {
      const value = Number((random.next() * 360).toFixed(random.integer(0, 10)));
      const text = formatDecimal(value);
      expect(text).toMatch(/^(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/);
      expect(parseNumber(text, "decimal")).toBe(value);
    }
  });
});
