import { describe, expect, it } from "vitest";
import type { Origin } from "../../../src/config/origins.ts";
import { identifierOf } from "../../../src/identity/identifier.ts";
import { nameMaster, placesOf } from "../../../src/identity/master-name.ts";
import { codeOf } from "../../support/code-of.ts";
import { originOf } from "../../support/hostile-origin.ts";

const config = { keyTemplate: "{identifier}", pageSuffix: ";page=" };

const named = (identifier: string, given: typeof config) => nameMaster(identifierOf(identifier), given);

describe("nameMaster", () => {
  it.each([
    ["book", "book", 1],
    ["book;page=1", "book", 1],
    ["book;page=2", "book", 2],
    ["book;page=99999", "book", 99_999],
    ["shelf/book.tif;page=12", "shelf/book.tif", 12],
    ["a;page=1;page=2", "a;page=1", 2],
  ])("reads %s as page of a master", (identifier, key, page) => {
    expect(named(identifier, config)).toEqual({ key, page });
  });

  it.each([
    ...["book;page=", "book;page=0", "book;page=02", "book;page=-1", "book;page=1.5", "book;page=2 ", "book;page=two"],
    ...[";page=2", "book;page=100000", "book;pages=2", "book;PAGE=2", "book;page=2;page=x"],
  ])("takes %s for the name of a master", (identifier) => {
    expect(named(identifier, config)).toEqual({ key: identifier, page: 1 });
  });

  it("puts the name alone into the key", () => {
    const keyTemplate = "masters/{identifier}.tif";
    expect(named("book;page=3", { ...config, keyTemplate })).toEqual({ key: "masters/book.tif", page: 3 });
  });

  it("chooses no page where the suffix is empty", () => {
    const identity = named("book;page=2", { ...config, pageSuffix: "" });
    expect(identity).toEqual({ key: "book;page=2", page: 1 });
    expect(named("book2", { ...config, pageSuffix: "" })).toEqual({ key: "book2", page: 1 });
  });

  it("finds nothing under a key that no object can have", () => {
    expect(codeOf(() => named("x".repeat(1024), config))).toBe("none");
    const keyTemplate = "{identifier}.";
    expect(codeOf(() => named("x".repeat(1024), { ...config, keyTemplate }))).toBe("not-found");
    expect(codeOf(() => named(`${"x".repeat(1016)};page=2`, { ...config, keyTemplate: "folder/{identifier}" }))).toBe(
      "none",
    );
  });
});

describe("nameMaster, where masters are elsewhere", () => {
  const rule = (changes: Readonly<Record<string, unknown>>) =>
    originOf({
      kind: "https",
      prefix: "web/",
      endpoint: "https://images.example.org/a b",
      key: "{rest}.tif",
      ...changes,
    });
  const at = (identifier: string, ...origins: readonly Origin[]) =>
    nameMaster(identifierOf(identifier), { ...config, origins });

  it("takes the first rule whose prefix an identifier has, else the bucket", () => {
    const rules = [rule({ prefix: "web/a" }), rule({ endpoint: "https://other.example.org" })];
    expect(at("web/abc;page=2", ...rules)).toEqual({
      key: ".origin/images.example.org/a b/bc.tif",
      page: 2,
      origin: { origin: rules[0], key: "bc.tif", path: "/a%20b/bc.tif" },
    });
    expect(at("web/b", ...rules).key).toBe(".origin/other.example.org/b.tif");
    expect(at("other/web/b", ...rules)).toEqual({ key: "other/web/b", page: 1 });
  });

  it.each([
    ["x?y=1#z", "/a%20b/x%3Fy%3D1%23z.tif"],
    ["user@host:1", "/a%20b/user%40host%3A1.tif"],
    ["\\\\host\\x", "/a%20b/%5C%5Chost%5Cx.tif"],
    ["%2e%2e%2fx", "/a%20b/%252e%252e%252fx.tif"],
    ["{rest}{identifier}", "/a%20b/%7Brest%7D%7Bidentifier%7D.tif"],
    ["a+b (1)'é", "/a%20b/a%2Bb%20%281%29%27%C3%A9.tif"],
  ])("encodes each segment by itself: %s", (rest, path) => {
    const { origin } = at(`web/${rest}`, rule({}));
    expect(origin?.path).toBe(path);
    const { href, pathname } = new URL(`${origin?.origin.base}${path}`);
    expect([href, pathname]).toEqual([`https://images.example.org${path}`, path]);
  });

  it.each([
    ["web", "web../x", "{rest}"],
    ["web/", "web///evil.example/x", "{rest}"],
    ["web/", "web//x", "{rest}.tif"],
    ["web/", "web/x/", "{rest}"],
    ["web", "web./x", "{rest}"],
    ["web/a", "web/a..", "{rest}"],
    ["web/", "web/", "{rest}"],
    ["web/", `web/${"x".repeat(1020)}`, "{rest}.tiff"],
  ])("finds nothing that leads out of its folder, or can't be: prefix %s", (prefix, identifier, key) => {
    expect(codeOf(() => at(identifier, rule({ prefix, key })))).toBe("not-found");
  });

  it("refuses segments that start with a dot before it looks for a rule", () => {
    for (const name of ["web/../x", "web/..", "web/a/../../x"])
      expect(codeOf(() => at(name, rule({})))).toBe("not-found");
  });

  it("tells the same key in two places apart, and knows the same place by two rules", () => {
    const bucket = at("web/x.tif");
    const here = at("web/x", rule({}));
    const [there, same] = [rule({ endpoint: "https://other.example.org" }), rule({ prefix: "again/" })];
    expect(new Set([bucket.key, here.key, at("web/x", there).key]).size).toBe(3);
    expect(at("again/x", same).key).toBe(here.key);
    // No identifier means such a key in the bucket.
    expect(codeOf(() => at(here.key))).toBe("not-found");
  });
});

describe("placesOf", () => {
  it("gives a master one tag and one folder whatever its page", async () => {
    const [book, other] = [named("book;page=2", config), named("other", config)];
    expect(await placesOf(book.key)).toEqual(await placesOf(named("book", config).key));
    expect((await placesOf(other.key)).cacheTag).not.toBe((await placesOf(book.key)).cacheTag);
    expect(await placesOf(book.key)).toEqual({
      // Begins the SHA-256 of "book", as sha256sum has it.
      cacheTag: "img-92719fe0cf8cd51592af31ee8a5736d7",
      derivativePrefix: "derivatives/92719fe0cf8cd51592af31ee8a5736d7/",
      indexPrefix: "masters/92719fe0cf8cd51592af31ee8a5736d7/",
    });
  });
});
