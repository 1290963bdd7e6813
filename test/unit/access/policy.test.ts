import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { formatPolicy, policySchema } from "../../../src/access/policy.ts";
import { parseDate } from "../../../src/access/policy-date.ts";

describe("a policy", () => {
  it("is written as it is read", () => {
    const json = {
      access: "role:staff|curators",
      embargo: "2031-01-01",
      embargoAccess: "signed",
      openUntil: "2040-06-30T12:00:00Z",
      publicSize: 400,
      redactions: [[0, 10, 20, 30]],
      watermark: "museum",
    };
    expect(formatPolicy(v.parse(policySchema, json))).toEqual(json);
  });

  it.each([
    { access: "public" },
    { acess: "closed" },
    { embargo: "2031-02-30" },
    { embargo: "2031" },
    { openUntil: "soon" },
    { publicSize: 0 },
    { publicSize: 1.5 },
    { publicSize: "400" },
    { redactions: [[0, 0, 0, 10]] },
    { redactions: [[-1, 0, 5, 5]] },
    { redactions: [[1, 2, 3]] },
    { redactions: Array.from({ length: 65 }, () => [0, 0, 1, 1]) },
    { watermark: "../x" },
    [],
    null,
    "open",
  ])("is not read from %j", (json) => {
    expect(v.safeParse(policySchema, json).success).toBe(false);
  });
});

describe("a date of a policy", () => {
  it.each([
    ["2031-01-01", "2031-01-01T00:00:00.000Z"],
    ["2028-02-29", "2028-02-29T00:00:00.000Z"],
    ["1969-12-31", "1969-12-31T00:00:00.000Z"],
    ["2000-03-01T23:59:59Z", "2000-03-01T23:59:59.000Z"],
    ["2031-01-01T09:30Z", "2031-01-01T09:30:00.000Z"],
  ])("%s is %s", (text, expected) => {
    expect(parseDate(text)).toEqual({ at: Date.parse(expected), text });
  });

  it("is the day that any calendar has, for every day of four centuries", () => {
    for (let at = Date.UTC(1890, 0, 1); at < Date.UTC(2290, 0, 1); at += 86_400_000) {
      const text = new Date(at).toISOString().slice(0, 10);
      if (parseDate(text)?.at !== at) expect(text).toBe("read as another day");
    }
  });

  it.each([
    "2031-1-1",
    "2031-13-01",
    "2031-02-29",
    "2031-01-01T24:00:00Z",
    "2031-01-01T10:00:00",
    "2031-01-01T10:00:00+01:00",
    " 2031-01-01",
  ])("is not read from %j", (text) => {
    expect(parseDate(text)).toBeUndefined();
  });
});
