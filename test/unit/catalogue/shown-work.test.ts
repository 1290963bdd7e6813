import { describe, expect, it } from "vitest";
import type { AccessRules } from "../../../src/access/rules.ts";
import { noRules, parseRules } from "../../../src/access/rules.ts";
import {
  decisionsOf,
  isObjectHidden,
  isPageOpen,
  policiesOfObject,
  remembering,
  statedObject,
} from "../../../src/catalogue/object-access.ts";
import { showWork } from "../../../src/catalogue/shown-work.ts";
import { makeImage, makePage, makeWork } from "../../support/works.ts";

const moment = { now: Date.UTC(2026, 0, 1), pageSuffix: "?page=" };

function rulesOf(access: readonly object[]): AccessRules {
  const read = parseRules(new TextEncoder().encode(JSON.stringify({ access })));
  if (read.kind === "faulty") throw new Error(read.faults.join());
  return read.rules;
}

it("what rules say of a name is matched once for all of an answer, however often it is asked for", () => {
  const pages = Array.from({ length: 50 }, (_, index) =>
    makePage(`p${index}`, { images: [makeImage({ identifier: `book/${index}` })] }),
  );
  const work = makeWork({ pages });
  const asked = new Map<string, number>();
  const rules = rulesOf(Array.from({ length: 20 }, (_, index) => ({ match: `other${index}/**`, access: "closed" })));
  const patterns = rules.patterns.map(({ match, matches, policy }) => ({
    match,
    policy,
    matches: (identifier: string) => {
      asked.set(`${match} ${identifier}`, (asked.get(`${match} ${identifier}`) ?? 0) + 1);
      return matches(identifier);
    },
  }));
  const ground = remembering({ ...moment, rules: { ...rules, patterns } });
  const stated = statedObject(work);
  expect(isObjectHidden(stated, ground)).toBe(false);
  expect(policiesOfObject(stated, ground)).toEqual([]);
  expect(decisionsOf(stated, ground)).toBe("");
  expect(showWork(work, ground)?.pages).toHaveLength(50);
  expect([asked.size, Math.max(...asked.values())]).toEqual([20 * 50, 1]);
});

it("pages of one file are matched by its name, and a policy of the record counts beside the rules", () => {
  const rules = rulesOf([{ match: "scan", access: "closed" }]);
  const ground = remembering({ ...moment, rules });
  const images = [
    makeImage({ identifier: "scan?page=1" }),
    makeImage({ identifier: "scan?page=2", policy: { access: { kind: "hidden" } } }),
  ];
  const shown = showWork(
    makeWork({ pages: images.map((image, at) => makePage(`p${at}`, { images: [image] })) }),
    ground,
  );
  expect(shown?.pages.map(({ key, isClosed }) => [key, isClosed])).toEqual([["p0", true]]);
  expect([...(ground.matched?.keys() ?? [])]).toEqual(["scan"]);
});

describe("a page with a redaction", () => {
  const redacted = makeImage({ policy: { redactions: [[0, 0, 10, 10]] } });
  const text = { format: "plain", file: "page.txt" } as const;

  it.each([
    ["its record", redacted, noRules],
    ["a rule", makeImage(), rulesOf([{ match: "**", redactions: [[0, 0, 10, 10]] }])],
  ] as const)("by %s has pictures and no text, and its object no files", (_, image, rules) => {
    const ground = { ...moment, rules };
    const pages = [makePage("p", { images: [image], text })];
    const work = makeWork({ pages, attachments: [{ file: "all.pdf", sha256: "00" }] });
    const shown = showWork(work, ground);
    expect(isPageOpen({ images: [image] }, ground)).toBe(false);
    expect([shown?.pages[0]?.images.length, shown?.pages[0]?.text, shown?.attachments]).toEqual([
      1,
      undefined,
      undefined,
    ]);
  });

  it("makes another entity tag when a rule begins to redact it", () => {
    const work = statedObject(makeWork({ pages: [makePage("p", { images: [makeImage()], text })] }));
    const marked = rulesOf([{ match: "**", access: "open" }]);
    const before = decisionsOf(work, { ...moment, rules: marked });
    const after = decisionsOf(work, { ...moment, rules: rulesOf([{ match: "**", redactions: [[0, 0, 1, 1]] }]) });
    expect(after).not.toBe(before);
  });
});
