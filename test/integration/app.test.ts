import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { defaultVariables } from "../../src/config.ts";
import worker from "../../src/worker.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { ask } from "../support/service.ts";

describe("what is no image", () => {
  it.each(["/nowhere", "/auth/probe/x", "/healthy"])("is answered by the app: %s", async (path) => {
    const { status, text, headers } = await ask(path);
    expect([status, text]).toEqual([
      404,
      expect.stringMatching(/^Nothing is served at this address\. .*\(not-found\)$/m),
    ]);
    expect(headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(headers.get("Cache-Control")).toMatch(/^public, max-age=60/);
  });

  it("and what is one are answered without a single variable", async () => {
    const none = Object.fromEntries(Object.keys(defaultVariables).map((name) => [name, undefined]));
    await env.MASTERS.put("plain", await makeTiff({ width: 32, height: 32, tile: 16, pixel: () => [9, 9, 9] }));
    // As shipped, what was counted is handed over after ten seconds: without a ledger it is to nobody, and nobody waits.
    const statusOf = async (path: string, init: RequestInit = {}): Promise<number> => {
      const request = new Request(`https://images.example${path}`, init);
      const response = await worker.fetch(
        request as never,
        { ...env, ...none, LEDGER: undefined } as unknown as Env,
        createExecutionContext(),
      );
      await response.bytes();
      return response.status;
    };
    for (const path of ["/health", "/iiif/3/plain/full/8,/0/default.png", "/"]) expect(await statusOf(path)).toBe(200);
    expect(await statusOf("/admin/purge", { method: "POST" })).toBe(404);
  });

  it("refuses a path that is too long", async () => {
    expect((await ask(`/${"a".repeat(5000)}`)).status).toBe(414);
  });

  it("refuses other methods than those an endpoint has", async () => {
    const { status, headers } = await ask("/health", { method: "POST" });
    expect([status, headers.get("Allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
  });

  it("has errors as problem details for those who prefer JSON, of images too", async () => {
    for (const path of ["/elsewhere", "/iiif/3/missing/info.json"]) {
      const { status, headers, text } = await ask(path, { headers: { Accept: "application/json" } });
      expect([status, headers.get("Content-Type")]).toEqual([404, "application/problem+json"]);
      expect(JSON.parse(text)).toMatchObject({ type: "/errors#not-found", status: 404, code: "not-found" });
      expect(headers.get("Link")).toBe('</errors#not-found>;rel="help"');
      expect(headers.get("Vary")).toBe("Accept");
    }
  });

  it("says nothing of a help page where there is none", async () => {
    const { headers, text } = await ask("/elsewhere", {
      headers: { Accept: "application/json" },
      env: { HELP_URL: "" },
    });
    expect(headers.has("Link")).toBe(false);
    expect(JSON.parse(text)).toMatchObject({ type: "about:blank" });
  });
});
