import { describe, expect, it } from "vitest";
import { baseUri, isHostShared, sharedBaseUri } from "../../../src/http/base-uri.ts";
import { masterIdentity } from "../../../src/identity/master-name.ts";
import { codeOf } from "../../support/code-of.ts";

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

describe("the base URI of an image", () => {
  const urisAt = (url: string, baseUrl?: string) => {
    const parts = { config: { baseUrl, prefix: "/iiif" }, request: new Request(url), version: 3, identifier: "a/b" };
    return [baseUri({ ...parts, version: 3 }), sharedBaseUri({ ...parts, version: 3 })];
  };

  it.each([
    ["http://localhost:8787/x", "http://localhost:8787"],
    ["https://localhost/x", "https://localhost"],
    ["http://localhost./x", "http://localhost."],
    ["http://images.localhost:9000/x", "http://images.localhost:9000"],
    ["http://127.0.0.1:8787/x", "http://127.0.0.1:8787"],
    ["http://127.9.8.7/x", "http://127.9.8.7"],
    ["http://[::1]:8787/x", "http://[::1]:8787"],
  ])("is that of the request on the machine itself: %s", (url, origin) => {
    expect(urisAt(url)).toEqual([`${origin}/iiif/3/a%2Fb`, `${origin}/iiif/3/a%2Fb`]);
    expect(isHostShared({ baseUrl: undefined }, url)).toBe(true);
  });

  it.each([
    ["http://images.example/x", "https://images.example"],
    ["https://images.example/x", "https://images.example"],
    ["http://images.example:8080/x", "https://images.example:8080"],
    ["http://localhost.example/x", "https://localhost.example"],
    ["http://notlocalhost/x", "https://notlocalhost"],
    ["http://127.0.0.1.example/x", "https://127.0.0.1.example"],
    ["http://128.0.0.1/x", "https://128.0.0.1"],
    ["http://192.168.1.5:8787/x", "https://192.168.1.5:8787"],
    ["http://[::2]/x", "https://[::2]"],
  ])("assumes https elsewhere, and is a path where it is shared: %s", (url, origin) => {
    expect(urisAt(url)).toEqual([`${origin}/iiif/3/a%2Fb`, "/iiif/3/a%2Fb"]);
    expect(isHostShared({ baseUrl: undefined }, url)).toBe(false);
  });

  it.each(["http://images.example/x", "http://localhost:8787/x"])("is the configured one, asked for at %s", (url) => {
    const uri = "http://iiif.example.org/iiif/3/a%2Fb";
    expect(urisAt(url, "http://iiif.example.org")).toEqual([uri, uri]);
    expect(isHostShared({ baseUrl: "http://iiif.example.org" }, url)).toBe(true);
  });
});
