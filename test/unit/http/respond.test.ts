import { describe, expect, it } from "vitest";
import { newAccount } from "../../../src/account.ts";
import { cacheControl, formatServerTiming } from "../../../src/http/headers.ts";
import { infoHeaders, respondNotModified, respondOptions, respondRedirect } from "../../../src/http/respond.ts";
import {
  imageHeaders,
  respondImage,
  respondKeptImage,
  respondUndrawn,
  unkeptHeaders,
} from "../../../src/http/respond-image.ts";

const answer = { version: 3, etag: '"tag"', cacheTag: "img-1", maxAgeSeconds: 60 } as const;

describe("respondNotModified", () => {
  it("repeats the headers of the answer without its content type", () => {
    const headers = infoHeaders({ ...answer, contentType: "application/json", scope: "private" });
    const request = new Request("https://images.example/", { headers: { "If-None-Match": 'W/"tag"' } });
    const response = respondNotModified(request, headers, newAccount());
    expect(response?.status).toBe(304);
    expect(response?.body).toBeNull();
    expect(response?.headers.has("Content-Type")).toBe(false);
    for (const name of ["ETag", "Link", "Vary", "Cache-Control", "Cache-Tag", "Access-Control-Allow-Origin"]) {
      expect(response?.headers.get(name)).toBe(headers.get(name));
    }
    expect(headers.get("Content-Type")).toBe("application/json");
  });

  it("is none when the client has another version or none", () => {
    const headers = infoHeaders({ ...answer, contentType: "application/json", scope: "public" });
    for (const sent of [{}, { "If-None-Match": '"other"' }]) {
      const request = new Request("https://images.example/", { headers: sent as HeadersInit });
      expect(respondNotModified(request, headers, newAccount())).toBeUndefined();
    }
  });
});

describe("respondImage", () => {
  it("states type, length, both links and what it took", () => {
    const headers = imageHeaders({ ...answer, version: 2, canonicalUri: "https://images.example/c" });
    const response = respondImage({ mediaType: "image/png", body: new Uint8Array(5) }, headers, newAccount());
    expect(response.headers.get("Content-Type")).toBe("image/png");
    expect(response.headers.get("Content-Length")).toBe("5");
    expect(response.headers.get("Link")).toBe(
      '<http://iiif.io/api/image/2/level2.json>;rel="profile", <https://images.example/c>;rel="canonical"',
    );
    expect(response.headers.get("Vary")).toBeNull();
    expect(response.headers.get("Server-Timing")).toContain('strategy;desc="none"');
  });

  it("takes nothing of one answer into the next", () => {
    const body = { mediaType: "image/png", body: new Uint8Array(5) };
    const saved = imageHeaders({ ...answer, canonicalUri: "https://images.example/c", fileName: "a.png" });
    const first = respondImage(body, saved, newAccount());
    expect(first.headers.get("Content-Disposition")).toContain("a.png");
    first.headers.set("X-Other", "1");
    const shown = imageHeaders({ ...answer, canonicalUri: "https://images.example/c" });
    const second = respondImage(body, unkeptHeaders(shown), newAccount());
    for (const name of ["Content-Disposition", "X-Other", "ETag"]) expect(second.headers.has(name)).toBe(false);
    expect(second.headers.get("Cache-Control")).toBe("no-store");
  });

  it("is 304 with the same headers for a client that has it", () => {
    const headers = imageHeaders({ ...answer, canonicalUri: "https://images.example/c" });
    const ask = (sent: string | undefined) =>
      new Request("https://images.example/", sent === undefined ? {} : { headers: { "If-None-Match": sent } });
    expect(respondKeptImage(ask(undefined), headers, newAccount())).toBeUndefined();
    expect(respondKeptImage(ask('"other"'), headers, newAccount())).toBeUndefined();
    const drawn = respondImage({ mediaType: "image/png", body: new Uint8Array(5) }, headers, newAccount());
    for (const sent of ['W/"tag"', '"other", "tag"', "*"]) {
      const kept = respondKeptImage(ask(sent), headers, newAccount());
      expect([kept?.status, kept?.body]).toEqual([304, null]);
      for (const name of ["ETag", "Link", "Cache-Control", "Cache-Tag", "Access-Control-Allow-Origin"]) {
        expect(kept?.headers.get(name)).toBe(drawn.headers.get(name));
      }
      expect(kept?.headers.has("Content-Type")).toBe(false);
    }
  });

  it("is kept by nobody before it is drawn", () => {
    const headers = imageHeaders({ ...answer, canonicalUri: "https://images.example/c" });
    expect(respondUndrawn("image/png", headers, newAccount()).headers.get("Cache-Control")).toBe("no-store");
    const closed = imageHeaders({ ...answer, canonicalUri: "https://images.example/c", keeping: { kind: "nobody" } });
    expect(respondUndrawn("image/png", closed, newAccount()).headers.get("Cache-Control")).toBe("private, no-store");
  });
});

describe("respondOptions and respondRedirect", () => {
  it("are open to any page and have no body", async () => {
    const to = { uri: "https://images.example/x/info.json", status: 303, maxAgeSeconds: 60, scope: "private" } as const;
    const [options, redirect] = [respondOptions(), respondRedirect(to)];
    expect([options.status, redirect.status]).toEqual([204, 303]);
    expect(redirect.headers.get("Location")).toBe("https://images.example/x/info.json");
    expect(redirect.headers.get("Cache-Control")).toMatch(/^private, max-age=60/);
    for (const response of [options, redirect]) {
      expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
      expect(await response.text()).toBe("");
    }
  });
});

describe("cacheControl", () => {
  it("keeps nothing for zero seconds", () => {
    expect(cacheControl(0)).toBe("no-store");
    expect(cacheControl(5)).toBe("public, max-age=5, stale-while-revalidate=5");
  });

  it("keeps what names its host from shared caches", () => {
    expect(cacheControl(5, "private")).toBe("private, max-age=5, stale-while-revalidate=5");
    expect(cacheControl(0, "private")).toBe("no-store");
  });
});

describe("formatServerTiming", () => {
  it("writes every entry of an account", () => {
    const account = { ...newAccount(), reads: 2, bytes: 99 };
    expect(formatServerTiming(account)).toBe(
      'strategy;desc="none", cache;desc="miss", reads;desc="2", bytes;desc="99", heads;desc="0", tiles;desc="0"',
    );
  });
});
