import { describe, expect, it } from "vitest";
import type { Reason } from "../../../src/access/decide.ts";
import { saidToAll, saidWithNames } from "../../../src/access/reason-text.ts";

const dated: readonly Reason[] = [
  { kind: "closed" },
  { kind: "signed" },
  { kind: "embargo", until: "2999-01-01" },
  { kind: "no-longer-open", since: "2001-01-01" },
];
const named: readonly Reason[] = (["network", "click", "role"] as const).map((kind) => ({
  kind,
  names: ["name-one", "name-two"],
}));

describe("why something is not shown", () => {
  it.each(named)("tells those who run the service alone what a $kind is called", (reason) => {
    expect(saidToAll(reason)).not.toContain("name-");
    expect(saidWithNames(reason)).toContain("name-one or name-two");
  });

  it.each(dated)("is said in the same words to all: $kind", (reason) => {
    expect(saidWithNames(reason)).toBe(saidToAll(reason));
  });

  it("is another sentence for each", () => {
    expect(new Set([...dated, ...named].map(saidToAll)).size).toBe(7);
  });
});
