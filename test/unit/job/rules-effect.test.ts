import { describe, expect, it } from "vitest";
import { type AccessRules, noRules, parseRules } from "../../../src/access/rules.ts";
import { affectedBy, idleRules, type StatedThings } from "../../../src/job/rules-effect.ts";

function rulesOf(access: readonly object[]): AccessRules {
  const read = parseRules(new TextEncoder().encode(JSON.stringify({ access })));
  if (read.kind === "faulty") throw new Error(read.faults.join("; "));
  return read.rules;
}

const named = (...keys: readonly string[]) => keys.map((key) => ({ key, label: { en: [key] } }));

const stated: StatedThings = {
  images: new Map([
    ["loans/1", { object: "loan" }],
    ["maps/1", { object: "map" }],
    ["alone/1", { object: "alone" }],
    ["bare", undefined],
    ["shared/1", { object: "map" }],
  ]),
  objects: [
    { key: "loan", collections: named("inner", "other"), others: [] },
    { key: "map", collections: named("maps"), others: [] },
    { key: "alone", collections: [], others: ["shared/1"] },
  ],
  // Records may lie in a circle.
  parents: new Map([
    ["inner", ["outer"]],
    ["outer", ["inner", "top"]],
    ["other", []],
    ["maps", []],
  ]),
  damaged: [],
};

const effectOf = (match: string) =>
  affectedBy(stated, { before: noRules, after: rulesOf([{ match, access: "hidden" }]) });

describe("what other rules change something for", () => {
  it("is images, the objects that show them, and all collections around these", () => {
    expect(effectOf("loans/**")).toEqual({
      images: ["loans/1"],
      objects: ["loan"],
      collections: ["inner", "other", "outer", "top"],
    });
    expect(effectOf("maps/**").collections).toEqual(["maps", "top"]);
  });

  it("is each object that shows an image, also those that its record does not name", () => {
    expect(effectOf("shared/**").objects).toEqual(["map", "alone"]);
  });

  it("is the top collection of an object that is in no other, and none of an image without an object", () => {
    expect(effectOf("alone/**")).toEqual({ images: ["alone/1"], objects: ["alone"], collections: ["top"] });
    expect(effectOf("bare")).toEqual({ images: ["bare"], objects: [], collections: [] });
    expect(effectOf("none/**")).toEqual({ images: [], objects: [], collections: [] });
  });
});

describe("rules that count for nothing", () => {
  const idle = (...matches: readonly string[]) =>
    idleRules(stated, rulesOf(matches.map((match) => ({ match, access: "hidden" }))));

  it("are told: forms of no image, and those behind another", () => {
    expect(idle("loan/**", "maps/*", "maps/1")).toEqual([
      "loan/** is the form of no image that is stored",
      "maps/1 counts for nothing that is stored: maps/* stands in front of it, and is the form of maps/1 too",
    ]);
  });

  it("are none that count for an image, with a record or without", () => {
    expect(idle("loans/**", "bare", "**")).toEqual([]);
  });
});
