import { decode, verifyWithJwks } from "hono/jwt";
import * as v from "valibot";
import type { Clock } from "../budget/clock.ts";
import { withDeadline } from "../budget/deadline.ts";
import { ImageError } from "../error.ts";
import { boundedText } from "../http/bounded-text.ts";
import type { AccessKeys, IsolateState } from "../services.ts";
import { groupNames } from "./group-names.ts";

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
  nbf: v.optional(v.number(), 0),
  email: v.optional(v.string()),
  common_name: v.optional(v.string()),
  groups: v.optional(v.unknown()),
  custom: v.optional(v.looseObject({ groups: v.optional(v.unknown()) })),
});

/** How far the clock of who signs may be from ours, in seconds. */
const skewSeconds = 60;

/** Whom Cloudflare Access let in. */
export interface AccessIdentity {
  /** An address, or the name of a service token. */
  readonly name: string;
  readonly email?: string | undefined;
  readonly groups: readonly string[];
}

/** Whom a token names, or why it names nobody: what follows "The token of Cloudflare Access". */
export type ReadAccessToken =
  | { readonly kind: "named"; readonly who: AccessIdentity }
  | { readonly kind: "refused"; readonly why: string };

/**
 * Reads the token that Cloudflare Access sends along: whom it let in, or why the token says nothing, which its team has not
 * signed, or for another application, or whose time it is not by more than a minute. Throws `storage-failed` where the keys
 * of the team can't be had. Source: Cloudflare One, Validate JWTs; RFC 7519 §4.1, §7.2.
 */
export async function readAccessToken(
  token: string,
  access: AccessIssuer,
  ground: AccessGround,
): Promise<ReadAccessToken> {
  const kid = keyIdOf(token);
  if (kid === undefined) return { kind: "refused", why: "is none" };
  const keys = await findKeys(access.issuer, kid, ground);
  try {
    const { exp, nbf, email, common_name, groups, custom } = v.parse(
      claimsSchema,
      await verifyWithJwks(token, {
        keys: [...keys],
        allowedAlgorithms: ["RS256"],
        // Its times are looked at below: nothing else lets the clocks differ.
        verification: { iss: access.issuer, aud: access.audience, exp: false, nbf: false, iat: false },
      }),
    );
    const seconds = ground.clock.now() / 1000;
    if (seconds >= exp + skewSeconds) return { kind: "refused", why: "has expired" };
    if (seconds < nbf - skewSeconds) return { kind: "refused", why: "is not valid yet" };
    const name = email ?? common_name ?? "service token";
    return { kind: "named", who: { name, email, groups: groupNames(groups ?? custom?.groups) } };
  } catch {
    return { kind: "refused", why: "was not made by its team for this application" };
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
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`the keys are answered ${response.status}`);
  }
  const { keys } = v.parse(keysSchema, JSON.parse(await boundedText(response, mostKeysBytes)));
  return { keys: keys.flatMap((key) => (v.is(keySchema, key) ? [v.parse(keySchema, key)] : [])) };
}
