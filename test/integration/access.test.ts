import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { signImage } from "../../src/access/signature.ts";
import { identifierOf } from "../../src/identity/identifier.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { type Asking, ask as askService } from "../support/service.ts";

const secret = { id: "k1", secret: "a-secret-of-some-thirty-two-letters" };
const variables = { ACCESS_SECRET: `${secret.id}:${secret.secret}`, MASTER_TTL_SECONDS: "0" };

/** Asks as somebody who is told what counts now. */
const ask = (path: string, { env: changed, ...asking }: Asking = {}) =>
  askService(path, { ...asking, env: { ...variables, ...changed } });

const rules = {
  access: [
    { match: "loans/**", access: "role:staff" },
    { match: "vault/**", access: "hidden" },
    { match: "shop/**", access: "open", publicSize: 20 },
  ],
  networks: { lan: ["192.0.2.0/24", "2001:db8::/32"] },
  roles: { staff: { label: { en: "Staff" }, claims: ["@museum.example"] } },
  clicks: { terms: { label: { en: "Terms" } } },
};

const policies: Readonly<Record<string, object | undefined>> = {
  plain: undefined,
  stated: { access: "open" },
  closed: { access: "closed" },
  hidden: { access: "hidden" },
  signed: { access: "signed" },
  lan: { access: "network:lan" },
  small: { access: "closed", publicSize: 20 },
  "loans/staff": {},
  "loans/unrecorded": undefined,
  "vault/one": {},
  "vault/unrecorded": undefined,
  embargoed: { embargo: "2999-01-01" },
  over: { openUntil: "2001-01-01" },
};

beforeAll(async () => {
  const file = await makeTiff({ width: 60, height: 40, tile: 32, levels: 2 });
  await env.CATALOGUE.put("rules.json", JSON.stringify(rules));
  for (const [identifier, policy] of Object.entries(policies)) {
    await env.MASTERS.put(identifier, file);
    const record = { identifier, metadata: [], width: 60, height: 40, policy };
    if (policy !== undefined) await env.CATALOGUE.put(`records/${identifier}.json`, JSON.stringify(record));
  }
});

const path = (identifier: string, end = "info.json", version = 3) =>
  `/iiif/${version}/${encodeURIComponent(identifier)}/${end}`;

const ends = ["info.json", "full/max/0/default.jpg", "0,0,32,32/32,32/0/default.jpg", "full/30,/0/gray.png"];

describe("an image", () => {
  it.each([
    ["plain", 200, "ok", "public, max-age=86400, stale-while-revalidate=86400"],
    ["stated", 200, "ok", "public, max-age=600"],
    ["closed", 403, "access-closed", "private, no-store"],
    ["signed", 403, "signature-required", "private, no-store"],
    ["lan", 403, "access-closed", "private, no-store"],
    ["loans/staff", 401, "login-required", "private, no-store"],
    ["loans/unrecorded", 403, "access-closed", "private, no-store"],
    ["embargoed", 403, "access-closed", "private, no-store"],
    ["over", 403, "access-closed", "private, no-store"],
  ])("that is %s is answered %i to anybody, in all ways to ask", async (identifier, status, code, kept) => {
    for (const end of ends) {
      for (const method of ["GET", "HEAD"]) {
        const headers = { Accept: "application/json", "If-None-Match": "*" };
        const answer = await ask(path(identifier, end), { method, headers });
        // Somebody who says that he has something is told so only if he may have it.
        expect([end, method, answer.status]).toEqual([end, method, status === 200 ? 304 : status]);
        if (status !== 200) expect(answer.headers.get("Cache-Control")).toBe(kept);
        if (status !== 200) expect(answer.headers.get("ETag")).toBeNull();
        if (status !== 200 && method === "GET") {
          const problem = JSON.parse(answer.text);
          expect(problem.code).toBe(code);
          // Nothing is told of its size.
          expect(Object.keys(problem).toSorted()).toEqual(["code", "detail", "status", "title", "type"]);
        }
      }
    }
    const picture = await ask(path(identifier, ends[1]));
    expect([picture.status, picture.headers.get("Cache-Control")]).toEqual([status, kept]);
  });

  it.each([
    "full/15,/0/gray.png?download",
    "square/10,10/90/default.jpg?x=%0d%0ay",
    "pct:0,0,50,50/10,/0/default.webp",
  ])("that all may see reduced leads to the same of the reduced one, if it has it: %s", async (end) => {
    const { status, headers } = await ask(path("small", end));
    const kept = headers.get("Cache-Control");
    expect([status, kept, headers.get("Location")]).toEqual([302, "private, no-store", `/iiif/3/small;max=20/${end}`]);
    expect((await ask(headers.get("Location") as string)).status).toBe(200);
  });

  it("that is hidden is answered as one that is not there", async () => {
    const told = async (identifier: string, end: string, accept: string) => {
      const { status, headers, text } = await ask(path(identifier, end), { headers: { Accept: accept } });
      // The tag is a digest of the name.
      return { status, text, headers: [...headers].filter(([name]) => name !== "cache-tag") };
    };
    for (const identifier of ["hidden", "vault/one", "vault/unrecorded"]) {
      for (const end of [...ends, "", "full/max"]) {
        for (const accept of ["*/*", "application/json"])
          expect(await told(identifier, end, accept)).toEqual(await told("nobody", end, accept));
      }
    }
    expect((await ask(path("hidden"))).status).toBe(404);
  });

  it("that is hidden is looked for as often as one that is not there", async () => {
    const calls = async (identifier: string) => {
      const reads = [vi.spyOn(env.MASTERS, "get"), vi.spyOn(env.MASTERS, "head"), vi.spyOn(env.CATALOGUE, "get")];
      const held = { MASTERS: env.MASTERS, CATALOGUE: env.CATALOGUE, MASTER_TTL_SECONDS: "60" };
      const counts: number[][] = [];
      // The first time nothing is held, the second all that can be.
      for (let time = 0; time < 3; time++) {
        for (const read of reads) read.mockClear();
        expect((await ask(path(identifier), { env: held })).status).toBe(404);
        counts.push(reads.map((read) => read.mock.calls.length));
      }
      vi.restoreAllMocks();
      return counts;
    };
    const [, ...unknown] = await calls("nobody-else");
    const [, ...hidden] = await calls("vault/one");
    expect(hidden).toEqual(unknown);
  });
});

describe("a network", () => {
  it.each([
    [{ "CF-Connecting-IP": "192.0.2.77" }, 200],
    [{ "CF-Connecting-IP": "2001:db8::7" }, 200],
    [{ "CF-Connecting-IP": "198.51.100.1" }, 403],
    [{ "X-Forwarded-For": "192.0.2.77" }, 403],
    [{ "X-Real-IP": "192.0.2.77" }, 403],
    [{ "CF-Connecting-IP": "198.51.100.1", "X-Forwarded-For": "192.0.2.77", "True-Client-IP": "192.0.2.77" }, 403],
    [{ "CF-Connecting-IP": "192.0.2.77, 198.51.100.1" }, 403],
  ])("is that of the connecting address alone: %j", async (headers, status) => {
    for (const end of ends) {
      const answer = await ask(path("lan", end), { headers });
      expect([answer.status, answer.headers.get("Cache-Control")]).toEqual([status, "private, no-store"]);
    }
  });
});

describe("a signed address", () => {
  const expires = Math.floor(Date.now() / 1000) + 3600;
  const sign = (identifier: string, given: object = {}) =>
    signImage({ identifier: identifierOf(identifier), expires, ...given }, secret);

  it("opens what is not closed, is repeated in info.json, and kept by nobody", async () => {
    for (const identifier of ["signed", "lan", "loans/staff", "plain"]) {
      const signed = await sign(identifier);
      for (const version of [2, 3]) {
        const info = await ask(path(signed, "info.json", version));
        expect([identifier, info.status, info.headers.get("Cache-Control")]).toEqual([
          identifier,
          200,
          "private, no-store",
        ]);
        const { id, "@id": idOfTwo } = JSON.parse(info.text);
        expect(id ?? idOfTwo).toBe(`https://images.example/iiif/${version}/${encodeURIComponent(signed)}`);
        const tile = await ask(`${new URL(id ?? idOfTwo).pathname}/0,0,32,32/32,32/0/default.jpg`);
        expect([tile.status, tile.headers.get("Cache-Control")]).toEqual([200, "private, no-store"]);
        // What names the picture to all does not let all in.
        expect(tile.headers.get("Link")).not.toMatch(/;sig=|%3Bsig%3D/);
      }
    }
  });

  it("does not open what is closed or hidden, or another image", async () => {
    expect((await ask(path(await sign("closed")))).status).toBe(403);
    expect((await ask(path(await sign("embargoed")))).status).toBe(403);
    expect((await ask(path(await sign("hidden")))).status).toBe(404);
    const other = (await sign("lan")).replace("lan", "signed");
    expect((await ask(path(other), { headers: { Accept: "application/json" } })).text).toContain("signature-invalid");
  });

  it("that is none is refused though the image is open, in full, with its reason", async () => {
    const good = await sign("plain");
    const late = await sign("plain", { expires: Math.floor(Date.now() / 1000) - 1 });
    for (const bad of [late, good.slice(0, -1), `${good}x`, good.replace("k1", "k9"), good.replace(/;exp=\d+/, "")]) {
      const answer = await ask(path(bad));
      expect([answer.status, answer.headers.get("Cache-Control")]).toEqual([403, "private, no-store"]);
      expect(answer.text).toContain("signature-invalid");
      expect(answer.text).not.toContain(good.slice(-20, -1));
    }
  });

  it("is not in the log", async () => {
    const lines: string[] = [];
    const spy = vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
    const signed = await sign("signed");
    const code = signed.slice(-22);
    const spelt = [...code].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join("");
    await ask(path(signed));
    await ask(path(signed).replace(code, spelt));
    await ask(path(signed).replace("sig", "%73%69g"));
    await ask(path(`${signed}x`));
    await ask(path(signed, "full/oops"));
    spy.mockRestore();
    expect(lines.filter((line) => line.includes('"path"')).length).toBe(5);
    for (const line of lines) {
      expect(line).not.toContain(code);
      expect(line).not.toContain(spelt);
    }
  });
});

describe("access that can't be decided", () => {
  beforeEach(() => void vi.restoreAllMocks());

  const failing = (key: RegExp, get: () => Promise<unknown>) => ({
    env: {
      CATALOGUE: { get: (asked: string) => (key.test(asked) ? get() : env.CATALOGUE.get(asked)) },
      STORAGE_TIMEOUT_SECONDS: "1",
    },
  });

  it.each([
    ["the record can't be read", failing(/^records/, () => Promise.reject(new Error("down")))],
    ["the record does not come", failing(/^records/, () => new Promise(() => undefined))],
    ["the rules can't be read", failing(/^rules/, () => Promise.reject(new Error("down")))],
    ["the rules do not come", failing(/^rules/, () => new Promise(() => undefined))],
  ])("is 503 where %s, for what was open before too", async (_, asking) => {
    for (const identifier of ["plain", "stated", "closed", "hidden", "nobody"]) {
      for (const end of ends.slice(0, 2)) {
        const answer = await ask(path(identifier, end), asking);
        expect([answer.status, answer.headers.get("Cache-Control")]).toEqual([503, "no-store"]);
        expect(answer.text).toContain("policy-unreadable");
      }
    }
  });

  it.each([
    "{",
    "[]",
    "null",
    '{"identifier":"other","metadata":[],"width":1,"height":1}',
    "x".repeat(300 << 10),
    '{"identifier":"damaged","metadata":[],"width":1,"height":1,"policy":{"acess":"closed"}}',
    '{"identifier":"damaged","metadata":[],"width":1,"height":1,"policy":[]}',
  ])("is 503 where the record is damaged: %.70s", async (record) => {
    await env.MASTERS.put("damaged", await makeTiff({ width: 60, height: 40, tile: 32 }));
    await env.CATALOGUE.put("records/damaged.json", record);
    expect((await ask(path("damaged", "full/max/0/default.jpg"))).text).toContain("policy-unreadable");
  });

  it.each([
    "{",
    "[]",
    '{"access":[{"match":"x","access":"opn"}]}',
    '{"access":[{"match":"x","access":"role:nobody"}]}',
    "x".repeat(300 << 10),
  ])("is 503 where the rules are damaged: %.50s", async (text) => {
    await env.CATALOGUE.put("rules.json", text);
    const answer = await ask(path("plain", "full/max/0/default.jpg"));
    await env.CATALOGUE.put("rules.json", JSON.stringify(rules));
    expect([answer.status, answer.text]).toEqual([503, expect.stringContaining("policy-unreadable")]);
  });

  it("is told in the log with what is wrong", async () => {
    const lines: string[] = [];
    const spy = vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
    await env.CATALOGUE.put("rules.json", '{"access":[{"match":"x","access":"opn"}]}');
    await ask(path("plain"));
    await env.CATALOGUE.put("rules.json", JSON.stringify(rules));
    spy.mockRestore();
    expect(lines.join("\n")).toContain('access.0.access: is \\"opn\\"');
  });
});

describe("what is known of a policy", () => {
  it("is trusted for MASTER_TTL_SECONDS, and no longer", async () => {
    const held = { env: { MASTER_TTL_SECONDS: "60" } };
    const record = (policy: object) =>
      JSON.stringify({ identifier: "later", metadata: [], width: 60, height: 40, policy });
    await env.MASTERS.put("later", await makeTiff({ width: 60, height: 40, tile: 32 }));
    await env.CATALOGUE.put("records/later.json", record({}));
    expect((await ask(path("later"), held)).status).toBe(200);
    await env.CATALOGUE.put("records/later.json", record({ access: "closed" }));
    expect((await ask(path("later"), held)).status).toBe(200);
    vi.spyOn(Date, "now").mockReturnValue(Date.now() + 60_000);
    expect((await ask(path("later"), held)).status).toBe(403);
    vi.restoreAllMocks();
  });

  it("takes no read of a warm image", async () => {
    const held = { env: { MASTER_TTL_SECONDS: "60", CATALOGUE: env.CATALOGUE } };
    await ask(path("stated", ends[2]), held);
    const get = vi.spyOn(env.CATALOGUE, "get");
    expect((await ask(path("stated", ends[2]), held)).timing).toMatchObject({ reads: "1", heads: "0" });
    expect(get).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
});
