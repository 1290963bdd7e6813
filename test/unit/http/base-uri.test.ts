import { describe, expect, it } from "vitest";
import { baseUri, isHostShared, sharedBaseUri } from "../../../src/http/base-uri.ts";
import { identifierOf } from "../../../src/identity/identifier.ts";

describe("the base URI of an image", () => {
  it("spells the identifier as it is told to", () => {
    const parts = { config: { baseUrl: undefined, prefix: "/iiif" }, request: new Request("http://localhost/x") };
    const uri = baseUri({ ...parts, version: 2, identifier: identifierOf("a/b"), spelling: "%61%2fb" });
    expect(uri).toBe("http://localhost/iiif/2/%61%2fb");
  });

  const urisAt = (url: string, baseUrl?: string) => {
    const parts = {
      config: { baseUrl, prefix: "/iiif" },
      request: new Request(url),
      version: 3,
      identifier: identifierOf("a/b"),
    };
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
