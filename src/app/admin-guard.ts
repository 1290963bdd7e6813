import type { MiddlewareHandler } from "hono";
import { bearerAuth } from "hono/bearer-auth";
import { HTTPException } from "hono/http-exception";
import { secureHeaders } from "hono/secure-headers";
import type { Clock } from "../budget/clock.ts";
import { withDeadline } from "../budget/deadline.ts";
import { ImageError } from "../error.ts";
import { withPrivateHeaders } from "../http/respond.ts";
import { nowhere } from "../http/route.ts";
import { sameSecret } from "../http/same-secret.ts";
import type { AccessClaim, Door } from "./door.ts";

/** For how long Cloudflare Access may take to say who somebody is, in seconds. */
const identitySeconds = 5;

/** Headers of all that is answered under `/admin`, refusals included: no other page reads it and nothing keeps it. */
export const closeAdmin: MiddlewareHandler<Door> = async (c, next) => {
  await next();
  const closed = withPrivateHeaders(c.res);
  // Else hono brings the headers of the former answer back.
  c.res = undefined;
  c.res = closed;
};

/** What browsers are told of pages under `/admin`. */
export const secureAdmin = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
});

/**
 * Lets those in who administer the service: whom Cloudflare Access let in for its application, or who shows the secret.
 * While neither is configured there is nothing here, 404. A header that Access would send is never looked at: anybody can
 * send it.
 */
export const guardAdmin: MiddlewareHandler<Door> = async (c, next) => {
  const { access, services } = c.env;
  const { adminSecret, accessAudience } = services.config;
  if (adminSecret === undefined && accessAudience === undefined) throw nowhere("The service is not administered here.");
  if (accessAudience !== undefined && access !== undefined && (await sameSecret(access.aud, accessAudience))) {
    c.set("operator", await nameOperator(access, services.clock));
    return next();
  }
  if (adminSecret === undefined)
    throw new HTTPException(403, { message: "Only those whom Cloudflare Access lets in." });
  c.set("operator", "secret");
  const guard = bearerAuth<Door>({
    realm: "administration",
    verifyToken: (token) => sameSecret(token, adminSecret),
  });
  return guard(c, next);
};

/** Nothing is done in nobody's name. Throws `storage-failed` where Access does not say in time who it is. */
async function nameOperator(access: AccessClaim, clock: Clock): Promise<string> {
  try {
    const identity = await withDeadline(clock, identitySeconds, () => access.getIdentity());
    return identity?.email ?? "service token";
  } catch (cause) {
    throw new ImageError("storage-failed", "Cloudflare Access does not say who you are.", { cause });
  }
}
