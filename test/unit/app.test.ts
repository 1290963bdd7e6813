import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { describe, expect, it, vi } from "vitest";
import { readJson } from "../../src/app/body.ts";
import type { Door } from "../../src/app/door.ts";
import { createApp } from "../../src/app.ts";
import { ImageError } from "../../src/error.ts";
import { respondError } from "../../src/http/errors.ts";
import { TestClock } from "../support/test-clock.ts";

/** Endpoints as they may come, with what may go wrong in them. */
const admin = new Hono<Door>()
  .get("/report/:name", (c) => c.text(c.req.path))
  .post("/purge", async (c) => c.json((await readJson(c.req.raw)) as object))
  .get("/broken", () => {
    throw new TypeError("secret");
  })
  .get("/damaged", () => JSON.parse("{secret"))
  .get("/closed", () => {
    const headers = { "WWW-Authenticate": "Bearer" };
    throw new HTTPException(401, { res: new Response("Who are you?", { status: 401, headers }) });
  })
  .get("/forbidden", () => {
    throw new HTTPException(403, { message: "Not for you." });
  })
  .get("/refused", () => {
    throw new ImageError("storage-failed", "The storage does not answer.");
  });

const clock = new TestClock();

const adminSecret = "correct-horse-battery-staple";

async function ask(path: string, { headers, ...init }: RequestInit & { readonly duplex?: "half" } = {}) {
  const shown = { Authorization: `Bearer ${adminSecret}`, ...(headers as Record<string, string>) };
  const request = new Request(`https://images.example${path}`, { headers: shown, ...init });
  const failed: string[] = [];
  const fail = (error: ImageError): Response => {
    failed.push(error.code);
    return respondError(error, { request, helpUrl: "/errors", keptSeconds: 60 });
  };
  const door = { services: { config: { prefix: "/iiif", adminSecret }, clock }, fail } as unknown as Door["Bindings"];
  const response = await createApp({ admin }).fetch(request, door);
  return { status: response.status, headers: response.headers, text: await response.text(), failed };
}

describe("the app", () => {
  it("keeps what is encoded in a path as it came", async () => {
    const { status, text } = await ask("/admin/report/a%2Fb%3Fc%25");
    expect([status, text]).toEqual([200, "/admin/report/a%2Fb%3Fc%25"]);
  });

  it.each(["/nowhere", "/admin", "/admin/elsewhere", "/auth/token", "/health/"])(
    "answers 404 where nothing is: %s",
    async (path) => {
      const { status, text, failed } = await ask(path);
      expect([status, failed]).toEqual([404, ["not-found"]]);
      expect(text).toMatch(/^Nothing is served at this address\. /);
    },
  );

  it.each([
    ["PUT", "/admin/purge", "POST, OPTIONS"],
    ["DELETE", "/admin/report/x", "GET, HEAD, OPTIONS"],
    ["POST", "/health", "GET, HEAD, OPTIONS"],
  ])("answers 405 to %s of %s and says what is allowed", async (method, path, allowed) => {
    const { status, headers, failed } = await ask(path, { method });
    expect([status, headers.get("Allow"), failed]).toEqual([405, allowed, ["not-found", "method-not-allowed"]]);
  });

  it("answers OPTIONS of any path, for pages of other hosts but where the service is administered", async () => {
    for (const path of ["/health", "/elsewhere"]) {
      const { status, headers } = await ask(path, { method: "OPTIONS" });
      expect([status, headers.get("Access-Control-Allow-Origin")]).toEqual([204, "*"]);
    }
    const preflight = await ask("/admin/purge", { method: "OPTIONS", headers: { Authorization: "" } });
    expect([preflight.status, preflight.headers.get("Access-Control-Allow-Origin")]).toEqual([401, null]);
  });

  it("answers HEAD with the headers of GET", async () => {
    const { status, text } = await ask("/admin/report/x", { method: "HEAD" });
    expect([status, text]).toEqual([200, ""]);
  });

  it("takes a body of JSON, up to a megabyte", async () => {
    const post = (body: string) => ask("/admin/purge", { method: "POST", body });
    expect((await post('{"tags": ["a"]}')).text).toBe('{"tags":["a"]}');
    expect(await post("{tags")).toMatchObject({ status: 400, failed: ["body-malformed"] });
    expect((await post(JSON.stringify("x".repeat((1 << 20) - 2)))).status).toBe(200);
    expect(await post(JSON.stringify("x".repeat((1 << 20) - 1)))).toMatchObject({
      status: 413,
      failed: ["body-too-large"],
    });
  });

  it("takes no more of who may not be let in than a secret takes", async () => {
    const signIn = (body: string | ReadableStream, headers = {}) =>
      ask("/admin/forms/sign-in", { method: "POST", headers: { Authorization: "", ...headers }, body, duplex: "half" });
    const long = "x".repeat(4097);
    const inPieces = new Response(long).body ?? "";
    for (const body of [long, inPieces]) {
      expect(await signIn(body)).toMatchObject({ status: 413, failed: ["body-too-large"] });
    }
    expect((await signIn("x".repeat(4096))).status).toBe(404);
  });

  it.each([{}, { "Content-Length": "9" }])("waits some seconds for a body, and not for ever: %j", async (headers) => {
    const endless = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode("{")) });
    const asked = ask("/admin/purge", { method: "POST", headers, body: endless, duplex: "half" });
    await vi.waitUntil(() => clock.timers === 1);
    await clock.pass(30_000);
    expect(await asked).toMatchObject({ status: 408, text: "The body of the request did not come in time." });
  });

  it.each([
    ["/admin/closed", 401, "Who are you?", "Bearer"],
    ["/admin/forbidden", 403, "Not for you.", null],
  ])(
    "answers %s with the handler's own %i, for no page of another host and no cache",
    async (path, status, text, challenge) => {
      const answer = await ask(path);
      expect(answer).toMatchObject({ status, text, failed: [] });
      expect(answer.headers.get("WWW-Authenticate")).toBe(challenge);
      expect(answer.headers.get("Access-Control-Allow-Origin")).toBeNull();
      expect(answer.headers.get("Cache-Control")).toBe("no-store");
    },
  );

  it("maps what handlers throw, and tells nothing of what is broken", async () => {
    expect(await ask("/admin/refused")).toMatchObject({ status: 503, failed: ["storage-failed"] });
    const broken = await ask("/admin/broken");
    expect(broken).toMatchObject({ status: 500, failed: ["internal"] });
    expect(broken.text).toBe("Internal error; see the service log. (internal)\n");
    // What is damaged in storage is no fault of the body.
    expect(await ask("/admin/damaged")).toMatchObject({ status: 500, failed: ["internal"] });
  });
});
