import { expect, it } from "vitest";
import { searchUri, textFileUri, textUri } from "../../../src/presentation/addresses.ts";
import { findPresentationRoute } from "../../../src/presentation/route.ts";
import { findTextRoute, isSpeltOut } from "../../../src/presentation/text-route.ts";
import { addresses } from "../../support/works.ts";

it.each([
  ["search", { kind: "catalogue-search" }],
  ["a%2Fb/search/2", { kind: "object-search", version: 2, object: "a%2Fb" }],
  ["a/b/search/1", { kind: "object-search", version: 1, object: "a/b" }],
  ["search/search/1", { kind: "object-search", version: 1, object: "search" }],
  ["3/a/text/0001", { kind: "text", version: 3, object: "a", page: "0001" }],
  ["2/a/text/text/0001", { kind: "text", version: 2, object: "a/text", page: "0001" }],
  ["a/file/0001", { kind: "file", object: "a", page: "0001" }],
] as const)("leads to text, a file or a search: %s", (rest, route) => {
  expect(findTextRoute(rest)).toEqual(route);
});

it.each([
  "a/search/3",
  "a/search",
  "search/1",
  "text/0001",
  "a/text/0001",
  "4/a/text/1",
  "3/text/1",
  "a/file/",
  "file/1",
])("leads to none of them: %s", (rest) => expect(findTextRoute(rest)).toBeUndefined());

it("is not taken for the route of a document, whatever is written for an object", () => {
  const name = { object: "a/search", key: "0001" };
  const uris = [textUri(addresses, 3, name), textUri(addresses, 2, name), textFileUri(addresses, name)];
  for (const uri of [...uris, searchUri(addresses, 1, "a/file"), searchUri(addresses, 2, "manifest")]) {
    const rest = uri.slice(`${addresses.base}/presentation/`.length);
    expect([rest, findPresentationRoute(rest)]).toEqual([rest, undefined]);
    expect(findTextRoute(rest)).toBeDefined();
  }
});

it("is spelt out where slashes of the object are encoded: then no document of the same name comes first", () => {
  const spelt = (rest: string) => {
    const route = findTextRoute(rest);
    return route !== undefined && isSpeltOut(route);
  };
  for (const key of ["manifest", "manifest.json", "collection"]) {
    const name = { object: "a/b", key };
    for (const uri of [textUri(addresses, 3, name), textUri(addresses, 2, name), textFileUri(addresses, name)]) {
      expect([uri, spelt(uri.slice(`${addresses.base}/presentation/`.length))]).toEqual([uri, true]);
    }
  }
  for (const rest of ["3/a/file/manifest", "3/a/b/text/manifest", "3/file/manifest"]) {
    expect([rest, spelt(rest)]).toEqual([rest, false]);
  }
});
