import { describe, expect, it } from "vitest";
import { rolesOf } from "../../../src/access/claims.ts";

const label = { en: "x" };
const rules = {
  roles: new Map([
    ["all", { label, claims: ["@museum.example"] }],
    ["one", { label, claims: ["Curator@museum.example"] }],
    ["group", { label, claims: ["Reading Room", "other"] }],
    ["plain", { label, claims: ["museum.example"] }],
  ]),
};

describe("the roles of somebody", () => {
  it.each([
    ["curator@museum.example", [], ["all", "one"]],
    ["CURATOR@MUSEUM.EXAMPLE", [], ["all", "one"]],
    ["reader@museum.example", ["Reading Room"], ["all", "group"]],
    ["a@sub.museum.example", [], []],
    ["a@evilmuseum.example", [], []],
    ["a@museum.example@evil.example", [], []],
    ["@museum.example", [], ["all"]],
    [undefined, ["reading room"], []],
    // Whoever makes a group may name it as he likes.
    [undefined, ["Curator@museum.example", "curator@museum.example"], []],
    ["reader@elsewhere.example", ["@museum.example", "a@museum.example"], []],
    ["museum.example", [], []],
    ["Reading Room", [], []],
    [undefined, ["museum.example"], ["plain"]],
  ])("are by %s and %j: %j", (email, groups, roles) => {
    expect(rolesOf(rules, { email, groups })).toEqual(roles);
  });
});
