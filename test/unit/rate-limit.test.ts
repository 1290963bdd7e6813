import { describe, expect, it } from "vitest";
import { newAccount } from "../../src/account.ts";
import { networkOf, type RateLimits, refuseOften } from "../../src/rate-limit.ts";
import { codeOfAsync } from "../support/code-of.ts";
import { TestClock } from "../support/test-clock.ts";

/** Counts keys, and lets each pass as often as `most` says. */
function setUp(most: number) {
  const clock = new TestClock();
  const keys: string[] = [];
  const lines: object[] = [];
  const limiter = {
    limit: async ({ key }: { readonly key: string }) => {
      keys.push(key);
      return { success: keys.filter((known) => known === key).length <= most };
    },
  };
  const limits: RateLimits = { small: limiter, full: limiter, clock, timeoutSeconds: 1 };
  const visitOf = (address: string | undefined) => ({
    ...{ account: newAccount(), patience: { milliseconds: 0, signal: undefined }, address, isAlone: () => true },
    ...{ defer: () => undefined, log: (line: object) => void lines.push(line) },
  });
  return { clock, keys, lines, limits, visitOf };
}

describe("refuseOften", () => {
  it("counts each class of cost and each network for itself", async () => {
    const { keys, limits, visitOf } = setUp(1);
    const asked = [
      ...(["full", "full", "tile", "small"] as const).map((cost) => [cost, "192.0.2.1"] as const),
      ["full", "192.0.2.2"] as const,
    ];
    const codes = [];
    for (const [cost, address] of asked) codes.push(await codeOfAsync(refuseOften(limits, cost, visitOf(address))));
    expect(codes).toEqual(["none", "too-many-requests", "none", "none", "none"]);
    expect(new Set(keys).size).toBe(4);
  });

  it("asks nobody about a request without an address, or where nobody counts", async () => {
    const { keys, limits, visitOf } = setUp(0);
    await refuseOften(limits, "full", visitOf(undefined));
    await refuseOften(limits, "full", visitOf("nonsense"));
    await refuseOften({ ...limits, full: undefined }, "full", visitOf("192.0.2.1"));
    expect(keys).toEqual([]);
  });

  it("lets a request pass when the counter fails or does not answer, and says so", async () => {
    const { clock, lines, limits, visitOf } = setUp(0);
    const broken = { limit: () => Promise.reject(new Error("no counter")) };
    await refuseOften({ ...limits, full: broken }, "full", visitOf("192.0.2.1"));
    const hung = { limit: () => new Promise<never>(() => undefined) };
    const passed = refuseOften({ ...limits, full: hung }, "full", visitOf("192.0.2.1"));
    await clock.pass(1100);
    await passed;
    expect(lines).toMatchObject([{ level: "warn", cause: "Error: no counter" }, { level: "warn" }]);
    expect(clock.timers).toBe(0);
  });
});

describe("networkOf", () => {
  it("takes an address of version 4 for itself, and the first 64 bits of version 6", () => {
    expect(networkOf("192.0.2.1")).not.toBe(networkOf("192.0.2.2"));
    expect(networkOf("2001:db8:1:2::1")).toBe(networkOf("2001:db8:1:2:ffff::9"));
    expect(networkOf("2001:db8:1:2::1")).not.toBe(networkOf("2001:db8:1:3::1"));
    expect(networkOf("::ffff:192.0.2.1")).toBe(networkOf("192.0.2.1"));
    expect(networkOf("")).toBeUndefined();
  });
});
