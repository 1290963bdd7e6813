import { describe, expect, it } from "vitest";
import { formatIdentifier, hasHiddenSegment, identifierOf, parseIdentifier } from "../../../src/identity/identifier.ts";
import { maxIdentifierBytes } from "../../../src/limits.ts";
import { codeOf } from "../../support/code-of.ts";
import { openRandom } from "../../support/random.ts";

describe("parseIdentifier", () => {
  it.each([
    ["a%2Fb", "a/b"],
    ["a/b", "a/b"],
    ["a%252Fb", "a%2Fb"],
    ["ark:%2F12148%2Fbtv1b8449691v", "ark:/12148/btv1b8449691v"],
    ["%E6%9D%B1", "東"],
    ["a+b", "a+b"],
    ["a..b/c.", "a..b/c."],
    ["http:%2F%2Fexample.com", "http://example.com"],
  ])("decodes %s once", (raw, identifier) => {
    expect(parseIdentifier(raw)).toBe(identifier);
  });

  it.each(["", "%", "%2", "%zz", "%C3", "%00", "a%1Fb", "%7F"])("refuses %j", (raw) => {
    expect(codeOf(() => parseIdentifier(raw))).toBe("identifier-malformed");
  });

  it.each([
    ...[".", "..", "...", "a/..", "../a", "a%2F..%2Fb", "a/%2E/b", ".records/x.json", "%2Erecords%2Fx.json"],
    ...["a/.hidden", "a%2F%2Ehidden", "a/b/.c/d"],
  ])("finds nothing under %s, which has a segment that starts with a dot", (raw) => {
    expect(codeOf(() => parseIdentifier(raw))).toBe("not-found");
  });

  it("counts bytes of UTF-8, not characters", () => {
    const longest = "é".repeat(maxIdentifierBytes / 2);
    expect(parseIdentifier(encodeURIComponent(longest))).toBe(longest);
    expect(codeOf(() => parseIdentifier(encodeURIComponent(`${longest}a`)))).toBe("identifier-malformed");
  });
});

describe("formatIdentifier", () => {
  it("encodes what the specification names and leaves colon and comma", () => {
    expect(formatIdentifier(identifierOf("/?#[]@%"))).toBe("%2F%3F%23%5B%5D%40%25");
    expect(formatIdentifier(identifierOf("urn:foo:a123,456"))).toBe("urn:foo:a123,456");
    expect(formatIdentifier(identifierOf(`<"\\^\`{|}> é`))).toBe("%3C%22%5C%5E%60%7B%7C%7D%3E%20%C3%A9");
  });

  it("writes what parseIdentifier reads back, in characters a URI may hold", () => {
    const random = openRandom(9);
    const characters = [..."abz019-._~!$&'()*+,;=:@/?#[]%<>\"{}|\\^` é東🖼"];
    for (let round = 0; round < 2000; round += 1) {
      const text = `x${Array.from({ length: random.integer(0, 12) }, () => random.pick(characters)).join("")}`;
      if (hasHiddenSegment(text)) continue;
      const identifier = identifierOf(text);
      const written = formatIdentifier(identifier);
      expect(written).toMatch(/^(?:[\w.~!$&'()*+,;=:-]|%[0-9A-F]{2})+$/);
      expect(parseIdentifier(written)).toBe(identifier);
    }
  });
});
