import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { signToken } from "../../src/access/visitor.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { type Asking, ask as askService } from "../support/service.ts";
import { accessSecret, cookieFor, lettingIn, siteOf, visitorOf } from "../support/visitors.ts";

const rules = {
  access: [{ match: "room/**", access: "network:lan" }],
  networks: { lan: ["192.0.2.0/24"] },
  roles: {
    staff: { label: { en: "Staff", de: "Personal" }, heading: { en: "Staff only" }, claims: ["@museum.example"] },
    donors: { label: { en: "Donors" }, claims: ["donors"], login: "external" },
  },
  clicks: { terms: { label: { en: "Terms", de: "Bedingungen" }, note: { en: "Be <kind>." }, confirm: { en: "Yes" } } },
};

const policies: Readonly<Record<string, object>> = {
  open: {},
  staff: { access: "role:staff" },
  donors: { access: "role:donors" },
  both: { access: "role:staff|donors" },
  terms: { access: "click:terms" },
  small: { access: "role:staff", publicSize: 20 },
  closed: { access: "closed" },
  hidden: { access: "hidden" },
  lan: { access: "network:lan" },
  soon: { access: "role:staff" },
  // A rule and the record state something each.
  "room/staff": { access: "role:staff" },
  "room/print": { access: "role:staff", publicSize: 20 },
};

const base = "https://images.example";
const viewer = "https://viewer.example";

const ask = (path: string, { env: changed, ...asking }: Asking = {}) =>
  askService(path, { ...asking, env: { ...lettingIn, ...changed } });

beforeAll(async () => {
  const file = await makeTiff({ width: 60, height: 40, tile: 32, levels: 2 });
  await env.CATALOGUE.put("rules.json", JSON.stringify(rules));
  for (const [identifier, policy] of Object.entries(policies)) {
    await env.MASTERS.put(identifier, file);
    const record = { identifier, metadata: [], width: 60, height: 40, policy };
    await env.CATALOGUE.put(`records/${identifier}.json`, JSON.stringify(record));
  }
});

const bearerFor = async (changes: Parameters<typeof visitorOf>[0] = {}, now = Date.now()) => ({
  Authorization: `Bearer ${await signToken(visitorOf(changes), { reader: "own", secret: accessSecret, now })}`,
});

const info = async (identifier: string, asking: Asking = {}, version = 3) => {
  const answer = await ask(`/iiif/${version}/${identifier}/info.json`, asking);
  return { ...answer, json: JSON.parse(answer.text) };
};

const probe = async (identifier: string, asking: Asking = {}, version = 3) => {
  const answer = await ask(`/auth/probe/${version}/${identifier}`, asking);
  return { ...answer, json: JSON.parse(answer.text) };
};

const pixels = (identifier: string, asking: Asking = {}) =>
  ask(`/iiif/3/${identifier}/0,0,32,32/32,32/0/default.jpg`, asking);

describe("the info.json of an image that people are let in to", () => {
  it("is whole under 401, with the services of both versions and the context first", async () => {
    const { status, headers, json } = await info("staff");
    expect([status, headers.get("Cache-Control"), headers.get("ETag")]).toEqual([401, "private, no-store", null]);
    expect(headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(json["@context"]).toEqual([
      "http://iiif.io/api/auth/2/context.json",
      "http://iiif.io/api/image/3/context.json",
    ]);
    expect([json.type, json.width, json.height]).toEqual(["ImageService3", 60, 40]);
    const [second, first] = json.service;
    expect(second).toMatchObject({ id: `${base}/auth/probe/3/staff`, type: "AuthProbeService2" });
    expect(second).not.toHaveProperty("@context");
    expect(second.service).toHaveLength(1);
    expect(second.service[0]).toMatchObject({
      id: `${base}/auth/login/staff`,
      type: "AuthAccessService2",
      profile: "active",
      label: { en: ["Staff"], de: ["Personal"] },
      heading: { en: ["Staff only"] },
    });
    const [token, logout] = second.service[0].service;
    expect(token).toMatchObject({ id: `${base}/auth/token`, type: "AuthAccessTokenService2" });
    expect(logout).toMatchObject({ id: `${base}/auth/logout`, type: "AuthLogoutService2" });
    expect(logout.label.en).toHaveLength(1);
    expect(first).toMatchObject({
      "@context": "http://iiif.io/api/auth/1/context.json",
      "@id": `${base}/auth/login/staff`,
      profile: "http://iiif.io/api/auth/1/login",
      label: "Staff",
    });
    expect(first.service.map((one: object) => (one as { profile: string }).profile)).toEqual([
      "http://iiif.io/api/auth/1/token",
      "http://iiif.io/api/auth/1/logout",
    ]);
  });

  it("has the context within the services in 2.1", async () => {
    const { status, json } = await info("staff", {}, 2);
    expect([status, json["@context"]]).toEqual([401, "http://iiif.io/api/image/2/context.json"]);
    expect(json.service[0]).toMatchObject({
      "@context": "http://iiif.io/api/auth/2/context.json",
      id: `${base}/auth/probe/2/staff`,
    });
  });

  it("is answered under 200 where that is configured, with the same body", async () => {
    const lenient = await info("staff", { env: { AUTH_INFO_STATUS: "200" } });
    expect([lenient.status, lenient.headers.get("Cache-Control")]).toEqual([200, "private, no-store"]);
    expect(lenient.headers.get("WWW-Authenticate")).toBeNull();
    expect(lenient.text).toBe((await info("staff")).text);
  });

  it("names a notice a login in 1.0, and says what its button says", async () => {
    const { json } = await info("terms");
    expect(json.service[1]).toMatchObject({
      "@id": `${base}/auth/click/terms`,
      profile: "http://iiif.io/api/auth/1/login",
      description: "Be <kind>.",
      confirmLabel: "Yes",
    });
    expect(json.service[0].service[0]).toMatchObject({ id: `${base}/auth/click/terms`, profile: "active" });
  });

  it("offers no login where the public has none, and what needs no action first", async () => {
    const alone = (await info("donors")).json.service;
    expect(alone[0].service[0].profile).toBe("external");
    expect(alone[0].service[0]).not.toHaveProperty("id");
    expect(alone[1].profile).toBe("http://iiif.io/api/auth/1/external");
    expect(alone[1]).not.toHaveProperty("@id");
    const both = (await info("both")).json.service;
    expect(both[0].service.map((one: object) => (one as { profile: string }).profile)).toEqual(["external", "active"]);
    expect(both).toHaveLength(3);
  });

  it("is the full one to who shows the cookie or a token, and kept by nobody", async () => {
    for (const headers of [await cookieFor({ roles: ["staff"] }), await bearerFor({ roles: ["staff"] })]) {
      for (const identifier of ["staff", "small"]) {
        const { status, headers: sent, json } = await info(identifier, { headers });
        expect([status, sent.get("Cache-Control")]).toEqual([200, "private, no-store"]);
        expect([json.width, json.id]).toEqual([60, `${base}/iiif/3/${identifier}`]);
        expect(json.service[0].type).toBe("AuthProbeService2");
      }
    }
  });

  it("leads to that of the reduced image, which has the services of 1.0 alone and is open", async () => {
    const { status, headers } = await ask("/iiif/3/small/info.json");
    expect([status, headers.get("Location"), headers.get("Cache-Control")]).toEqual([
      302,
      "/iiif/3/small;max=20/info.json",
      "private, no-store",
    ]);
  });

  it.each(["closed", "lan"])("is 403 where a login does not help: %s", async (identifier) => {
    const { status, json } = await info(identifier, { headers: { Accept: "application/json" } });
    expect([status, json.code]).toEqual([403, "access-closed"]);
    expect(json).not.toHaveProperty("width");
  });

  it("says nothing of services where nobody can be let in", async () => {
    const accept = { Accept: "application/json" };
    const without = await info("staff", { headers: accept, env: { LOGIN_AUDIENCE: "" } });
    expect([without.status, without.json.code]).toEqual([401, "login-required"]);
    expect((await info("terms", { headers: accept, env: { ACCESS_SECRET: "" } })).json.code).toBe("login-required");
    expect((await info("open")).json).not.toHaveProperty("service");
  });
});

describe("the pixels of an image that people are let in to", () => {
  it("are shown to who shows the cookie, and kept by nobody", async () => {
    const headers = await cookieFor({ roles: ["staff"], clicks: ["terms"] });
    for (const identifier of ["staff", "terms", "small", "both"]) {
      const { status, headers: sent } = await pixels(identifier, { headers });
      expect([identifier, status, sent.get("Cache-Control")]).toEqual([identifier, 200, "private, no-store"]);
    }
    expect((await pixels("donors", { headers })).status).toBe(401);
    expect((await pixels("closed", { headers })).status).toBe(403);
  });

  it("are shown to no token, whichever way it is shown", async () => {
    const { Authorization } = await bearerFor({ roles: ["staff"] });
    const token = Authorization.replace("Bearer ", "");
    expect((await pixels("staff", { headers: { Authorization } })).status).toBe(401);
    expect((await pixels("staff", { headers: { Cookie: `__Host-tessera=${token}` } })).status).toBe(401);
    expect((await pixels("staff", { headers: { Cookie: `tessera=${token}` } })).status).toBe(401);
  });

  it("are shown to no cookie that was not made here for this, and open images to all of them", async () => {
    const { Cookie } = await cookieFor({ roles: ["staff"] });
    const value = Cookie.replace("other=1; __Host-tessera=", "");
    const [id, stated = "", signature] = value.split(".");
    const more = btoa(atob(stated.replaceAll("-", "+").replaceAll("_", "/")).replace("[]", '["terms"]')).replace(
      /=+$/,
      "",
    );
    const forged = [
      [id, stated, "x".repeat(43)],
      [id, more, signature],
      ["k2", stated, signature],
      [id, signature, stated],
      [id, stated],
      [id, stated, signature, "x"],
      [id, stated, signature?.slice(0, 22)],
    ].map((parts) => parts.join("."));
    const past = await cookieFor({ roles: ["staff"], until: Math.floor(Date.now() / 1000) - 1 });
    const lasting = await cookieFor({ roles: ["staff"], until: Math.floor(Date.now() / 1000) + 86_400 });
    const foreign = await cookieFor({ roles: ["staff"] }, { id: "k1", secret: "another-secret-of-some-more-letters" });
    const cookies = [...forged.map((one) => `__Host-tessera=${one}`), past.Cookie, lasting.Cookie, foreign.Cookie];
    for (const shown of cookies) {
      expect((await pixels("staff", { headers: { Cookie: shown } })).status).toBe(401);
      expect((await pixels("open", { headers: { Cookie: shown } })).status).toBe(200);
    }
    expect((await pixels("staff", { headers: { Cookie } })).status).toBe(200);
    // A new secret signs, and the former one counts until what it signed has lapsed.
    const rotated = { ACCESS_SECRET: `k2:another-secret-of-some-more-letters,${lettingIn.ACCESS_SECRET}` };
    expect((await pixels("staff", { headers: { Cookie }, env: rotated })).status).toBe(200);
  });
});

describe("a probe", () => {
  it("is answered under 200, to any origin, and kept by nobody", async () => {
    for (const identifier of Object.keys(policies)) {
      const { status, headers, json } = await probe(identifier);
      expect([status, headers.get("Cache-Control")]).toEqual([200, "private, no-store"]);
      expect(headers.get("Access-Control-Allow-Origin")).toBe("*");
      expect(headers.get("Access-Control-Allow-Credentials")).toBeNull();
      expect(json).toMatchObject({ "@context": "http://iiif.io/api/auth/2/context.json", type: "AuthProbeResult2" });
    }
    const options = await ask("/auth/probe/3/staff", { method: "OPTIONS", headers: { Origin: viewer } });
    expect(options.headers.get("Access-Control-Allow-Headers")).toMatch(/\bAuthorization\b/);
    expect((await ask("/auth/probe/3/staff", { method: "HEAD" })).status).toBe(200);
  });

  it.each([
    ["open", 200],
    ["staff", 401],
    ["terms", 401],
    ["small", 401],
    ["closed", 403],
    ["lan", 403],
    ["hidden", 404],
    ["nothing", 404],
  ])("says of %s to anybody: %i", async (identifier, status) => {
    const { json } = await probe(identifier);
    expect(json.status).toBe(status);
    if (status !== 200) expect([json.heading.en.length, json.note.en.length]).toEqual([1, 1]);
    expect(json).not.toHaveProperty("location");
  });

  it("says the same of an image that is hidden and of one that is not there", async () => {
    const [hidden, nothing] = [await probe("hidden"), await probe("nothing")];
    expect(hidden.text).toBe(nothing.text);
    expect([...hidden.headers]).toEqual([...nothing.headers]);
  });

  it("names the reduced image, which is open to all, where there is one", async () => {
    expect((await probe("small")).json.substitute).toEqual({
      id: `${base}/iiif/3/small;max=20`,
      type: "ImageService3",
    });
    expect((await probe("small", {}, 2)).json.substitute).toEqual({
      id: `${base}/iiif/2/small;max=20`,
      type: "ImageService2",
    });
    expect((await probe("staff")).json).not.toHaveProperty("substitute");
  });

  it("says 200 to who shows the cookie, or comes from the network", async () => {
    expect((await probe("staff", { headers: await cookieFor({ roles: ["staff"] }) })).json.status).toBe(200);
    expect((await probe("lan", { headers: { "CF-Connecting-IP": "192.0.2.7" } })).json.status).toBe(200);
  });

  it("leads who shows a token alone to a signed address, which shows the image for an hour", async () => {
    const { json } = await probe("staff", { headers: await bearerFor({ roles: ["staff"] }) });
    expect(json.status).toBe(302);
    const [, expires] =
      /^https:\/\/images\.example\/iiif\/3\/staff;exp=(\d+);sig=k1\.[\w-]{22}$/.exec(json.location) ?? [];
    const left = Number(expires) - Date.now() / 1000;
    expect(left > 3500 && left <= 3600).toBe(true);
    const shown = await ask(`${json.location.slice(base.length)}/info.json`);
    expect([shown.status, JSON.parse(shown.text).id]).toEqual([200, json.location]);
    expect(JSON.parse(shown.text)).not.toHaveProperty("service");
    expect((await ask(`${json.location.slice(base.length)}/full/max/0/default.jpg`)).status).toBe(200);
    // No longer than he is known.
    const until = Math.floor(Date.now() / 1000) + 600;
    const soon = await probe("staff", { headers: await bearerFor({ roles: ["staff"], until }) });
    expect(soon.json.location).toContain(`;exp=${until};`);
  });

  it("leads nobody to an address that would open a network from outside it", async () => {
    const inside = { "CF-Connecting-IP": "192.0.2.7" };
    const bearer = await bearerFor({ roles: ["staff"] });
    for (const identifier of ["room%2Fstaff", "room%2Fprint"]) {
      const { json } = await probe(identifier, { headers: { ...inside, ...bearer } });
      expect([json.status, json.location]).toEqual([403, undefined]);
      expect(json.note.en[0]).toContain("viewers on the site of the images");
      // Neither may stand for the other.
      expect((await probe(identifier, { headers: bearer })).json).toMatchObject({ status: 403 });
      expect((await probe(identifier, { headers: inside })).json.status).toBe(401);
      expect((await probe(identifier, { headers: bearer })).text).not.toContain("sig=");
      // A browser that sends its cookie from within sees it.
      const cookie = await cookieFor({ roles: ["staff"] });
      expect((await probe(identifier, { headers: { ...inside, ...cookie } })).json.status).toBe(200);
      expect((await pixels(identifier, { headers: { ...inside, ...cookie } })).status).toBe(200);
      expect((await pixels(identifier, { headers: cookie })).status).toBe(403);
    }
  });

  it("leads to an address that is good until something else counts, and no longer", async () => {
    const at = new Date(Math.ceil(Date.now() / 1000 + 600) * 1000).toISOString().replace(".000", "");
    const policy = { embargo: at, embargoAccess: "click:terms", access: "role:staff" };
    const record = { identifier: "soon", metadata: [], width: 60, height: 40, policy };
    await env.CATALOGUE.put("records/soon.json", JSON.stringify(record));
    const { json } = await probe("soon", { headers: await bearerFor({ clicks: ["terms"] }) });
    expect(json.location).toContain(`;exp=${Date.parse(at) / 1000};`);
  });

  it("says to who has signed in and has not the role that a login is in vain", async () => {
    expect((await probe("staff", { headers: await bearerFor({ roles: [] }) })).json.status).toBe(403);
    expect((await probe("staff", { headers: await bearerFor({ clicks: ["terms"] }) })).json.status).toBe(401);
    expect((await probe("terms", { headers: await bearerFor({ roles: ["staff"] }) })).json.status).toBe(401);
  });

  it("refuses a token with its reason: too old, not made for this, not whole", async () => {
    const noteFor = async (headers: Readonly<Record<string, string>>) => {
      const { json } = await probe("staff", { headers });
      expect([json.status, json.location]).toEqual([401, undefined]);
      return json.note.en[0];
    };
    expect(await noteFor(await bearerFor({ roles: ["staff"] }, Date.now() - 301_000))).toMatch(
      /The token has expired\.$/,
    );
    const { Cookie } = await cookieFor({ roles: ["staff"] });
    const cookie = Cookie.replace("other=1; __Host-tessera=", "");
    expect(await noteFor({ Authorization: `Bearer ${cookie}` })).toMatch(/not made here for this\.$/);
    expect(await noteFor({ Authorization: "Bearer x.y" })).toMatch(/not whole\.$/);
    expect(await noteFor({ Authorization: `Bearer ${"a".repeat(5000)}` })).toMatch(/not whole\.$/);
    const { Authorization } = await bearerFor({ roles: ["staff"] });
    // Somebody else's: whoever was let in again has a new one.
    expect(await noteFor({ Authorization, ...(await cookieFor({ nonce: "another" })) })).toMatch(
      /not made here for this\.$/,
    );
  });

  it("says what is wrong with an identifier, and that nobody knows now who may see an image", async () => {
    expect((await probe("%zz")).json.status).toBe(400);
    await env.CATALOGUE.put("records/broken.json", "{");
    await env.MASTERS.put("broken", "x");
    expect((await probe("broken")).json.status).toBe(503);
  });
});

describe("the token service", () => {
  /** Runs the script of a page as a browser would, and returns what it tells whom. */
  const told = (html: string) => {
    const script = /<script nonce="[\w-]{22}">(.*?)<\/script>/s.exec(html)?.[1] ?? "";
    const [, message, target] = /^parent\.postMessage\((\{.*\}), (".*")\)$/.exec(script) ?? [];
    return message === undefined ? undefined : { message: JSON.parse(message), target: JSON.parse(target ?? "null") };
  };

  const token = async (query: Readonly<Record<string, string>>, asking: Asking = {}) => {
    const answer = await ask(`/auth/token?${new URLSearchParams(query)}`, asking);
    return { ...answer, told: told(answer.text) };
  };

  it("tells a token to the origin that its user went on to, in a page that any site may frame", async () => {
    const headers = await cookieFor({ roles: ["staff"], sites: [siteOf(viewer, { roles: ["staff"] })] });
    const answer = await token({ messageId: "m1", origin: viewer }, { headers });
    expect([answer.status, answer.headers.get("Content-Type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(answer.headers.get("Cache-Control")).toBe("private, no-store");
    expect(answer.headers.get("Referrer-Policy")).toBe("no-referrer");
    expect(answer.headers.get("Content-Security-Policy")).toMatch(
      /^default-src 'none'; script-src 'nonce-[\w-]{22}'; base-uri 'none'; frame-ancestors \*$/,
    );
    expect(answer.headers.get("X-Frame-Options")).toBeNull();
    expect(answer.told?.target).toBe(viewer);
    expect(answer.told?.message).toMatchObject({
      "@context": "http://iiif.io/api/auth/2/context.json",
      type: "AuthAccessToken2",
      messageId: "m1",
      expiresIn: 300,
    });
    const accessToken: string = answer.told?.message.accessToken;
    expect(headers.Cookie).not.toContain(accessToken);
    const { json } = await probe("staff", { headers: { Authorization: `Bearer ${accessToken}` } });
    expect(json.status).toBe(302);
  });

  it.each([
    ["missingAspect", "missingCredentials", async () => ({})],
    ["expiredAspect", "invalidCredentials", () => cookieFor({ until: 1, sites: [siteOf(viewer)] })],
    ["invalidAspect", "invalidCredentials", async () => ({ Cookie: "__Host-tessera=x" })],
    [
      "invalidAspect",
      "invalidCredentials",
      async () => ({ Cookie: (await bearerFor()).Authorization.replace("Bearer ", "__Host-tessera=") }),
    ],
    ["invalidOrigin", "invalidOrigin", () => cookieFor({ sites: [siteOf("https://viewer.example.evil.example")] })],
    ["invalidOrigin", "invalidOrigin", () => cookieFor({ sites: [siteOf("https://viewer.example:8443")] })],
  ])("tells the origin why there is none, under 200: %s", async (profile, error, headers) => {
    const answer = await token({ messageId: "m1", origin: viewer }, { headers: await headers() });
    expect([answer.status, answer.told?.target]).toEqual([200, viewer]);
    expect(answer.told?.message).toMatchObject({ type: "AuthAccessTokenError2", messageId: "m1", profile, error });
    expect(answer.told?.message.heading.en).toHaveLength(1);
    expect(answer.text).not.toContain("accessToken");
  });

  it("gives tokens to the origins that the rules name, and to no others then", async () => {
    const changed = JSON.stringify({ ...rules, origins: [viewer] });
    await env.CATALOGUE.put("rules.json", changed);
    try {
      const here = await token({ messageId: "m", origin: viewer }, { headers: await cookieFor() });
      expect(here.told?.message.type).toBe("AuthAccessToken2");
      // They are trusted with all that he is: nobody goes on to them.
      const staff = await token({ messageId: "m", origin: viewer }, { headers: await cookieFor({ roles: ["staff"] }) });
      const headers = { Authorization: `Bearer ${staff.told?.message.accessToken}` };
      expect((await probe("staff", { headers })).json.status).toBe(302);
      const other = "https://other.example";
      const there = await token(
        { messageId: "m", origin: other },
        { headers: await cookieFor({ sites: [siteOf(other)] }) },
      );
      expect([there.told?.target, there.told?.message.profile]).toEqual([other, "invalidOrigin"]);
    } finally {
      await env.CATALOGUE.put("rules.json", JSON.stringify(rules));
    }
  });

  it("is unavailable where the rules can't be read, and where nothing is signed", async () => {
    vi.spyOn(console, "log").mockImplementation(() => undefined);
    await env.CATALOGUE.put("rules.json", "{");
    try {
      const answer = await token(
        { messageId: "m", origin: viewer },
        { headers: await cookieFor({ sites: [siteOf(viewer)] }) },
      );
      expect(answer.told?.message.profile).toBe("unavailable");
    } finally {
      await env.CATALOGUE.put("rules.json", JSON.stringify(rules));
      vi.restoreAllMocks();
    }
    expect(
      (await token({ messageId: "m", origin: viewer }, { env: { ACCESS_SECRET: "" } })).told?.message.profile,
    ).toBe("unavailable");
  });

  it.each([
    "",
    "*",
    "null",
    "viewer.example",
    "http://viewer.example",
    "https://viewer.example/",
    "https://viewer.example/path",
    "https://user@viewer.example",
    "https://VIEWER.example",
    "https://viewer.example\r\nSet-Cookie: a=b",
    'https://viewer.example");alert("x',
    "javascript:alert(1)",
    "data:text/html,x",
  ])("tells nothing to what is no origin: %j", async (origin) => {
    const answer = await token({ messageId: "m", origin }, { headers: await cookieFor({ sites: [siteOf(origin)] }) });
    expect([answer.status, answer.told]).toEqual([200, undefined]);
    expect(answer.text).not.toContain("<script");
    expect(answer.headers.get("Set-Cookie")).toBeNull();
  });

  it("writes into its script what nothing ends, whatever it was sent", async () => {
    const messageId = "</script><script>alert(1)</script>\u2028\u2029'\"\\<!--&";
    const answer = await token(
      { messageId, origin: viewer },
      { headers: await cookieFor({ sites: [siteOf(viewer)] }) },
    );
    expect(answer.text.match(/<script/g)).toHaveLength(1);
    expect(answer.text).not.toMatch(/[\u2028\u2029]|<!--/);
    expect(answer.told?.message.messageId).toBe(messageId);
    const long = await token({ messageId: "m".repeat(600), origin: viewer });
    expect(long.told?.message.profile).toBe("invalidRequest");
  });

  it("answers JSON to who waits for no message, which no page of another origin can read", async () => {
    const answer = await token({}, { headers: await cookieFor({ roles: ["staff"] }) });
    expect([answer.status, answer.headers.get("Content-Type")]).toEqual([200, "application/json"]);
    expect(answer.headers.get("Access-Control-Allow-Origin")).toBeNull();
    expect(JSON.parse(answer.text)).toMatchObject({ expiresIn: 300, accessToken: expect.any(String) });
    const missing = await token({});
    expect([missing.status, JSON.parse(missing.text).error]).toEqual([401, "missingCredentials"]);
    const foreign = await token({ origin: viewer }, { headers: await cookieFor() });
    expect([foreign.status, JSON.parse(foreign.text).error]).toEqual([403, "invalidOrigin"]);
  });
});

describe("a notice", () => {
  const html = { Accept: "text/html" };

  const open = async (
    query = `?origin=${encodeURIComponent(viewer)}`,
    headers: Readonly<Record<string, string>> = {},
  ) => {
    const answer = await ask(`/auth/click/terms${query}`, { headers: { ...html, ...headers } });
    const kept = answer.headers.get("Set-Cookie") ?? "";
    return { ...answer, kept, ticket: /name="ticket" value="([^"]+)"/.exec(answer.text)?.[1] ?? "" };
  };

  const send = (ticket: string, headers: Readonly<Record<string, string>>, path = "/auth/click/terms") =>
    ask(path, {
      method: "POST",
      headers: { ...html, "Content-Type": "application/x-www-form-urlencoded", ...headers },
      body: new URLSearchParams({ ticket }).toString(),
    });

  const shown = (kept: string, more = "") => ({ Cookie: `${kept.split(";")[0]}${more}`, Origin: base });

  it("is shown with a button, to no frame, without a script, and with what is said escaped", async () => {
    const { status, headers, text, kept } = await open();
    expect([status, headers.get("Cache-Control"), headers.get("Referrer-Policy")]).toEqual([
      200,
      "private, no-store",
      "no-referrer",
    ]);
    expect(headers.get("Content-Security-Policy")).toContain("frame-ancestors 'none'");
    expect(headers.get("Content-Security-Policy")).not.toContain("script-src");
    expect(headers.get("Access-Control-Allow-Origin")).toBeNull();
    expect(text).toContain("Be &lt;kind&gt;.");
    expect(text).toContain('<form action="/auth/click/terms" method="post">');
    expect(text).toContain(">Yes</button>");
    expect(text).toContain(`<strong dir="ltr">${viewer}</strong>`);
    expect(kept).toMatch(/^__Host-tessera-form=[\w-]{22}; Path=\/; Max-Age=3600; HttpOnly; SameSite=Lax; Secure$/);
  });

  it("is in the language that is wanted, as far as there are texts in it", async () => {
    const german = await open("", { "Accept-Language": "fr;q=0.2, de-AT, en;q=0.5" });
    expect(german.text).toContain('<h1 lang="de">Bedingungen</h1>');
    expect(german.text).toContain('lang="en" dir="auto">Be &lt;kind&gt;.');
    expect((await open("", { "Accept-Language": "zu" })).text).toContain('<h1 lang="en">Terms</h1>');
  });

  it("lets in who presses the button: pixels at once, and tokens for where he came from", async () => {
    const { ticket, kept } = await open();
    const accepted = await send(ticket, shown(kept));
    expect(accepted.status).toBe(200);
    expect(accepted.text).toMatch(/<script nonce="[\w-]{22}">close\(\)<\/script>/);
    const cookie = accepted.headers.get("Set-Cookie") ?? "";
    expect(cookie).toMatch(
      /^__Host-tessera=k1\.[\w-]+\.[\w-]{43}; Path=\/; Max-Age=28800; HttpOnly; SameSite=None; Secure$/,
    );
    const headers = { Cookie: cookie.split(";")[0] ?? "" };
    expect((await pixels("terms", { headers })).status).toBe(200);
    expect((await pixels("staff", { headers })).status).toBe(401);
    const query = new URLSearchParams({ messageId: "1", origin: viewer });
    expect((await ask(`/auth/token?${query}`, { headers })).text).toContain("AuthAccessToken2");
    const other = new URLSearchParams({ messageId: "1", origin: "https://evil.example" });
    expect((await ask(`/auth/token?${other}`, { headers })).text).toContain("invalidOrigin");
  });

  it("gives the site that it is accepted for no role, until somebody goes on to it with the role", async () => {
    const staff = (await cookieFor({ roles: ["staff"] })).Cookie.replace("other=1; ", "");
    const { ticket, kept } = await open();
    const accepted = await send(ticket, shown(kept, `; ${staff}`));
    const cookie = (accepted.headers.get("Set-Cookie") ?? "").split(";")[0] ?? "";
    const query = new URLSearchParams({ messageId: "1", origin: viewer });
    const statusWith = async (Cookie: string) => {
      const { text } = await ask(`/auth/token?${query}`, { headers: { Cookie } });
      const headers = { Authorization: `Bearer ${/"accessToken":"([^"]+)"/.exec(text)?.[1]}` };
      const probed = await Promise.all(["terms", "staff", "both"].map((identifier) => probe(identifier, { headers })));
      const full = await info("staff", { headers });
      return [...probed.map(({ json }) => json.status), full.status];
    };
    // A login is not in vain: it has not been told what he is.
    expect(await statusWith(cookie)).toEqual([302, 401, 401, 401]);
    expect((await pixels("staff", { headers: { Cookie: cookie } })).status).toBe(200);
    const path = `/auth/continue?role=staff&origin=${encodeURIComponent(viewer)}`;
    const page = await ask(path, { headers: { ...html, Cookie: cookie } });
    expect([page.text.includes("Staff only"), page.text.includes(`${viewer}</strong>`)]).toEqual([true, true]);
    const form = /name="ticket" value="([^"]+)"/.exec(page.text)?.[1] ?? "";
    const goingOn = shown(page.headers.get("Set-Cookie") ?? "", `; ${cookie}`);
    // Looking at the page is not going on.
    expect(await statusWith(cookie)).toEqual([302, 401, 401, 401]);
    const done = await send(form, goingOn, "/auth/continue");
    expect(await statusWith((done.headers.get("Set-Cookie") ?? "").split(";")[0] ?? "")).toEqual([302, 302, 302, 200]);
  });

  it("keeps the roles of who has signed in, for no longer", async () => {
    const until = Math.floor(Date.now() / 1000) + 600;
    const { Cookie } = await cookieFor({ roles: ["staff"], until });
    const { ticket, kept } = await open();
    const accepted = await send(ticket, shown(kept, `; ${Cookie.replace("other=1; ", "")}`));
    const headers = { Cookie: (accepted.headers.get("Set-Cookie") ?? "").split(";")[0] ?? "" };
    expect([(await pixels("staff", { headers })).status, (await pixels("terms", { headers })).status]).toEqual([
      200, 200,
    ]);
    const json = JSON.parse(atob(headers.Cookie.split(".")[1]?.replaceAll("-", "+").replaceAll("_", "/") ?? ""));
    expect(json[0]).toBe(until);
  });

  it.each([
    ["by another site", "sent by another site", (kept: string) => ({ ...shown(kept), Origin: "https://evil.example" })],
    [
      "by another site, as the browser says",
      "sent by another site",
      (kept: string) => ({ ...shown(kept), "Sec-Fetch-Site": "cross-site" }),
    ],
    [
      "by another browser",
      "not made for this browser",
      () => ({ Cookie: `__Host-tessera-form=${"x".repeat(22)}`, Origin: base }),
    ],
    ["by a browser that was shown nothing", "not made for this browser", () => ({ Origin: base })],
  ])("lets nobody in by a form that is sent %s", async (_, sentence, headersOf) => {
    const { ticket, kept } = await open();
    const answer = await send(ticket, headersOf(kept));
    expect(answer.status).toBe(403);
    expect(answer.text).toContain(sentence);
    expect(answer.headers.get("Set-Cookie")).toBeNull();
    expect(answer.headers.get("Content-Security-Policy")).toContain("frame-ancestors 'none'");
  });

  it("lets nobody in by a form that is not its own", async () => {
    const { ticket, kept } = await open();
    const [id, stated, signature] = ticket.split(".");
    for (const bad of [
      "",
      "x",
      `${id}.${stated}.${"A".repeat(43)}`,
      `${id}.${signature}.${stated}`,
      "x".repeat(5000),
    ]) {
      const answer = await send(bad, shown(kept));
      expect([answer.status, answer.headers.get("Set-Cookie")]).toEqual([403, null]);
    }
    expect((await send(ticket, shown(kept), "/auth/click/nothing")).status).toBe(403);
    expect((await send(ticket, shown(kept), "/auth/continue")).text).toContain("made for something else");
    expect((await send("x".repeat(10_000), shown(kept))).status).toBe(413);
  });

  it("is not there under another name, and takes no origin that is none", async () => {
    expect((await ask("/auth/click/nothing", { headers: html })).status).toBe(404);
    expect((await ask("/auth/click/terms", { headers: html, env: { ACCESS_SECRET: "" } })).status).toBe(404);
    for (const origin of [
      "http://viewer.example",
      "javascript:alert(1)",
      "https://a.example/b",
      "https://a.example\r\nX: 1",
    ]) {
      const { status, text } = await open(`?origin=${encodeURIComponent(origin)}`);
      expect([origin, status]).toEqual([origin, 400]);
      expect(text).not.toContain("<form action=");
    }
  });
});

describe("the login by Cloudflare Access", () => {
  it("lets nobody in by a header alone", async () => {
    for (const headers of [
      {},
      { "Cf-Access-Jwt-Assertion": "a.b.c" },
      { "Cf-Access-Authenticated-User-Email": "a@museum.example" },
    ]) {
      const answer = await ask("/auth/login/staff", { headers: { Accept: "text/html", ...headers } });
      expect([answer.status, answer.headers.get("Set-Cookie")]).toEqual([403, null]);
      expect(answer.text).toMatch(/token of Cloudflare Access (?:is missing|is none)/);
    }
  });
});

describe("signing out", () => {
  it("has the browser forget who was let in", async () => {
    const { status, headers, text } = await ask("/auth/logout", { headers: await cookieFor({ roles: ["staff"] }) });
    expect([status, headers.get("Set-Cookie")]).toEqual([
      200,
      "__Host-tessera=; Path=/; Max-Age=0; HttpOnly; SameSite=None; Secure",
    ]);
    expect(text).toContain("/cdn-cgi/access/logout");
  });
});

describe("all that lets people in", () => {
  it("writes nothing that was shown into the log", async () => {
    const lines: string[] = [];
    vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
    const { Cookie } = await cookieFor({ roles: ["staff"], sites: [siteOf(viewer, { roles: ["staff"] })] });
    const { Authorization } = await bearerFor({ roles: ["staff"] });
    const query = new URLSearchParams({ messageId: "1", origin: viewer });
    await ask(`/auth/token?${query}`, { headers: { Cookie } });
    await probe("staff", { headers: { Authorization } });
    await probe("staff", { headers: { Authorization: "Bearer k1.forged-token.of-somebody" } });
    await pixels("staff", { headers: { Cookie } });
    await ask("/auth/click/terms", { method: "POST", body: "ticket=k1.secret-ticket.x", headers: { Cookie } });
    vi.restoreAllMocks();
    expect(lines.length).toBeGreaterThan(4);
    const log = lines.join("\n");
    for (const secret of [Cookie.slice(-40), Authorization.slice(-40), "forged-token", "secret-ticket", ";sig="])
      expect(log).not.toContain(secret);
  });

  it("is refused without https, but on one's own machine", async () => {
    const { default: worker } = await import("../../src/worker.ts");
    const { createExecutionContext, waitOnExecutionContext } = await import("cloudflare:test");
    const statusAt = async (url: string) => {
      const context = createExecutionContext();
      const variables = { ...env, ...lettingIn, STATISTICS_SECONDS: "0" } as unknown as Env;
      const answer = await worker.fetch(new Request(url) as never, variables, context);
      await answer.text();
      await waitOnExecutionContext(context);
      return [answer.status, answer.headers.get("Set-Cookie")?.split("=")[0]];
    };
    expect(await statusAt("http://images.example/auth/click/terms")).toEqual([403, undefined]);
    expect(await statusAt("http://localhost:8787/auth/click/terms")).toEqual([200, "tessera-form"]);
  });
});
