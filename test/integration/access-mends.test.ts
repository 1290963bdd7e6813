import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { moveKey } from "../../src/catalogue/moved.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { type Asking, ask as askService } from "../support/service.ts";
import { cookieFor, lettingIn } from "../support/visitors.ts";

const held = { ...lettingIn, MASTER_TTL_SECONDS: "60" };
const ask = (path: string, { env: changed, ...asking }: Asking = {}) =>
  askService(path, { ...asking, env: { ...lettingIn, ...changed } });
const record = (identifier: string, policy?: object, others: object = {}) =>
  env.CATALOGUE.put(
    `records/${identifier}.json`,
    JSON.stringify({ identifier, metadata: [], width: 60, height: 40, ...(policy && { policy }), ...others }),
  );
const form = { width: 60, height: 40, tile: 32 } as const;

beforeAll(async () => {
  const rules = {
    access: [{ match: "loans/**", access: "role:staff" }],
    roles: { staff: { label: { en: "Staff" }, claims: ["@museum.example"] } },
  };
  await env.CATALOGUE.put("rules.json", JSON.stringify(rules));
  await env.MASTERS.put("loans/a", await makeTiff(form));
  await record("loans/a");
});

describe("an image that was looked for before it was there", () => {
  it.each([
    ["closed", 403],
    ["hidden", 404],
  ])("is %s from its first answer on, though it was known that it has no record", async (access, status) => {
    const identifier = `new-${access}`;
    expect((await ask(`/iiif/3/${identifier}/info.json`, { env: held })).status).toBe(404);
    await record(identifier, { access });
    await env.MASTERS.put(identifier, await makeTiff(form));
    for (const end of ["full/max/0/default.jpg", "info.json", "0,0,32,32/max/0/default.tif"])
      expect((await ask(`/iiif/3/${identifier}/${end}`, { env: held })).status).toBe(status);
  });

  it("has its faults told to those alone who may see it, from the first on", async () => {
    const staff = { headers: await cookieFor({ roles: ["staff"] }), env: held };
    expect((await ask("/iiif/3/new-role/info.json", staff)).status).toBe(404);
    await record("new-role", { access: "role:staff" });
    await env.MASTERS.put("new-role", await makeTiff(form));
    const answer = await ask("/iiif/3/new-role/9999,0,9,9/max/0/default.jpg", staff);
    expect([answer.status, answer.headers.get("Cache-Control")]).toEqual([400, "private, no-store"]);
  });

  /** How many looks at its record an image without one takes, whose master was stored so many seconds ago. */
  async function looksAt(identifier: string, secondsAgo: number): Promise<number> {
    await env.MASTERS.put(identifier, await makeTiff(form));
    const asked: string[] = [];
    const catalogue = {
      get(key: string) {
        asked.push(key);
        return env.CATALOGUE.get(key);
      },
    };
    const masters = {
      async get(key: string, options: R2GetOptions) {
        const found = await env.MASTERS.get(key, options);
        const uploaded = { value: new Date(Date.now() - 1000 * secondsAgo) };
        return found && Object.create(found, { uploaded, bytes: { value: () => (found as R2ObjectBody).bytes() } });
      },
    };
    const stored = { ...held, CATALOGUE: catalogue, MASTERS: masters };
    for (let time = 0; time < 3; time++)
      expect((await ask(`/iiif/3/${identifier}/info.json`, { env: stored })).status).toBe(200);
    return asked.filter((key) => key.startsWith("records/")).length;
  }

  it("is opened with one more look at its record, and not again while that is trusted", async () => {
    expect(await looksAt("unrecorded", 0)).toBe(2);
  });

  it("is opened with one look where its master was stored long before: its record would have been there", async () => {
    expect(await looksAt("settled", 90)).toBe(1);
    expect(await looksAt("hardly-settled", 30)).toBe(2);
  });
});

describe("what goes wrong with what only some may see", () => {
  it.each([
    "loans%2Fa/9999,0,9,9/max/0/default.jpg",
    "loans%2Fa/full/9999,/0/default.jpg",
    "loans%2Fa;page=7/info.json",
    "loans%2Fa;page=7/full/max/0/default.jpg",
  ])("is told to them alone: %s", async (path) => {
    const answer = await ask(`/iiif/3/${path}`, { headers: await cookieFor({ roles: ["staff"] }) });
    expect([400, 404]).toContain(answer.status);
    expect(answer.headers.get("Cache-Control")).toBe("private, no-store");
  });

  // 90 s are more than the 60 that such an answer is kept for, and less than these and those while it is asked for again.
  it.each([20, 90])("is kept for no longer than what can be seen: %i s", async (left) => {
    await env.MASTERS.put("ending", await makeTiff(form));
    await record("ending", { openUntil: new Date(Date.now() + 1000 * left).toISOString().replace(/\.\d+Z/, "Z") });
    const answer = await ask("/iiif/3/ending/9999,0,9,9/max/0/default.jpg");
    const [, seconds] = /^public, max-age=(\d+)$/.exec(answer.headers.get("Cache-Control") ?? "") ?? [];
    expect(answer.status).toBe(400);
    expect(Number(seconds)).toBeLessThanOrEqual(Math.min(left, 60));
    expect(Number(seconds)).toBeGreaterThan(0);
  });
});

describe("an image that has moved to one that is hidden", () => {
  it("is told of as one that is not there", async () => {
    await env.MASTERS.put("gone-under", await makeTiff(form));
    await record("gone-under", { access: "hidden" });
    await env.CATALOGUE.put(moveKey("former"), JSON.stringify({ identifier: "former", to: "gone-under" }));
    for (const path of ["/iiif/3/former/info.json", "/iiif/3/former/full/max/0/default.jpg", "/view/former"]) {
      const { status, text } = await ask(path);
      expect(status).toBe(404);
      expect(text).not.toContain("gone-under");
    }
  });
});

describe("a policy", () => {
  it("that stands beside its place is not taken for none", async () => {
    await env.MASTERS.put("slipped", await makeTiff(form));
    await record("slipped", undefined, { access: "closed" });
    expect((await ask("/iiif/3/slipped/info.json")).text).toContain("policy-unreadable");
  });

  it("with rectangles is that of the first page: the others are closed", async () => {
    await env.MASTERS.put("leaves", await makeTiff({ ...form, pages: [{ width: 30, height: 20, tile: 32 }] }));
    await record("leaves", { redactions: [[0, 0, 20, 20]] });
    expect((await ask("/iiif/3/leaves/info.json")).status).toBe(200);
    expect((await ask("/iiif/3/leaves;page=1/info.json")).status).toBe(200);
    for (const end of ["info.json", "full/max/0/default.jpg"])
      expect((await ask(`/iiif/3/leaves;page=2/${end}`)).text).toContain("access-closed");
  });
});

describe("an image that is hidden", () => {
  it("is answered under a rule as one there that is not there", async () => {
    await env.MASTERS.put("loans/secret", await makeTiff(form));
    await record("loans/secret", { access: "hidden" });
    const told = async (identifier: string, end: string, headers: Readonly<Record<string, string>>) => {
      const { status, text, headers: answered } = await ask(`/iiif/3/${identifier}/${end}`, { headers });
      return { status, text, kept: answered.get("Cache-Control") };
    };
    for (const headers of [{}, await cookieFor({ roles: ["staff"] })]) {
      for (const end of ["info.json", "full/max/0/default.jpg", "0,0,8,8/max/0/default.jpg"])
        expect(await told("loans%2Fsecret", end, headers)).toEqual(await told("loans%2Fnothing", end, headers));
    }
  });

  it("does not betray itself by what is redacted on it", async () => {
    await env.MASTERS.put("quiet", await makeTiff({ ...form, pages: [{ width: 30, height: 20, tile: 32 }] }));
    await record("quiet", { access: "hidden", redactions: [[0, 0, 9, 9]] });
    for (const page of ["", ";page=1", ";page=2", ";page=3"])
      expect((await ask(`/iiif/3/quiet${page}/info.json`)).status).toBe(404);
  });
});
