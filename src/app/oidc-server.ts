import * as oauth from "oauth4webapi";
import * as v from "valibot";
import type { Clock } from "../budget/clock.ts";
import { withDeadline } from "../budget/deadline.ts";
import type { OidcProvider } from "../config/login.ts";
import { boundedResponse } from "../http/bounded-text.ts";
import type { HeldProvider, IsolateState } from "../services.ts";

/** What speaking with a provider takes. */
export interface OidcGround {
  readonly provider: OidcProvider;
  /** Where the provider sends people back to. */
  readonly redirectUri: string;
  readonly clock: Clock;
  readonly isolate: Pick<IsolateState, "loginProvider">;
}

/** For how long one answer of a provider is waited for, in seconds, and how long it may be, in bytes. */
const answerSeconds = 5;
const mostAnswerBytes = 1 << 18;

/** For how long it is trusted where a provider is asked what, in seconds. Anybody may begin a login: each would ask for it. */
const heldSeconds = 300;

const address = v.pipe(v.string(), v.maxLength(2048));
const methods = v.pipe(v.array(v.pipe(v.string(), v.maxLength(64))), v.maxLength(32));

/** What is held of a configuration: what a login takes, of bounded length. Source: OpenID Connect Discovery 1.0 §3. */
const serverSchema = v.object({
  issuer: address,
  authorization_endpoint: v.exactOptional(address),
  token_endpoint: v.exactOptional(address),
  userinfo_endpoint: v.exactOptional(address),
  jwks_uri: v.exactOptional(address),
  token_endpoint_auth_methods_supported: v.exactOptional(methods),
  id_token_signing_alg_values_supported: v.exactOptional(methods),
  userinfo_signing_alg_values_supported: v.exactOptional(methods),
  authorization_response_iss_parameter_supported: v.exactOptional(v.boolean()),
});

/**
 * Returns where a provider is asked what: as it said some minutes ago, or as it says now. Throws what goes wrong then, of
 * which `loginFailure` makes a refusal.
 */
export async function findServer(ground: OidcGround): Promise<oauth.AuthorizationServer> {
  const { provider, clock, isolate } = ground;
  const held = isolate.loginProvider?.issuer === provider.issuer ? isolate.loginProvider : undefined;
  const age = held === undefined ? Number.POSITIVE_INFINITY : (clock.now() - held.checkedAt) / 1000;
  // A copy: keys of the provider are kept by the object that they were read for, and go with it.
  if (held !== undefined && age >= 0 && age < heldSeconds) return { ...held.server };
  const server = await discover(ground);
  isolate.loginProvider = { issuer: provider.issuer, checkedAt: clock.now(), server };
  return { ...server };
}

async function discover(ground: OidcGround): Promise<HeldProvider["server"]> {
  const issuer = new URL(ground.provider.issuer);
  const answer = await oauth.discoveryRequest(issuer, requestOptions(ground));
  return v.parse(serverSchema, await oauth.processDiscoveryResponse(issuer, answer));
}

/** What is asked of a provider. */
interface SentRequest {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: URLSearchParams | Uint8Array | undefined;
}

/**
 * Returns how a provider is asked: every answer has a deadline and a length. A provider on one's own machine has no https: the
 * configuration takes no other.
 */
export function requestOptions({ provider, clock }: Pick<OidcGround, "provider" | "clock">) {
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
