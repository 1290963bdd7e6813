import { describe, expect, it } from "vitest";
import { anybody, decide } from "../../../src/access/decide.ts";
import { policiesOfPageNumber } from "../../../src/access/image-policies.ts";
import type { Policy } from "../../../src/access/policy.ts";
import { noRules } from "../../../src/access/rules.ts";
import { whyLeftOut } from "../../../src/export/left-out.ts";

const redacted: Policy = { redactions: [[0, 0, 9, 9]] };
const outcomeOf = (policies: readonly Policy[], page: number) =>
  decide(policiesOfPageNumber(policies, page), anybody, { rules: noRules, now: 0 }).kind;

describe("a page of a file in which something is redacted", () => {
  it("is closed unless it is the first", () => {
    expect([outcomeOf([redacted], 1), outcomeOf([redacted], 2), outcomeOf([{}], 2)]).toEqual([
      "admitted",
      "denied",
      "admitted",
    ]);
    expect(outcomeOf([redacted, { access: { kind: "hidden" } }], 2)).toBe("hidden");
  });

  it("is left out of exports", () => {
    const ground = { rules: noRules, now: 0 };
    expect(whyLeftOut({ ...ground, policies: policiesOfPageNumber([redacted], 1) })).toBeUndefined();
    expect(whyLeftOut({ ...ground, policies: policiesOfPageNumber([redacted], 2) })).toBe("It is closed.");
  });
});
