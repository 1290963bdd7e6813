import { describe, expect, it } from "vitest";
import { masterIdentity } from "../../src/identity.ts";
import { codeOf } from "../support/code-of.ts";

const config = { keyTemplate: "{identifier}", pageSuffix: ";page=" };

describe("masterIdentity", () => {
  it.each([
    ["book", "book", 1],
    ["book;page=1", "book", 1],
    ["book;page=2", "book", 2],
    ["book;page=99999", "book", 99_999],
    ["shelf/book.tif;page=12", "shelf/book.tif", 12],
    ["a;page=1;page=2", "a;page=1", 2],
  ])("reads %s as page of a master", (identifier, key, page) => {
    expect(masterIdentity(identifier, config)).toEqual({ key, page });
  });

  it.each([
    ...["book;page=", "book;page=0", "book;page=02", "book;page=-1", "book;page=1.5", "book;page=2 ", "book;page=two"],
    ...[";page=2", "book;page=100000", "book;pages=2", "book;PAGE=2", "book;page=2;page=x"],
  ])("takes %s for the name of a master", (identifier) => {
    expect(masterIdentity(identifier, config)).toEqual({ key: identifier, page: 1 });
  });

  it("puts the name alone into the key", () => {
    const keyTemplate = "masters/{identifier}.tif";
    expect(masterIdentity("book;page=3", { ...config, keyTemplate })).toEqual({ key: "masters/book.tif", page: 3 });
  });

  it("chooses no page where the suffix is empty", () => {
    const identity = masterIdentity("book;page=2", { ...config, pageSuffix: "" });
    expect(identity).toEqual({ key: "book;page=2", page: 1 });
    expect(masterIdentity("book2", { ...config, pageSuffix: "" })).toEqual({ key: "book2", page: 1 });
  });

  it("finds nothing under a key that no object can have", () => {
    expect(codeOf(() => masterIdentity("x".repeat(1024), config))).toBe("none");
    expect(codeOf(() => masterIdentity("x".repeat(1025), config))).toBe("not-found");
    expect(codeOf(() => masterIdentity(`${"x".repeat(1024)};page=2`, config))).toBe("none");
  });
});
