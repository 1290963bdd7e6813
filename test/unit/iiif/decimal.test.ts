import { describe, expect, it } from "vitest";
import { formatDecimal, parseDecimal, parseInteger } from "../../../src/iiif/decimal.ts";
import { openRandom } from "../../support/random.ts";

describe("parseInteger", () => {
  it.each([
    ["0", 0],
    ["007", 7],
    ["999999999999999", 999_999_999_999_999],
  ])("reads %s", (text, value) => {
    expect(parseInteger(text)).toBe(value);
  });

  it.each(["", "-1", "+1", "1.0", "1e3", "0x10", " 1", "1 ", "NaN", "Infinity", "٣", "1000000000000000"])(
    "does not read %j",
    (text) => {
      expect(parseInteger(text)).toBeUndefined();
    },
  );
});

describe("parseDecimal", () => {
  it.each([
    ["0", 0],
    ["1.", 1],
    [".5", 0.5],
    ["00.50", 0.5],
    ["41.6", 41.6],
    ["999999999999999.999999999999999", 1e15],
  ])("reads %s", (text, value) => {
    expect(parseDecimal(text)).toBe(value);
  });

  it.each(["", ".", "-1", "+0.5", "1e1", "1,5", "1.2.3", "NaN", "Infinity", "1 ", "0x1", "1000000000000000"])(
    "does not read %j",
    (text) => {
      expect(parseDecimal(text)).toBeUndefined();
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

  it("writes what parseDecimal reads back as the same", () => {
    const random = openRandom(1);
    for (let round = 0; round < 500; round += 1) {
      const value = Number((random.next() * 360).toFixed(random.integer(0, 10)));
      const text = formatDecimal(value);
      expect(text).toMatch(/^(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/);
      expect(parseDecimal(text)).toBe(value);
    }
  });
});
