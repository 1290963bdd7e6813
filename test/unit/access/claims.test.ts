import { describe, expect, it } from "vitest";
import { rolesOf } from "../../../src/access/claims.ts";

const label = { en: "x" };
const rules = {
  roles: new Map([
    ["all", { label, claims: ["@museum.example"] }],
    ["one", { label, claims: ["Curator@museum.example"] }],
    ["group", { label, claims: ["Reading Room", "other"] }],
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
    [undefined, ["Curator@museum.example"], ["one"]],
  ])("are by %s and %j: %j", (email, groups, roles) => {
    expect(rolesOf(rules, { email, groups })).toEqual(roles);
  });
});
