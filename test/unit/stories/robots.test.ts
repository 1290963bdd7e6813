import { describe, expect, it } from "vitest";
import { readConfig } from "../../../src/config.ts";
import { formatRobots } from "../../../src/stories/robots.ts";

function robotsOf(variables: Record<string, string>): readonly string[] {
  return formatRobots(readConfig(variables)).trimEnd().split("\n");
}

/** Whether one of the rules is for a path. Source: RFC 9309 §2.2.2. */
function isDisallowed(lines: readonly string[], path: string): boolean {
  const rules = lines.flatMap((line) => (line.startsWith("Disallow: ") ? [line.slice("Disallow: ".length)] : []));
  const patternOf = (rule: string) =>
    new RegExp(
      `^${rule
        .split("*")
        .map((part) => part.replace(/[.^$]/g, "\\$&"))
        .join(".*")}`,
    );
  return rules.some((rule) => patternOf(rule).test(path));
}

const whole = [
  "/iiif/3/a%2Fb/full/max/0/default.jpg",
  "/iiif/2/a/full/full/0/default.jpg",
  "/iiif/3/a/full/%5Emax/0/default.png",
];
const pictures = [
  "/iiif/3/a/full/400,/0/default.jpg",
  "/iiif/3/a/0,0,512,512/256,/0/default.jpg",
  "/iiif/3/a/info.json",
];
const documents = ["/presentation/3/a/manifest", "/view/a"];
const pages = ["/", "/objects/a", "/collections/b"];

describe("robots.txt", () => {
  it.each([
    ["open", whole, [...pictures, ...documents, ...pages]],
    ["pages", [...whole, ...pictures, ...documents], pages],
    ["closed", [...whole, ...pictures, ...documents, ...pages], []],
  ])("leaves crawlers what %s says", (robots, closed, open) => {
    const lines = robotsOf({ ROBOTS: robots });
    expect(closed.filter((path) => !isDisallowed(lines, path))).toEqual([]);
    expect(open.filter((path) => isDisallowed(lines, path))).toEqual([]);
  });

  it("closes whole images at the addresses of other servers too", () => {
    const lines = robotsOf({ GATEWAY: '[{"prefix":"/loris/"}]', PREFIX: "/images" });
    expect(isDisallowed(lines, "/loris/a/full/full/0/default.jpg")).toBe(true);
    expect(isDisallowed(lines, "/images/3/a/full/max/0/default.jpg")).toBe(true);
  });

  it("says what content may be used for, in both spellings and in the group that is for all", () => {
    const lines = robotsOf({ AI_PREFERENCES: "train-ai=n, ai-use=n, search=y" });
    expect(lines.slice(0, 3)).toEqual([
      "User-agent: *",
      "Content-Signal: ai-train=no, ai-input=no, search=yes",
      "Content-Usage: / train-ai=n, ai-use=n, search=y",
    ]);
  });
});
