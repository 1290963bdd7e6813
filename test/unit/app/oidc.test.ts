import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { sign } from "hono/jwt";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { beginLogin, endLogin } from "../../../src/app/oidc.ts";
import type { OidcGround } from "../../../src/app/oidc-server.ts";
import { platformClock } from "../../../src/timers.ts";
import { codeOfAsync } from "../../support/code-of.ts";

const rsa = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
};

async function makeKeys(kid: string) {
  const pair = (await crypto.subtle.generateKey(rsa, true, ["sign", "verify"])) as CryptoKeyPair;
  const jwk = async (key: CryptoKey) => ({ ...(await crypto.subtle.exportKey("jwk", key)), kid, alg: "RS256" });
  return { own: await jwk(pair.privateKey), shown: await jwk(pair.publicKey) };
}

interface Answer {
  readonly status?: number;
  readonly body: string;
}

let server: Server;
let ground: OidcGround;
let issuer: string;
let provider: Awaited<ReturnType<typeof makeKeys>>;
let other: Awaited<ReturnType<typeof makeKeys>>;
let answers: Record<string, () => Answer | Promise<Answer> | undefined>;
let asked: { path: string; body: string; authorization: string | undefined }[];

beforeAll(async () => {
  [provider, other] = await Promise.all([makeKeys("first"), makeKeys("other")]);
  server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    const path = request.url ?? "";
    asked.push({ path, body, authorization: request.headers.authorization });
    const answer = await answers[path]?.();
    // What is not answered hangs.
    if (answer === undefined && path in answers) return;
    response.writeHead(answer?.status ?? (answer === undefined ? 404 : 200), { "Content-Type": "application/json" });
    response.end(answer?.body ?? "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const configuration = (changes: object = {}) => ({
  issuer,
  authorization_endpoint: `${issuer}/auth`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/keys`,
  ...changes,
});

beforeEach(() => {
  asked = [];
  ground = {
    provider: {
      issuer,
      clientId: "tessera",
      clientSecret: "secret of the client",
      rolesClaim: "groups",
      scope: "openid email",
    },
    redirectUri: "https://images.example/auth/callback",
    clock: platformClock,
    isolate: { loginProvider: undefined },
  };
  answers = {
    "/.well-known/openid-configuration": () => ({ body: JSON.stringify(configuration()) }),
    "/keys": () => ({ body: JSON.stringify({ keys: [provider.shown] }) }),
  };
});

const now = () => Math.floor(Date.now() / 1000);

/** Begins a login and comes back from it, with a token and a way back that a test has changed. */
async function login({
  claims = {},
  key = provider.own,
  back = {},
  token,
}: {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly key?: object;
  readonly back?: Readonly<Record<string, string>>;
  readonly token?: Answer;
} = {}) {
  const { begun } = await beginLogin(ground);
  const stated = { iss: issuer, aud: "tessera", sub: "1", nonce: begun.nonce, iat: now(), exp: now() + 60, ...claims };
  const idToken = await sign(stated as never, key as never, "RS256");
  const body = JSON.stringify({ access_token: "opaque", token_type: "Bearer", id_token: idToken });
  answers["/token"] = () => token ?? { body };
  const query = new URLSearchParams({ code: "a-code", state: begun.state, ...back });
  return endLogin(ground, { url: new URL(`https://images.example/auth/callback?${query}`), begun });
}

const messageOf = (work: Promise<unknown>) =>
  work.then(
    () => "",
    (error: Error) => error.message,
  );

describe("a login with a provider", () => {
  it("sends people there with all that binds the answer to them", async () => {
    const { uri, begun } = await beginLogin(ground);
    const { searchParams, origin, pathname } = new URL(uri);
    expect(origin + pathname).toBe(`${issuer}/auth`);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      client_id: "tessera",
      redirect_uri: "https://images.example/auth/callback",
      response_type: "code",
      scope: "openid email",
      state: begun.state,
      nonce: begun.nonce,
      code_challenge_method: "S256",
    });
    expect(uri).not.toContain(begun.verifier);
    expect((await beginLogin(ground)).begun.state).not.toBe(begun.state);
  });

  it("says what somebody is known by, and shows the secret and the verifier for it", async () => {
    const claims = await login({ claims: { email: "a@museum.example", groups: ["staff", { name: "Readers" }] } });
    expect(claims).toEqual({ email: "a@museum.example", groups: ["staff", "Readers"] });
    const sent = asked.find(({ path }) => path === "/token");
    expect(sent?.body).toMatch(/code_verifier=[\w-]{43}/);
    expect(sent?.authorization).toMatch(/^Basic /);
  });

  const email = "a@museum.example";

  /** Has the provider say something of its users. */
  const say = (user: object) => {
    answers["/.well-known/openid-configuration"] = () => ({
      body: JSON.stringify(configuration({ userinfo_endpoint: `${issuer}/user` })),
    });
    answers["/user"] = () => ({ body: JSON.stringify({ sub: "1", ...user }) });
  };

  it.each([
    [undefined, email],
    [true, email],
    ["true", email],
    [false, undefined],
    ["false", undefined],
    ["", undefined],
    ["TRUE", undefined],
    [0, undefined],
    [1, undefined],
    [null, undefined],
    [[true], undefined],
    [{}, undefined],
  ])("takes an address that the provider calls verified: %j", async (verified, taken) => {
    const claims = { email, email_verified: verified, groups: ["x"] };
    expect(await login({ claims })).toEqual({ email: taken, groups: ["x"] });
    say(claims);
    ground = { ...ground, isolate: { loginProvider: undefined } };
    expect(await login()).toEqual({ email: taken, groups: ["x"] });
  });

  it.each([
    ["the token has it unverified, and the user without a word", { email, email_verified: false }, { email }],
    [
      "the token has it unverified, and the user verified",
      { email, email_verified: false },
      { email, email_verified: true },
    ],
    ["the token has another, unverified", { email: "b@museum.example", email_verified: "false" }, { email }],
    ["the token says so of none", { email_verified: false }, { email }],
    ["the user has it unverified, and the token without a word", { email }, { email, email_verified: false }],
    ["the user has it unverified, and the token has groups", { email, groups: ["x"] }, { email_verified: "no" }],
  ])("takes no address of either document where %s", async (_, claims, user) => {
    say({ ...user, groups: ["y"] });
    const known = await login({ claims });
    expect(known.email).toBeUndefined();
    expect(known.groups).toContain("y");
  });

  it("asks of a user nothing where the token settles it", async () => {
    say({ email: "b@museum.example", email_verified: false, groups: ["y"] });
    expect(await login({ claims: { email, email_verified: true, groups: ["x"] } })).toEqual({ email, groups: ["x"] });
    expect(asked.some(({ path }) => path === "/user")).toBe(false);
  });

  it("asks a provider where to ask what once in five minutes, and keeps what a login takes of it", async () => {
    let time = Date.now();
    ground = { ...ground, clock: { ...platformClock, now: () => time } };
    answers["/.well-known/openid-configuration"] = () => ({
      body: JSON.stringify(configuration({ issuer: `${issuer}/`, claims_supported: ["x".repeat(10_000)] })),
    });
    // Some call themselves so with another slash behind.
    const counted = () => asked.filter(({ path }) => path === "/.well-known/openid-configuration").length;
    for (let begun = 0; begun < 5; begun += 1) await beginLogin(ground);
    expect(counted()).toBe(1);
    expect(JSON.stringify(ground.isolate.loginProvider)).not.toContain("xxx");
    time += 299_000;
    await beginLogin(ground);
    expect(counted()).toBe(1);
    time += 2000;
    await beginLogin(ground);
    expect(counted()).toBe(2);
    // A clock that was put back.
    time -= 60_000;
    await beginLogin(ground);
    expect(counted()).toBe(3);
    const another = { ...ground, provider: { ...ground.provider, issuer: `${issuer}/another` } };
    expect(await codeOfAsync(beginLogin(another))).toBe("login-unavailable");
  });

  it("asks again after a provider did not answer", async () => {
    const answering = answers["/.well-known/openid-configuration"]!;
    answers["/.well-known/openid-configuration"] = () => ({ status: 500, body: "" });
    expect(await codeOfAsync(beginLogin(ground))).toBe("login-unavailable");
    answers["/.well-known/openid-configuration"] = answering;
    expect((await beginLogin(ground)).uri).toContain(`${issuer}/auth?`);
  });

  it("keeps the keys of a provider for no other login", async () => {
    await login();
    await login();
    expect(asked.filter(({ path }) => path === "/keys")).toHaveLength(2);
    expect(asked.filter(({ path }) => path.endsWith("openid-configuration"))).toHaveLength(1);
  });

  it("finds groups in a claim within others", async () => {
    ground = { ...ground, provider: { ...ground.provider, rolesClaim: "realm_access.roles" } };
    const { groups } = await login({ claims: { realm_access: { roles: ["staff"] } } });
    expect(groups).toEqual(["staff"]);
  });

  it("asks of a user what the token does not say", async () => {
    say({ email: "b@museum.example", groups: ["staff"] });
    expect(await login()).toEqual({ email: "b@museum.example", groups: ["staff"] });
    expect(asked.find(({ path }) => path === "/user")?.authorization).toBe("Bearer opaque");
    answers["/user"] = () => ({ body: JSON.stringify({ sub: "2", email: "b@museum.example" }) });
    expect(await codeOfAsync(login())).toBe("login-refused");
  });

  it("lets the clocks differ by a minute, and no more", async () => {
    expect(await login({ claims: { exp: now() - 30 } })).toMatchObject({ groups: [] });
    expect(await login({ claims: { nbf: now() + 30, iat: now() + 30 } })).toMatchObject({ groups: [] });
    expect(await messageOf(login({ claims: { exp: now() - 90 } }))).toContain("is too old");
    expect(await messageOf(login({ claims: { nbf: now() + 90 } }))).toContain("of a time to come");
  });

  it.each([
    ["is for another login", { claims: { nonce: "another" } }],
    ["has no nonce", { claims: { nonce: undefined } }],
    ["is for another client", { claims: { aud: "another" } }],
    ["is of another provider", { claims: { iss: "https://id.example" } }],
    ["has no end", { claims: { exp: undefined } }],
    ["is signed with a key that the provider has not", { key: "other" }],
    ["comes under a state of another login", { back: { state: "another" } }],
    ["comes from another provider", { back: { iss: "https://id.example" } }],
    ["is an error", { back: { error: "access_denied" } }],
    ["is an error that is none", { back: { error: "<script>" } }],
    ["was ended before", { token: { status: 400, body: '{"error":"invalid_grant"}' } }],
  ])("refuses somebody where what comes back %s", async (_, changes) => {
    const key = "key" in changes ? { ...other.own, kid: "first" } : provider.own;
    const work = login({ ...(changes as object), key });
    const message = await messageOf(work);
    expect(await codeOfAsync(work)).toBe("login-refused");
    expect(message).not.toMatch(/<script>|a-code|opaque/);
  });

  it.each([
    ["answers with an error", "/.well-known/openid-configuration", { status: 500, body: "" }],
    ["leads elsewhere", "/.well-known/openid-configuration", { status: 302, body: "" }],
    ["answers what is no JSON", "/.well-known/openid-configuration", { body: "<html>" }],
    ["answers too much", "/.well-known/openid-configuration", { body: " ".repeat(1 << 19) }],
    ["has no keys", "/keys", { status: 500, body: "" }],
    ["does not know the client", "/token", { status: 401, body: '{"error":"invalid_client"}' }],
  ])("is unavailable where the provider %s", async (_, path, answer) => {
    answers[path] = () => answer;
    expect(await codeOfAsync(login(path === "/token" ? { token: answer } : {}))).toBe("login-unavailable");
  });

  it("is unavailable where the provider does not answer in time", async () => {
    answers["/.well-known/openid-configuration"] = () => undefined;
    const soon = { ...platformClock, after: (_: number, run: () => void) => platformClock.after(50, run) };
    expect(await codeOfAsync(beginLogin({ ...ground, clock: soon }))).toBe("login-unavailable");
  });

  it("is unavailable where the provider names itself or its addresses without an end", async () => {
    for (const changes of [
      { authorization_endpoint: `${issuer}/${"a".repeat(3000)}` },
      { id_token_signing_alg_values_supported: Array.from({ length: 100 }, () => "RS256") },
    ]) {
      answers["/.well-known/openid-configuration"] = () => ({ body: JSON.stringify(configuration(changes)) });
      expect(await codeOfAsync(beginLogin(ground))).toBe("login-unavailable");
    }
    expect(ground.isolate.loginProvider).toBeUndefined();
  });
});
