import * as oauth from "oauth4webapi";
import type { Claims } from "../access/claims.ts";
import type { Clock } from "../budget/clock.ts";
import { withDeadline } from "../budget/deadline.ts";
import type { OidcProvider } from "../config/login.ts";
import { boundedResponse } from "../http/bounded-text.ts";
import { groupNames } from "./group-names.ts";
import { loginFailure } from "./login-failure.ts";

/** What is remembered of a login that was begun, by the browser that began it. */
export interface BegunLogin {
  /** Tells the answer of this login from others. */
  readonly state: string;
  /** Stands in the ID token that is made for it. */
  readonly nonce: string;
  /** Shows that who asks for the token began it. Source: RFC 7636. */
  readonly verifier: string;
}

/** What speaking with a provider takes. */
export interface OidcGround {
  readonly provider: OidcProvider;
  /** Where the provider sends people back to. */
  readonly redirectUri: string;
  readonly clock: Clock;
}

/** For how long one answer of a provider is waited for, in seconds, and how long it may be, in bytes. */
const answerSeconds = 5;
const mostAnswerBytes = 1 << 18;

/** How far the clock of a provider may be from ours, in seconds. */
const skewSeconds = 60;

/**
 * Begins a login: returns where the provider asks who somebody is, and what to remember of it. Throws `login-unavailable`.
 * Source: OpenID Connect Core 1.0 §3.1.2.1; RFC 7636; RFC 9700 §2.1.1.
 */
export async function beginLogin(ground: OidcGround): Promise<{ readonly uri: string; readonly begun: BegunLogin }> {
  const begun = {
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    verifier: oauth.generateRandomCodeVerifier(),
  };
  try {
    const server = await discover(ground);
    if (server.authorization_endpoint === undefined) throw new Error("the provider has no authorization endpoint");
    const uri = new URL(server.authorization_endpoint);
    const { clientId, scope } = ground.provider;
    const parameters = {
      client_id: clientId,
      redirect_uri: ground.redirectUri,
      response_type: "code",
      scope,
      state: begun.state,
      nonce: begun.nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(begun.verifier),
      code_challenge_method: "S256",
    };
    for (const [name, value] of Object.entries(parameters)) uri.searchParams.set(name, value);
    return { uri: uri.href, begun };
  } catch (cause) {
    throw loginFailure(cause);
  }
}

/**
 * Ends a login: returns what the provider says somebody is known by who came back from it with `url`. Throws `login-refused`
 * for what does not belong to the login that was begun, or is not the provider's, or is too old, with the reason, and
 * `login-unavailable` where the provider can't be asked. Source: OpenID Connect Core 1.0 §3.1.2.5 to §3.1.3.7, §5.3.
 */
export async function endLogin(
  ground: OidcGround,
  { url, begun }: { readonly url: URL; readonly begun: BegunLogin },
): Promise<Claims> {
  const { provider, redirectUri } = ground;
  const client: oauth.Client = { client_id: provider.clientId, [oauth.clockTolerance]: skewSeconds };
  try {
    const server = await discover(ground);
    const parameters = oauth.validateAuthResponse(server, client, url, begun.state);
    const options = requestOptions(ground);
    const answer = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      authenticationOf(provider, server),
      parameters,
      redirectUri,
      begun.verifier,
      options,
    );
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, answer, {
      expectedNonce: begun.nonce,
      requireIdToken: true,
    });
    await oauth.validateApplicationLevelSignature(server, answer, options);
    const stated = oauth.getValidatedIdTokenClaims(tokens);
    if (stated === undefined) throw new TypeError("the provider gave no ID token");
    const claims = claimsOf(stated, provider);
    const isWhole = claims.email !== undefined && claims.groups.length > 0;
    if (isWhole || server.userinfo_endpoint === undefined) return claims;
    const user = await oauth.processUserInfoResponse(
      server,
      client,
      stated.sub,
      await oauth.userInfoRequest(server, client, tokens.access_token, options),
    );
    const more = claimsOf(user, provider);
    return { email: claims.email ?? more.email, groups: [...claims.groups, ...more.groups] };
  } catch (cause) {
    throw loginFailure(cause);
  }
}

async function discover(ground: OidcGround): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(ground.provider.issuer);
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, requestOptions(ground)));
}

/** What is asked of a provider. */
interface SentRequest {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: URLSearchParams | Uint8Array | undefined;
}

/** Every answer has a deadline and a length. A provider on one's own machine has no https: the configuration takes no other. */
function requestOptions({ provider, clock }: OidcGround) {
  return {
    [oauth.allowInsecureRequests]: provider.issuer.startsWith("http:"),
    [oauth.customFetch]: (url: string, { body, ...sent }: SentRequest) =>
      withDeadline(clock, answerSeconds, async (signal) =>
        boundedResponse(
          await fetch(url, { ...sent, ...(body === undefined ? {} : { body }), redirect: "manual", signal }),
          mostAnswerBytes,
        ),
      ),
  } as const;
}

function authenticationOf({ clientSecret }: OidcProvider, server: oauth.AuthorizationServer): oauth.ClientAuth {
  if (clientSecret === undefined) return oauth.None();
  const methods = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  return methods.includes("client_secret_basic")
    ? oauth.ClientSecretBasic(clientSecret)
    : oauth.ClientSecretPost(clientSecret);
}

/** An address that the provider says it has not verified is anybody's. */
function claimsOf(stated: Readonly<Record<string, unknown>>, { rolesClaim }: OidcProvider): Claims {
  const { email, email_verified: isVerified } = stated;
  const groups = groupNames(stated[rolesClaim] ?? atPath(stated, rolesClaim.split(".")));
  return { email: typeof email === "string" && isVerified !== false ? email : undefined, groups };
}

function atPath(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return value;
  const isObject = typeof value === "object" && value !== null && Object.hasOwn(value, name);
  return isObject ? atPath((value as Readonly<Record<string, unknown>>)[name], rest) : undefined;
}
