import { decode, verifyWithJwks } from "hono/jwt";
import * as v from "valibot";
import type { Clock } from "../budget/clock.ts";
import { withDeadline } from "../budget/deadline.ts";
import { ImageError } from "../error.ts";
import type { AccessKeys, IsolateState } from "../services.ts";

/** Who lets people in, and to what. */
export interface AccessIssuer {
  /** `https://TEAM.cloudflareaccess.com`, which signs. */
  readonly issuer: string;
  /** The audience tag of the application. */
  readonly audience: string;
}

/** What checking a token takes. */
export interface AccessGround {
  readonly isolate: Pick<IsolateState, "accessKeys">;
  readonly clock: Clock;
}

/** How long keys are trusted, and how soon those that lack one are asked for again, in seconds. Access changes them in weeks. */
const keptSeconds = { trusted: 3600, atLeast: 60 } as const;

/** For how long the keys may be waited for, in seconds, and how long they may be, in bytes: there are two. */
const keysSeconds = 5;
const mostKeysBytes = 1 << 16;

const keysSchema = v.object({ keys: v.pipe(v.array(v.unknown()), v.maxLength(16)) });
const keySchema = v.object({ kid: v.string(), kty: v.literal("RSA"), n: v.string(), e: v.string() });
const claimsSchema = v.looseObject({
  exp: v.number(),
  email: v.optional(v.string()),
  common_name: v.optional(v.string()),
});

/**
 * Returns whom Cloudflare Access let in by the token that it sends along: an address, or the name of a service token.
 * Undefined for a token that its team has not signed, for another application, or after its time. Throws `storage-failed`
 * where the keys of the team can't be had. Source: Cloudflare One, Validate JWTs; RFC 7519 §4.1, §7.2.
 */
export async function nameByToken(
  token: string,
  access: AccessIssuer,
  ground: AccessGround,
): Promise<string | undefined> {
  const kid = keyIdOf(token);
  if (kid === undefined) return undefined;
  const keys = await findKeys(access.issuer, kid, ground);
  try {
    const claims = v.parse(
      claimsSchema,
      await verifyWithJwks(token, {
        keys: [...keys],
        allowedAlgorithms: ["RS256"],
        verification: { iss: access.issuer, aud: access.audience },
      }),
    );
    return claims.email ?? claims.common_name ?? "service token";
  } catch {
    return undefined;
  }
}

/** What is not signed yet says which key to look for, and nothing else. */
function keyIdOf(token: string): string | undefined {
  try {
    const { kid } = decode(token).header as { readonly kid?: unknown };
    return typeof kid === "string" ? kid : undefined;
  } catch {
    return undefined;
  }
}

async function findKeys(issuer: string, kid: string, { isolate, clock }: AccessGround): Promise<AccessKeys["keys"]> {
  const known = isolate.accessKeys?.issuer === issuer ? isolate.accessKeys : undefined;
  const age = known === undefined ? Number.POSITIVE_INFINITY : (clock.now() - known.checkedAt) / 1000;
  const hasKey = known?.keys.some((key) => key.kid === kid) ?? false;
  // Whoever makes up keys has them asked for once a minute.
  if (known !== undefined && age >= 0 && age < (hasKey ? keptSeconds.trusted : keptSeconds.atLeast)) return known.keys;
  try {
    const { keys } = await withDeadline(clock, keysSeconds, (signal) => readKeys(issuer, signal));
    isolate.accessKeys = { issuer, checkedAt: clock.now(), keys };
    return keys;
  } catch (cause) {
    throw new ImageError("storage-failed", "The keys of Cloudflare Access can't be read now.", { cause });
  }
}

async function readKeys(issuer: string, signal: AbortSignal): Promise<Pick<AccessKeys, "keys">> {
  const response = await fetch(`${issuer}/cdn-cgi/access/certs`, { redirect: "manual", signal });
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (let bytes = 0; response.status === 200; ) {
      const { done = true, value } = (await reader?.read()) ?? {};
      if (done || value === undefined) break;
      bytes += value.byteLength;
      if (bytes > mostKeysBytes) throw new RangeError("the keys are too long");
      text += decoder.decode(value, { stream: true });
    }
  } finally {
    await reader?.cancel();
  }
  if (response.status !== 200) throw new Error(`the keys are answered ${response.status}`);
  const { keys } = v.parse(keysSchema, JSON.parse(text));
  return { keys: keys.flatMap((key) => (v.is(keySchema, key) ? [v.parse(keySchema, key)] : [])) };
}
