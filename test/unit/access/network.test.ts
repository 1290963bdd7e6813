import { describe, expect, it } from "vitest";
import { isWithin, parseRange } from "../../../src/access/network.ts";

const within = (address: string, range: string): boolean => isWithin(address, [parseRange(range)!]);

describe("a range of addresses", () => {
  it.each([
    ["192.0.2.7", "192.0.2.0/24", true],
    ["192.0.3.7", "192.0.2.0/24", false],
    ["192.0.2.7", "192.0.2.7", true],
    ["192.0.2.8", "192.0.2.7/32", false],
    ["10.1.2.3", "0.0.0.0/0", true],
    ["2001:db8::1", "2001:db8::/32", true],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::/32", true],
    ["2001:db9::1", "2001:db8::/32", false],
    ["::1", "::1", true],
    ["::ffff:192.0.2.7", "192.0.2.0/24", true],
    ["::ffff:c000:207", "192.0.2.0/24", true],
    ["2001:db8::1", "0.0.0.0/0", false],
    ["192.0.2.7", "::/0", false],
    ["::1", "::/0", true],
  ])("%s lies in %s: %s", (address, range, expected) => {
    expect(within(address, range)).toBe(expected);
  });

  it.each([
    "",
    "unknown",
    "192.0.2.7, 10.0.0.1",
    "192.0.2",
    "192.0.2.256",
    "0192.0.2.7",
    "1:2:3:4:5:6:7:8:9",
    ":::",
    "1::2::3",
    "g::",
  ])("has no address %j in it", (address) => {
    expect(isWithin(address, [parseRange("0.0.0.0/0")!, parseRange("::/0")!])).toBe(false);
  });

  it.each([
    "192.0.2.7/24",
    "192.0.2.0/33",
    "2001:db8::/129",
    "2001:db8::1/64",
    "192.0.2.0/",
    "/24",
    "a/8",
    "192.0.2.0/24/8",
  ])("is not read from %s", (text) => {
    expect(parseRange(text)).toBeUndefined();
  });
});
