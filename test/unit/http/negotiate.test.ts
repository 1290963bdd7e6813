import { describe, expect, it } from "vitest";
import { chooseInfoType, prefersJson } from "../../../src/http/negotiate.ts";

const linked = 'application/ld+json;profile="http://iiif.io/api/image/3/context.json"';

function accepting(accept: string | null): Request {
  return new Request("https://iiif.example/", accept === null ? {} : { headers: { Accept: accept } });
}

describe("chooseInfoType", () => {
  it.each([
    [null, linked],
    ["", linked],
    ["*/*", linked],
    ["application/*", linked],
    ["text/html, */*;q=0.8", linked],
    [linked, linked],
    ["application/ld+json", linked],
    ["application/json", "application/json"],
    ["Application/JSON;charset=utf-8", "application/json"],
    ["application/json;q=0.1", "application/json"],
    ["application/json, application/ld+json", linked],
    ["application/json, application/ld+json;q=0.9", "application/json"],
    ["application/json;q=0", linked],
    ["application/ld+json;q=0", "application/json"],
    ["application/json, */*", "application/json"],
    ["application/json;q=0.9, */*", linked],
    ["application/*;q=0.2, */*;q=0.9, application/json;q=0.3", "application/json"],
    ["application/json;q=0, */*", linked],
    ['application/ld+json;profile="a,b;q=0.1", application/json;q=0.5', linked],
    ['application/ld+json;profile="x";q=0.4, application/json;q=0.5', "application/json"],
    ["application/json;q=nonsense", linked],
  ])("answers %s in 3.0 with %s", (accept, expected) => {
    expect(chooseInfoType(accepting(accept), 3)).toBe(expected);
  });

  it.each([
    [null, "application/json"],
    ["*/*", "application/json"],
    ["application/*", "application/json"],
    ["application/json", "application/json"],
    ["application/ld+json", "application/ld+json"],
    ["application/ld+json;q=0.2, */*", "application/json"],
    ["application/ld+json, */*", "application/ld+json"],
    ["application/*;q=0.5, application/ld+json;q=0.4", "application/json"],
    ["application/json;q=0, */*;q=0.1", "application/ld+json"],
    ["application/ld+json;q=0.2, application/json;q=0.1", "application/ld+json"],
    ["application/ld+json, application/json", "application/json"],
    ["application/ld+json;q=0", "application/json"],
    ["xapplication/ld+json", "application/json"],
  ])("answers %s in 2.1 with %s", (accept, expected) => {
    expect(chooseInfoType(accepting(accept), 2)).toBe(expected);
  });
});

describe("prefersJson", () => {
  it.each([
    ["application/json", true],
    ["application/problem+json", true],
    ["application/*", true],
    ["application/json, text/plain, */*", true],
    ["application/json, */*", true],
    ["application/json;q=0.1, */*", false],
    ["application/json, text/plain", true],
    ["text/html, application/json;q=0.9", false],
    ["text/*;q=0.5, application/json;q=0.4", false],
    ["*/*", false],
    ["image/png", false],
    ["application/json;q=0", false],
    [null, false],
  ])("says of %s %s", (accept, expected) => {
    expect(prefersJson(accepting(accept))).toBe(expected);
  });
});
