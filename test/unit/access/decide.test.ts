import { describe, expect, it } from "vitest";
import { parseAccess } from "../../../src/access/access.ts";
import { type Asker, anybody, decide, isOpenedByLogin, nextChange } from "../../../src/access/decide.ts";
import { parseRange } from "../../../src/access/network.ts";
import type { Policy } from "../../../src/access/policy.ts";
import { parseDate } from "../../../src/access/policy-date.ts";

const now = Date.UTC(2030, 5, 1);
const ground = { now, rules: { networks: new Map([["lan", [parseRange("192.0.2.0/24")!]]]) } };

type Texts = Partial<Record<"access" | "embargo" | "embargoAccess" | "openUntil", string>> & Pick<Policy, "publicSize">;

function policyOf({ access, embargo, embargoAccess, openUntil, ...others }: Texts): Policy {
  return {
    ...(access === undefined ? {} : { access: parseAccess(access)! }),
    ...(embargo === undefined ? {} : { embargo: parseDate(embargo)! }),
    ...(embargoAccess === undefined ? {} : { embargoAccess: parseAccess(embargoAccess)! }),
    ...(openUntil === undefined ? {} : { openUntil: parseDate(openUntil)! }),
    ...others,
  };
}

const askers: Readonly<Record<string, Asker>> = {
  anybody,
  "the network": { ...anybody, address: "192.0.2.9" },
  "another network": { ...anybody, address: "198.51.100.9" },
  clicked: { ...anybody, clicks: new Set(["terms"]) },
  staff: { ...anybody, roles: new Set(["staff"]) },
  "another role": { ...anybody, roles: new Set(["guests"]) },
  signed: { ...anybody, isSigned: true },
};

describe("who is admitted", () => {
  it.each([
    ["open", Object.keys(askers)],
    ["closed", []],
    ["hidden", []],
    ["signed", ["signed"]],
    ["network:lan", ["the network", "signed"]],
    ["network:unknown", ["signed"]],
    ["click:terms", ["clicked", "signed"]],
    ["click:other|terms", ["clicked", "signed"]],
    ["role:staff", ["staff", "signed"]],
    ["role:staff|guests", ["staff", "another role", "signed"]],
  ])("where access is %s: %s", (access, expected) => {
    const admitted = Object.keys(askers).filter(
      (name) => decide([policyOf({ access })], askers[name]!, ground).kind === "admitted",
    );
    expect(admitted).toEqual(expected);
  });

  it("is everybody where nothing is stated", () => {
    expect(decide([], anybody, ground)).toEqual({ kind: "admitted" });
    expect(decide([{}], anybody, ground)).toEqual({ kind: "admitted" });
  });
});

describe("a date", () => {
  it.each([
    [{ embargo: "2030-06-02" }, "embargo", Date.UTC(2030, 5, 2)],
    [{ embargo: "2030-06-01" }, "admitted", undefined],
    [{ embargo: "2030-06-02", embargoAccess: "signed" }, "signed", Date.UTC(2030, 5, 2)],
    [{ embargo: "2030-06-02", embargoAccess: "hidden" }, "hidden", Date.UTC(2030, 5, 2)],
    [{ embargo: "2030-05-01", access: "role:staff" }, "role", undefined],
    [{ openUntil: "2030-06-01" }, "no-longer-open", undefined],
    [{ openUntil: "2030-06-02" }, "admitted", Date.UTC(2030, 5, 2)],
    [{ openUntil: "2030-05-01", embargo: "2031-01-01" }, "no-longer-open", Date.UTC(2031, 0, 1)],
    [{ openUntil: "2030-05-01", access: "hidden" }, "hidden", undefined],
    [{ access: "hidden", embargo: "2031-01-01" }, "hidden", Date.UTC(2031, 0, 1)],
    [{ embargo: "2031-01-01", openUntil: "2030-07-01" }, "embargo", Date.UTC(2030, 6, 1)],
  ])("of %j gives %s", (texts, expected, change) => {
    const outcome = decide([policyOf(texts)], anybody, ground);
    expect(outcome.kind === "denied" ? outcome.reason.kind : outcome.kind).toBe(expected);
    expect(nextChange([policyOf(texts)], now)).toBe(change);
  });
});

describe("the stricter of two policies", () => {
  const both = (one: Texts, other: Texts, asker = anybody) => decide([policyOf(one), policyOf(other)], asker, ground);

  it("counts, in whatever order", () => {
    for (const other of ["open", "closed", "signed", "network:lan", "click:terms", "role:staff", "hidden"]) {
      for (const asker of Object.values(askers)) {
        const alone = decide([policyOf({ access: other })], asker, ground);
        expect(both({ access: "open" }, { access: other }, asker)).toEqual(alone);
        expect(both({ access: other }, { access: "open" }, asker)).toEqual(alone);
        expect(both({ access: other }, { access: "hidden" }, asker).kind).toBe("hidden");
        const withClosed = both({ access: "closed" }, { access: other }, asker);
        expect(["denied", "hidden"]).toContain(withClosed.kind);
      }
    }
  });

  it("admits only who both admit", () => {
    const one = { access: "role:staff" };
    const other = { access: "network:lan" };
    expect(both(one, other, askers.staff).kind).toBe("denied");
    expect(both(one, other, askers["the network"]).kind).toBe("denied");
    expect(both(one, other, { ...askers.staff!, address: "192.0.2.9" }).kind).toBe("admitted");
  });

  it("names what a login does not help against before what it does", () => {
    expect(both({ access: "role:staff" }, { access: "network:lan" })).toMatchObject({ reason: { kind: "network" } });
    expect(both({ access: "network:lan" }, { access: "role:staff" })).toMatchObject({ reason: { kind: "network" } });
  });

  it("shows the smaller of the reduced images, and none where one of those that deny has none", () => {
    expect(both({ access: "closed", publicSize: 400 }, { access: "signed", publicSize: 300 })).toMatchObject({
      publicSize: 300,
    });
    expect(both({ access: "closed", publicSize: 400 }, { access: "signed" })).toMatchObject({ publicSize: undefined });
    expect(both({ access: "closed", publicSize: 400 }, { access: "open", publicSize: 100 })).toMatchObject({
      publicSize: 400,
    });
  });
});

describe("whether a login alone opens an image", () => {
  it.each([
    [[], true],
    [[{ access: "open" }], true],
    [[{ access: "click:terms" }, { access: "role:staff" }], true],
    [[{ access: "network:lan" }, { access: "role:staff" }], false],
    [[{ access: "signed" }], false],
    [[{ access: "closed" }], false],
    [[{ access: "hidden" }], false],
    [[{ access: "open", embargo: "2030-06-02" }], false],
    [[{ access: "network:lan", embargo: "2030-06-02", embargoAccess: "role:staff" }], true],
    [[{ access: "network:lan", embargo: "2030-05-31", embargoAccess: "role:staff" }], false],
    [[{ access: "role:staff", openUntil: "2030-05-31" }], false],
  ] as const)("is so of %j: %s", (stated, expected) => {
    expect(isOpenedByLogin(stated.map(policyOf), now)).toBe(expected);
  });
});
