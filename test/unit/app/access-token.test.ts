import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Hono } from "hono";
import { sign } from "hono/jwt";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AccessGround, readAccessToken } from "../../../src/app/access-token.ts";
import type { Door } from "../../../src/app/door.ts";
import { createApp } from "../../../src/app.ts";
import { platformClock } from "../../../src/timers.ts";
import { codeOfAsync } from "../../support/code-of.ts";

const audience = "a1b2c3d4e5f6a7b8";
const rsa = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
};

/** Makes the keys of a team, as Access has them. */
async function makeKeys(kid: string) {
  const pair = (await crypto.subtle.generateKey(rsa, true, ["sign", "verify"])) as CryptoKeyPair;
  const jwk = async (key: CryptoKey) => ({ ...(await crypto.subtle.exportKey("jwk", key)), kid, alg: "RS256" });
  return { own: await jwk(pair.privateKey), shown: await jwk(pair.publicKey) };
}

let server: Server;
let issuer: string;
let team: Awaited<ReturnType<typeof makeKeys>>;
let other: Awaited<ReturnType<typeof makeKeys>>;
let ground: AccessGround;
let asked = 0;
let answer: (send: (status: number, body: string) => void) => void;

beforeAll(async () => {
  [team, other] = await Promise.all([makeKeys("team"), makeKeys("other")]);
  server = createServer((request, response) => {
    asked += 1;
    const isKeys = request.url === "/cdn-cgi/access/certs";
    answer((status, body) => void response.writeHead(isKeys ? status : 404).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  ground = { isolate: { accessKeys: undefined }, clock: platformClock };
  answer = (send) => send(200, JSON.stringify({ keys: [{ kty: "EC", kid: "x" }, team.shown], public_cert: {} }));
});
afterEach(() => {
  asked = 0;
});

const now = () => Math.floor(Date.now() / 1000);

/** A token as Access signs it, with some of its claims changed. */
function tokenOf(changes: Readonly<Record<string, unknown>> = {}, key: object = team.own): Promise<string> {
  const claims = { iss: issuer, aud: [audience], iat: now(), nbf: now(), exp: now() + 60, type: "app", ...changes };
  return sign({ email: "curator@example.org", ...claims } as never, key as never, "RS256");
}

const read = async (token: string | Promise<string>) => readAccessToken(await token, { issuer, audience }, ground);

const nameOf = async (token: string | Promise<string>) => {
  const found = await read(token);
  return found.kind === "named" ? found.who.name : undefined;
};

describe("a token of Cloudflare Access", () => {
  it("names whom its team let in, and has the keys read once", async () => {
    expect(await nameOf(tokenOf())).toBe("curator@example.org");
    expect(await nameOf(tokenOf({ email: undefined, common_name: "robot.access" }))).toBe("robot.access");
    expect(await nameOf(tokenOf({ email: undefined }))).toBe("service token");
    expect(asked).toBe(1);
  });

  it.each([
    ["is for another application", () => tokenOf({ aud: ["another"] })],
    ["is of another team", () => tokenOf({ iss: "https://another.cloudflareaccess.com" })],
    ["has had its time", () => tokenOf({ exp: now() - 61 })],
    ["has no end", () => tokenOf({ exp: undefined })],
    ["begins later", () => tokenOf({ nbf: now() + 90 })],
    ["is signed by a key of its own", () => tokenOf({}, { ...other.own, kid: "team" })],
    ["is signed by a key that the team does not have", () => tokenOf({}, other.own)],
    [
      "is signed by the public key as if it were a secret",
      () => sign({ iss: issuer, aud: audience, exp: now() + 60 }, JSON.stringify(team.shown), "HS256"),
    ],
    ["is changed", async () => (await tokenOf()).replace(/\.[^.]+\./, `.${btoa('{"email":"x"}').replace(/=/g, "")}.`)],
    ["is not signed", async () => `${btoa('{"alg":"none","kid":"team"}').replace(/=/g, "")}.e30.`],
    ["is none", async () => "curator@example.org"],
    ["is empty", async () => ""],
  ])("names nobody where it %s", async (_, token) => {
    expect(await nameOf(token())).toBeUndefined();
  });

  it("may be a minute late or early, and says why it is refused beyond", async () => {
    expect(await nameOf(tokenOf({ exp: now() - 30, nbf: now() - 90 }))).toBe("curator@example.org");
    expect(await nameOf(tokenOf({ nbf: now() + 30, iat: now() + 30 }))).toBe("curator@example.org");
    expect(await read(tokenOf({ exp: now() - 90 }))).toEqual({ kind: "refused", why: "has expired" });
    expect(await read(tokenOf({ nbf: now() + 90 }))).toEqual({ kind: "refused", why: "is not valid yet" });
  });

  it("says which groups somebody is in, where it says so", async () => {
    const groupsOf = async (claims: object) => {
      const found = await read(tokenOf({ ...claims }));
      return found.kind === "named" ? found.who.groups : undefined;
    };
    expect(await groupsOf({})).toEqual([]);
    expect(await groupsOf({ groups: ["staff"] })).toEqual(["staff"]);
    expect(await groupsOf({ custom: { groups: [{ id: "1", name: "Readers" }] } })).toEqual(["Readers", "1"]);
  });

  it("opens the administration, and to no form of another site", async () => {
    const admin = new Hono<Door>().all("/who", (c) => c.text(c.get("operator")));
    const config = { prefix: "/iiif", accessAudience: audience, accessIssuer: issuer };
    const ask = async (headers: Readonly<Record<string, string>>, method = "GET") => {
      const request = new Request("https://images.example/admin/who", { method, headers });
      const door = { services: { config, ...ground }, fail: () => new Response() } as unknown as Door["Bindings"];
      const response = await createApp({ admin }).fetch(request, door);
      return [response.status, await response.text()];
    };
    const shown = { "Cf-Access-Jwt-Assertion": await tokenOf() };
    expect(await ask(shown)).toEqual([200, "curator@example.org"]);
    expect((await ask({ "Cf-Access-Jwt-Assertion": "x.y.z" }))[0]).toBe(403);
    expect((await ask({}))[0]).toBe(403);
    const form = { ...shown, "Content-Type": "text/plain" };
    expect((await ask({ ...form, Origin: "https://elsewhere.example" }, "POST"))[0]).toBe(403);
    expect((await ask({ ...form, Origin: "https://images.example" }, "POST"))[0]).toBe(200);
    expect((await ask({ ...shown, "Content-Type": "application/json" }, "POST"))[0]).toBe(200);
  });

  it("is checked with keys that have come since, which are asked for once a minute", async () => {
    await nameOf(tokenOf());
    answer = (send) => send(200, JSON.stringify({ keys: [team.shown, other.shown] }));
    expect([await nameOf(tokenOf({}, other.own)), asked]).toEqual([undefined, 1]);
    ground = { ...ground, clock: { ...platformClock, now: () => Date.now() + 61_000 } };
    expect([await nameOf(tokenOf({}, other.own)), asked]).toEqual(["curator@example.org", 2]);
  });

  it.each([
    ["fails", () => (answer = (send) => send(500, ""))],
    ["redirects", () => (answer = (send) => send(302, ""))],
    ["answers something else", () => (answer = (send) => send(200, "<html>"))],
    ["answers too much", () => (answer = (send) => send(200, " ".repeat(1 << 17)))],
  ])("lets nobody in while its team %s", async (_, change) => {
    change();
    expect(await codeOfAsync(nameOf(tokenOf()))).toBe("storage-failed");
  });
});
