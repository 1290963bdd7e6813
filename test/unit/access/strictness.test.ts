import { describe, expect, it } from "vitest";
import type { Access } from "../../../src/access/access.ts";
import { type Asker, anybody, decide } from "../../../src/access/decide.ts";
import { parseRange } from "../../../src/access/network.ts";
import { formatPolicy, isOpenPolicy, type Policy } from "../../../src/access/policy.ts";
import { parseDate } from "../../../src/access/policy-date.ts";
import { keepsAll, strictest } from "../../../src/access/strictness.ts";
import { openRandom } from "../../support/random.ts";

const range = parseRange("192.0.2.0/24");
const rules = { networks: new Map([["lan", range === undefined ? [] : [range]]]) };
const date = (text: string) => parseDate(text) ?? { at: 0, text };

const random = openRandom(15);
const oneOf = <T>(values: readonly T[]): T => values[random.integer(0, values.length - 1)] as T;
const maybe = <T extends object>(make: () => T): T | object => (random.integer(0, 1) === 0 ? {} : make());

const accesses: readonly Access[] = [
  ...(["open", "closed", "hidden", "signed"] as const).map((kind) => ({ kind })),
  { kind: "network", names: ["lan"] },
  { kind: "click", names: ["terms"] },
  { kind: "role", names: ["staff"] },
  { kind: "role", names: ["staff", "friends"] },
];
const days = ["2030-01-01", "2031-01-01", "2032-01-01"];

const drawPolicy = (): Policy => ({
  ...maybe(() => ({ access: oneOf(accesses) })),
  ...maybe(() => ({ embargo: date(oneOf(days)) })),
  ...maybe(() => ({ embargoAccess: oneOf(accesses) })),
  ...maybe(() => ({ openUntil: date(oneOf(days)) })),
  ...maybe(() => ({ publicSize: oneOf([200, 400]) })),
});

const askers: readonly Asker[] = [
  anybody,
  { ...anybody, isSigned: true },
  { ...anybody, address: "192.0.2.7" },
  { ...anybody, clicks: new Set(["terms"]) },
  { ...anybody, roles: new Set(["friends"]) },
  { ...anybody, roles: new Set(["staff"]) },
];

/** How much somebody sees, in pixels of the longest side; -1 where there is no image for him. */
function seen(policy: Policy, asker: Asker, now: number): number {
  const outcome = decide([policy], asker, { rules, now });
  if (outcome.kind === "admitted") return Number.POSITIVE_INFINITY;
  return outcome.kind === "hidden" ? -1 : (outcome.publicSize ?? 0);
}

describe("the stricter of two policies", () => {
  it("shows nobody at any time what one of them does not show him", () => {
    const times = [...days, "2029-01-01", "2033-01-01"].map((text) => date(text).at);
    for (let round = 0; round < 2000; round += 1) {
      const [one, other] = [drawPolicy(), drawPolicy()];
      const both = strictest(one, other);
      const leaks = times.flatMap((now) =>
        askers.filter((asker) => seen(both, asker, now) > Math.min(seen(one, asker, now), seen(other, asker, now))),
      );
      if (leaks.length > 0) expect([one, other, both].map(formatPolicy)).toEqual("policies without a leak");
    }
  });

  it("is the one that is stricter in everything, whichever comes first", () => {
    const strict: Policy = { access: { kind: "role", names: ["staff"] }, publicSize: 400, watermark: "name" };
    for (const open of [{}, { access: { kind: "open" } } as const, { publicSize: 900 }]) {
      expect(strictest(open, strict)).toEqual(strict);
      expect(strictest(strict, open)).toEqual(strict);
    }
    expect(strictest({}, {})).toEqual({});
  });

  it("has all rectangles, and one around them all where that are too many", () => {
    const many = (start: number): Policy => ({
      redactions: Array.from({ length: 40 }, (_, at) => [start + at, 2, 3, 4] as const),
    });
    expect(
      strictest(many(0), {
        redactions: [
          [1, 2, 3, 4],
          [7, 7, 7, 7],
        ],
      }).redactions,
    ).toHaveLength(41);
    expect(strictest(many(0), many(1000)).redactions).toEqual([[0, 2, 1042, 4]]);
  });
});

describe("policies that keep all that others keep", () => {
  it("are at least as strict in each thing that is stated", () => {
    const ways: readonly Policy[] = [
      { access: { kind: "role", names: ["staff"] } },
      { embargo: date("2999-01-01") },
      { openUntil: date("2001-01-01") },
      { redactions: [[0, 0, 5, 5]] },
      { watermark: "name" },
    ];
    for (const way of ways) {
      expect(keepsAll([], [way])).toBe(false);
      expect(keepsAll([way], [way])).toBe(true);
      expect(keepsAll([{ access: { kind: "closed" } }, way], [way])).toBe(true);
      expect(keepsAll([way], [])).toBe(true);
      expect(ways.filter((other) => other !== way && keepsAll([other], [way]))).toEqual([]);
    }
    // Whoever sees nothing sees no mark; but what is shown to nobody now may be opened later.
    expect(keepsAll([{ access: { kind: "hidden" } }], [{ redactions: [[0, 0, 5, 5]] }])).toBe(false);
    expect(keepsAll([{ watermark: "other" }], [{ watermark: "name" }])).toBe(false);
    expect(keepsAll([{ redactions: [[0, 0, 5, 5]] }], [{ redactions: [[1, 1, 5, 5]] }])).toBe(false);
  });

  it("are any two of which one is the stricter of both", () => {
    for (let round = 0; round < 500; round++) {
      const [one, other] = [drawPolicy(), drawPolicy()];
      expect(keepsAll([strictest(one, other)], [one]), JSON.stringify([one, other])).toBe(true);
      expect(keepsAll([one, other], [one])).toBe(true);
    }
  });
});

describe("an open policy", () => {
  it("keeps nothing from anybody", () => {
    expect(
      [{}, { access: { kind: "open" } }, { publicSize: 9 }, { redactions: [] }].map((one) =>
        isOpenPolicy(one as Policy),
      ),
    ).toEqual([true, true, true, true]);
    const others: readonly Policy[] = [
      { access: { kind: "signed" } },
      { embargo: date("2001-01-01") },
      { openUntil: date("2999-01-01") },
      { redactions: [[0, 0, 1, 1]] },
      { watermark: "name" },
    ];
    expect(others.map(isOpenPolicy)).toEqual(others.map(() => false));
  });
});
