import { describe, expect, it } from "vitest";
import { anybody } from "../../../src/access/decide.ts";
import { grant, mostPolicySeconds } from "../../../src/access/grant.ts";
import type { Policy } from "../../../src/access/policy.ts";
import { parseDate } from "../../../src/access/policy-date.ts";
import { noRules } from "../../../src/access/rules.ts";
import { identifierOf } from "../../../src/identity/identifier.ts";

const now = Date.UTC(2030, 5, 1);
const whole = { identifier: identifierOf("a") };
const signature = { expires: 2_000_000_000, keyId: "k", code: "" };
const ask = (policies: readonly Policy[], image: object = {}, asker: object = {}) =>
  grant({ ...whole, ...image }, { ...anybody, ...asker }, { policies, rules: noRules, now });
const granted = (keeping: object) => ({ kind: "granted", keeping });

describe("what is granted", () => {
  it("to anybody may be kept by anybody, for as long as all that is open where nothing was ever stated", () => {
    expect(ask([])).toEqual(granted({ kind: "anybody" }));
    expect(ask([{}])).toEqual(granted({ kind: "anybody", mostSeconds: mostPolicySeconds }));
  });

  it.each([
    ["2030-06-01T00:00:30Z", 30],
    ["2030-06-01T00:00:00Z", mostPolicySeconds],
    ["2031-01-01", mostPolicySeconds],
  ])("is not kept beyond the next change: %s", (date, mostSeconds) => {
    const openUntil = parseDate(date)!;
    if (openUntil.at > now) expect(ask([{ openUntil }])).toEqual(granted({ kind: "anybody", mostSeconds }));
    else expect(ask([{ openUntil }])).toMatchObject({ kind: "denied" });
  });

  it("to some is kept by nobody", () => {
    const policy: Policy = { access: { kind: "role", names: ["staff"] } };
    expect(ask([policy], {}, { roles: new Set(["staff"]) })).toEqual(granted({ kind: "nobody" }));
    expect(ask([policy])).toMatchObject({ kind: "denied" });
  });

  it("with a signature is kept by nobody, though the image is open", () => {
    expect(ask([], { signature }, { isSigned: true })).toEqual(granted({ kind: "nobody" }));
  });

  it("as a reduced image to anybody goes up to the public size", () => {
    const policies: Policy[] = [{ access: { kind: "closed" }, publicSize: 400 }];
    for (const longestSide of [1, 400])
      expect(ask(policies, { longestSide })).toMatchObject(granted({ kind: "anybody" }));
    expect(ask(policies, { longestSide: 401 })).toMatchObject({ kind: "denied", publicSize: 400 });
    expect(ask(policies)).toMatchObject({ kind: "denied", publicSize: 400 });
  });

  it("as a reduced image of an open one is of any size", () => {
    expect(ask([], { longestSide: 5000 })).toEqual(granted({ kind: "anybody" }));
  });

  it("is nothing of what is hidden, in whatever size and with whatever signature", () => {
    const policies: Policy[] = [{ access: { kind: "hidden" }, publicSize: 400 }];
    for (const image of [{}, { longestSide: 10 }, { signature }])
      expect(ask(policies, image, { isSigned: true })).toEqual({ kind: "hidden" });
  });
});
