import { describe, expect, it } from "vitest";
import { identifierOf } from "../../../src/identity/identifier.ts";
import { nameMaster, placesOf } from "../../../src/identity/master-name.ts";
import { codeOf } from "../../support/code-of.ts";

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
