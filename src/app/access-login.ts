import type { Clock } from "../budget/clock.ts";
import { withDeadline } from "../budget/deadline.ts";
import { ImageError } from "../error.ts";
import { accessToken } from "../http/headers.ts";
import { sameSecret } from "../http/same-secret.ts";
import { type AccessIdentity, type ReadAccessToken, readAccessToken } from "./access-token.ts";
import type { AccessClaim, Door } from "./door.ts";
import { groupNames } from "./group-names.ts";

/** For how long Cloudflare Access may take to say who somebody is, in seconds. */
const identitySeconds = 5;

/**
 * Returns whom Cloudflare Access let in for an application, by what the platform says or by the token that it sends along, or
 * why nobody. That something was sent along says nothing. Throws `storage-failed` where Access, or the keys of its team, can't
 * be asked.
 */
export async function letInByAccess(
  { access, services }: Pick<Door["Bindings"], "access" | "services">,
  request: Request,
  audience: string,
): Promise<ReadAccessToken> {
  if (access !== undefined && (await sameSecret(access.aud, audience)))
    return { kind: "named", who: await identify(access, services.clock) };
  const issuer = services.config.accessIssuer;
  const token = accessToken(request);
  if (token === undefined) return { kind: "refused", why: "is missing" };
  if (issuer === undefined) return { kind: "refused", why: "can't be checked, for ACCESS_TEAM is empty" };
  return readAccessToken(token, { issuer, audience }, services);
}

/** Nothing is done in nobody's name. Throws `storage-failed` where Access does not say in time who it is. */
async function identify(access: AccessClaim, clock: Clock): Promise<AccessIdentity> {
  try {
    const identity = await withDeadline(clock, identitySeconds, () => access.getIdentity());
    const email = identity?.email;
    return { name: email ?? "service token", email, groups: groupNames(identity?.groups) };
  } catch (cause) {
    throw new ImageError("storage-failed", "Cloudflare Access does not say who you are.", { cause });
  }
}
