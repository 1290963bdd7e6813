import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { CookieJar } from "../support/cookie-jar.ts";
import { type OidcServer, startOidcServer } from "../support/oidc-server.ts";
import { type Platform, startPlatform } from "../support/platform/platform.ts";
import { painting } from "../support/platform/traffic.ts";

const file = readFileSync(resolve(import.meta.dirname, `../../demo/masters/${painting}.tif`));
const viewer = "https://viewer.example";
const secret = "a-secret-of-some-thirty-two-letters";

const rules = {
  roles: {
    staff: { label: { en: "Staff" }, claims: ["@museum.example"] },
    readers: { label: { en: "Readers" }, claims: ["reading-room"] },
  },
};

let provider: OidcServer;
let platform: Platform;

beforeAll(async () => {
  provider = await startOidcServer();
  platform = await startPlatform({
    bundle: inject("bundle"),
    variables: {
      ACCESS_SECRET: `k1:${secret}`,
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: provider.clientId,
      OIDC_CLIENT_SECRET: provider.clientSecret,
      OIDC_SCOPE: "openid email groups",
    },
  });
  provider.serve(`${platform.url}/auth/callback`, {
    curator: { email: "curator@museum.example", email_verified: true, groups: [] },
    reader: { email: "reader@elsewhere.example", email_verified: true, groups: ["reading-room"] },
    passer: { email: "passer@elsewhere.example", email_verified: true, groups: [] },
  });
  const encode = (value: object) => new TextEncoder().encode(JSON.stringify(value));
  await platform.putRecord("rules.json", encode(rules));
  for (const [identifier, access] of [
    ["staff", "role:staff"],
    ["room", "role:readers"],
  ] as const) {
    await platform.putMaster(identifier, file);
    const record = { identifier, metadata: [], width: 10, height: 10, policy: { access } };
    await platform.putRecord(`records/${identifier}.json`, encode(record));
  }
});

afterAll(async () => {
  await platform.stop();
  provider.stop();
});

/** Signs in with the provider as somebody, and returns the page that follows. */
async function signIn(jar: CookieJar, user: string, path = `/auth/login/staff?origin=${encodeURIComponent(viewer)}`) {
  let page = await jar.follow(`${platform.url}${path}`);
  for (const prompt of ["login", "consent"]) {
    if (!page.url.startsWith(provider.issuer)) break;
    expect(page.text).toContain(`value="${prompt}"`);
    const action = /<form[^>]*action="([^"]+)"/.exec(page.text)?.[1] ?? "";
    page = await jar.send(new URL(action, page.url).href, { prompt, login: user, password: "any" });
  }
  return page;
}

const pixels = (jar: CookieJar, identifier: string) =>
  jar.ask(`${platform.url}/iiif/3/${identifier}/full/100,/0/default.jpg`);

const ticketOf = (text: string) => /name="ticket" value="([^"]+)"/.exec(text)?.[1] ?? "";

describe("a login with OpenID Connect", () => {
  it("lets in who has the role, from the info.json to pixels and a token", async () => {
    const jar = new CookieJar();
    const before = await jar.ask(`${platform.url}/iiif/3/staff/info.json`);
    expect(before.status).toBe(401);
    const { service } = (await before.json()) as { service: { service: { id: string }[] }[] };
    const login = service[0]?.service[0]?.id ?? "";
    expect(login).toBe(`${platform.url}/auth/login/staff`);
    expect((await pixels(jar, "staff")).status).toBe(401);
    const page = await signIn(jar, "curator");
    expect(page.url).toBe(`${platform.url}/auth/continue?role=staff&origin=${encodeURIComponent(viewer)}`);
    expect([page.status, page.text.includes(viewer)]).toEqual([200, true]);
    expect((await pixels(jar, "staff")).status).toBe(200);
    expect((await pixels(jar, "room")).status).toBe(401);
    const query = new URLSearchParams({ messageId: "1", origin: viewer });
    const token = async () => (await jar.ask(`${platform.url}/auth/token?${query}`)).text();
    // Nobody has gone on to the viewer yet.
    expect(await token()).toContain("invalidOrigin");
    const done = await jar.send(`${platform.url}/auth/continue`, { ticket: ticketOf(page.text) });
    expect([done.status, done.text.includes("close()")]).toEqual([200, true]);
    const told = /"accessToken":"([^"]+)"/.exec(await token())?.[1] ?? "";
    const probe = await fetch(`${platform.url}/auth/probe/3/staff`, { headers: { Authorization: `Bearer ${told}` } });
    const { status, location } = (await probe.json()) as { status: number; location: string };
    expect(status).toBe(302);
    // No cookie goes along from here on.
    expect((await fetch(`${location}/full/100,/0/default.jpg`)).status).toBe(200);
    await jar.follow(`${platform.url}/auth/logout`);
    expect((await pixels(jar, "staff")).status).toBe(401);
    expect(JSON.stringify(platform.log)).not.toMatch(new RegExp(`${told.slice(-20)}|code=|${secret}`));
  });

  it("lets in by groups, and says to others that they have not the role", async () => {
    const reader = new CookieJar();
    const page = await signIn(reader, "reader", "/auth/login/readers");
    expect(page.status).toBe(200);
    expect([(await pixels(reader, "room")).status, (await pixels(reader, "staff")).status]).toEqual([200, 401]);
    const passer = new CookieJar();
    const refused = await signIn(passer, "passer");
    expect([refused.status, refused.text.includes("You are not let in")]).toEqual([403, true]);
    expect((await pixels(passer, "staff")).status).toBe(401);
  });

  it("ends in the browser in which it was begun, and once", async () => {
    const jar = new CookieJar();
    const begun = await jar.ask(`${platform.url}/auth/login/staff`);
    const state = new URL(begun.headers.get("Location") ?? "").searchParams.get("state") ?? "";
    const back = `${platform.url}/auth/callback?${new URLSearchParams({ code: "x", state, iss: provider.issuer })}`;
    const stranger = await new CookieJar().follow(back);
    expect([stranger.status, stranger.text.includes("not begun in this browser")]).toEqual([403, true]);
    // A code that the provider has not given.
    expect((await jar.follow(back)).text).toContain("ended before");
    const other = await jar.follow(back.replace(state, "another"));
    expect([other.status, other.text.includes("does not belong to this login")]).toEqual([403, true]);
  });

  it("leads to no other site, whatever it is asked", async () => {
    for (const query of [
      "?origin=//evil.example",
      "?origin=https://evil.example/x",
      "?return=https://evil.example&next=//evil.example",
    ]) {
      const answer = await new CookieJar().ask(`${platform.url}/auth/login/staff${query}`);
      expect(answer.headers.get("Location") ?? provider.issuer).toMatch(new RegExp(`^${provider.issuer}`));
      expect(answer.headers.get("Location") ?? "").not.toContain("evil");
    }
  });
});
