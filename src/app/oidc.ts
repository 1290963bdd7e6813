import * as oauth from "oauth4webapi";
import type { Claims } from "../access/claims.ts";
import type { OidcProvider } from "../config/login.ts";
import { loginFailure } from "./login-failure.ts";
import { isSettled, joinClaims, readClaims } from "./oidc-claims.ts";
import { findServer, type OidcGround, requestOptions } from "./oidc-server.ts";

/** What is remembered of a login that was begun, by the browser that began it. */
export interface BegunLogin {
  /** Tells the answer of this login from others. */
  readonly state: string;
  /** Stands in the ID token that is made for it. */
  readonly nonce: string;
  /** Shows that who asks for the token began it. Source: RFC 7636. */
  readonly verifier: string;
}

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
    const server = await findServer(ground);
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
    const server = await findServer(ground);
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
    const claims = readClaims(stated, provider);
    if (isSettled(claims) || server.userinfo_endpoint === undefined) return joinClaims([claims]);
    const user = await oauth.processUserInfoResponse(
      server,
      client,
      stated.sub,
      await oauth.userInfoRequest(server, client, tokens.access_token, options),
    );
    return joinClaims([claims, readClaims(user, provider)]);
  } catch (cause) {
    throw loginFailure(cause);
  }
}

function authenticationOf({ clientSecret }: OidcProvider, server: oauth.AuthorizationServer): oauth.ClientAuth {
  if (clientSecret === undefined) return oauth.None();
  const methods = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  return methods.includes("client_secret_basic")
    ? oauth.ClientSecretBasic(clientSecret)
    : oauth.ClientSecretPost(clientSecret);
}
