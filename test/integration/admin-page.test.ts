import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { openSession, sessionSeconds } from "../../src/http/session.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { ask } from "../support/service.ts";

const secret = "correct-horse-battery-staple";
const origin = "https://images.example";
const html = { Accept: "text/html,application/xhtml+xml" };
const form = { ...html, "Content-Type": "application/x-www-form-urlencoded", Origin: origin };
const administered = { ADMIN_SECRET: secret };

beforeAll(async () => {
  await env.MASTERS.put(
    "shown",
    await makeTiff({ width: 301, height: 201, tile: 64, levels: 2, compression: "deflate" }),
  );
});

let logged: ReturnType<typeof vi.spyOn>;
beforeEach(() => {
  logged = vi.spyOn(console, "log").mockImplementation(() => undefined);
});
afterEach(() => vi.restoreAllMocks());

const open = (headers: Readonly<Record<string, string>> = {}, changed: object = {}) =>
  ask("/admin/", { headers: { ...html, ...headers }, env: { ...administered, ...changed } });

const send = (name: string, fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) =>
  ask(`/admin/forms/${name}`, {
    method: "POST",
    headers: { ...form, ...headers },
    body: new URLSearchParams(fields).toString(),
    env: administered,
  });

const cookieOf = (token: string) => ({ Cookie: `other=1; __Host-tessera-admin=${token}` });

/** Signs in and returns the cookie that a browser sends from then on. */
const signedIn = async () => {
  const { headers } = await send("sign-in", { secret });
  return { Cookie: /^[^;]*/.exec(headers.get("Set-Cookie") ?? "")?.[0] ?? "" };
};

describe("the page of who administers", () => {
  it("is not there while nobody administers, and asks for the secret where somebody does", async () => {
    expect((await ask("/admin/", { headers: html })).status).toBe(404);
    const { status, text, headers } = await open();
    expect([status, headers.get("Cache-Control"), headers.get("WWW-Authenticate")]).toEqual([
      401,
      "no-store",
      'Bearer realm="administration"',
    ]);
    expect(text).toContain('<form class="sign-in" action="/admin/forms/sign-in" method="post">');
    expect(headers.get("Content-Security-Policy")).toContain("form-action 'self'; frame-ancestors 'none'");
    // Else browsers hide where a form comes from.
    expect(headers.get("Referrer-Policy")).toBe("same-origin");
    expect((await ask("/admin", { headers: await signedIn(), env: administered })).headers.get("Location")).toBe(
      "/admin/",
    );
    // A program is told so.
    expect((await ask("/admin/", { env: administered })).text).not.toContain("<form");
  });

  it("keeps a token that is not the secret, for this host and its own pages alone", async () => {
    const { status, headers } = await send("sign-in", { secret });
    expect([status, headers.get("Location")]).toEqual([303, "/admin/"]);
    const cookie = headers.get("Set-Cookie") ?? "";
    expect(cookie).toMatch(
      /^__Host-tessera-admin=\d+\.[\w-]{16}\.[\w-]{43}; Path=\/; Max-Age=28800; HttpOnly; SameSite=Strict; Secure$/,
    );
    expect(cookie).not.toContain(secret);
    const shown = await open(await signedIn());
    expect([shown.status, shown.headers.get("Cache-Control")]).toEqual([200, "no-store"]);
    expect(shown.text).toContain("You are let in by the secret.");
    const out = await send("sign-out", {}, await signedIn());
    expect(out.headers.get("Set-Cookie")).toMatch(/^__Host-tessera-admin=; Path=\/; Max-Age=0;/);
  });

  it("lets nobody in by a wrong secret, and writes none of it down", async () => {
    for (const shown of ["", "x", `${secret}x`, secret.slice(1), secret.toUpperCase()]) {
      const { status, text, headers } = await send("sign-in", { secret: shown });
      expect([status, headers.get("Set-Cookie")]).toEqual([401, null]);
      expect(text).toContain("That is not the secret of this service.");
      if (shown.length > 1) expect(text).not.toContain(shown);
    }
    expect(JSON.stringify(logged.mock.calls)).not.toContain(secret.slice(1));
  });

  it("knows a token until it lapses, and no other", async () => {
    const now = Date.now();
    const token = await openSession(secret, now);
    expect((await open(cookieOf(token))).status).toBe(200);
    const [until = "", nonce = "", signature = ""] = token.split(".");
    const refused = {
      lapsed: await openSession(secret, now - 1000 * sessionSeconds - 1000),
      "of a clock that was wrong": await openSession(secret, now + 60_000),
      "of another secret": await openSession(`${secret}x`, now),
      prolonged: [Number(until) + 1, nonce, signature].join("."),
      cut: token.slice(0, -1),
      empty: "",
      "the secret": secret,
      "of nothing": "..",
    };
    for (const [name, wrong] of Object.entries(refused)) {
      expect([name, (await open(cookieOf(wrong))).status]).toEqual([name, 401]);
    }
  });

  it("changes nothing for a page of another site, whoever's cookie it brings along", async () => {
    const cookie = await signedIn();
    const fields = { kind: "images", name: "shown" };
    for (const headers of [
      { Origin: "https://elsewhere.example" },
      { Origin: "null" },
      { Origin: origin, "Sec-Fetch-Site": "cross-site" },
      { Origin: origin, "Sec-Fetch-Site": "same-site" },
    ]) {
      expect((await send("purge", fields, { ...cookie, ...headers })).status).toBe(403);
      // Nobody is signed in to an account of somebody else either.
      expect((await send("sign-in", { secret }, headers)).status).toBe(403);
    }
    const silent = await ask("/admin/forms/purge", {
      method: "POST",
      headers: { ...cookie, "Content-Type": "application/x-www-form-urlencoded" },
      body: "kind=images&name=shown",
      env: administered,
    });
    expect(silent.status).toBe(403);
    expect((await send("purge", fields, { ...cookie, "Sec-Fetch-Site": "same-origin" })).status).toBe(200);
    const lapsed = await send("purge", fields, cookieOf("x"));
    expect([lapsed.status, lapsed.text]).toEqual([401, expect.stringContaining("You have been signed out.")]);
  });

  it("purges what its form says, and tells what was done, or what is wrong", async () => {
    const cookie = await signedIn();
    const drawn = { STORE_ABOVE_PIXELS: "1", STORE_AT_ONCE_ABOVE_PIXELS: "1", CACHE_ABOVE_PIXELS: "0" };
    await ask("/iiif/3/shown/full/100,/0/default.png", { env: drawn });
    const { text } = await send("purge", { kind: "images", name: "shown\r\n\r\nother\r\n" }, cookie);
    expect(text).toContain("Purged.");
    expect(text).toMatch(/<dt>images<\/dt><dd>2<\/dd>/);
    expect(text).toMatch(/<dd>1 picture, 0 indexes<\/dd>/);
    expect(text).toContain("there is none here");
    // What a page of an earlier part goes on with.
    const order = JSON.stringify({ kind: "prefix", prefix: "sho", after: "sho" });
    expect((await send("purge", { order }, cookie)).text).toMatch(/<dt>images<\/dt><dd>1<\/dd>/);
    for (const [fields, sentence] of [
      [{ kind: "everything" }, "only where the box says that you mean it"],
      [{ kind: "object", name: " " }, "No name is given."],
      [{ kind: "object", name: "a\nb" }, "One name is taken at a time"],
      [{ kind: "images", name: "\u0000" }, "Nothing was purged."],
      [{ kind: "images", name: Array(101).fill("x").join("\n") }, "101 identifiers are given"],
      [{ kind: "all", name: "x" }, "kind"],
      [{ order: "{" }, "not JSON"],
    ] as const) {
      const wrong = await send("purge", fields, cookie);
      expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining(sentence)]);
    }
    expect((await send("purge", { kind: "everything", sure: "yes" }, cookie)).status).toBe(200);
    const line = (await env.LEDGER.getByName("service").latest(1))[0];
    expect(line).toMatchObject({ operator: "secret", action: "purge" });
  });

  it("shows what was counted, and says what can't be read", async () => {
    await runInDurableObject(env.LEDGER.getByName("service"), (instance, { storage }) => {
      storage.sql.exec("DELETE FROM hours");
      instance.closeHour("~");
    });
    await ask("/iiif/3/shown/full/100,/0/default.png", { env: { STATISTICS_SECONDS: "0.001" } });
    await ask("/iiif/3/%3Cscript%3E/info.json", { env: { STATISTICS_SECONDS: "0.001" } });
    const cookie = await signedIn();
    const { text } = await open(cookie);
    expect(text).toMatch(/aria-label="Requests an hour: from 0 to 2, now [02]"/);
    expect(text).toContain('<a href="/view/shown">shown</a>');
    expect(text).toMatch(
      /<a href="\/errors#not-found">not-found<\/a><\/th><td class="number">1<\/td><td>&lt;script&gt;/,
    );
    const hung = {
      getByName: () => ({ waiting: async () => Promise.reject(new Error("down")), latest: async () => [] }),
    };
    const down = { get: async () => Promise.reject(new Error("down")), head: async () => null, list: async () => ({}) };
    const part = await open(cookie, { LEDGER: hung, CATALOGUE: down });
    expect([part.status, part.text.match(/can’t be read now/g)?.length]).toEqual([200, 3]);
  });
});
