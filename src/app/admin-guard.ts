import type { MiddlewareHandler } from "hono";
import { bearerAuth } from "hono/bearer-auth";
import { csrf } from "hono/csrf";
import { HTTPException } from "hono/http-exception";
import { secureHeaders } from "hono/secure-headers";
import { asksForPage } from "../http/negotiate.ts";
import { withPrivateHeaders } from "../http/respond.ts";
import { nowhere } from "../http/route.ts";
import { isOtherOrigin, isSameOrigin } from "../http/same-origin.ts";
import { sameSecret } from "../http/same-secret.ts";
import { hasCredentials, isSessionOpen, sessionOf } from "../http/session.ts";
import { signInPath } from "../pages/sign-in-page.tsx";
import { tasksPath } from "../pages/task-parts.tsx";
import { answerSignIn } from "../stories/sign-in.ts";
import { letInByAccess } from "./access-login.ts";
import { limitBody } from "./body.ts";
import type { Door } from "./door.ts";

/** Headers of all that is answered under `/admin`, refusals included: no other page reads it and nothing keeps it. */
export const closeAdmin: MiddlewareHandler<Door> = async (c, next) => {
  await next();
  const closed = withPrivateHeaders(c.res);
  // Else hono brings the headers of the former answer back.
  c.res = undefined;
  c.res = closed;
};

/** What pages under `/admin` may load: none has a script. */
const pagePolicy = {
  defaultSrc: ["'none'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  fontSrc: ["'self'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
};

/** Pages of tasks have one that asks for them again. */
const livePolicy = { ...pagePolicy, scriptSrc: ["'self'"], connectSrc: ["'self'"] };

// Under "no-referrer" browsers hide the origin of forms, by which they are told from those of other sites.
const [securePage, secureLivePage] = [pagePolicy, livePolicy].map((contentSecurityPolicy) =>
  secureHeaders({ contentSecurityPolicy, referrerPolicy: "same-origin" }),
) as [MiddlewareHandler<Door>, MiddlewareHandler<Door>];

/** What browsers are told of pages under `/admin`. */
export const secureAdmin: MiddlewareHandler<Door> = (c, next) =>
  (c.req.path.startsWith(tasksPath) ? secureLivePage : securePage)(c, next);

/** Longest body, in bytes, of the form that signs in: anybody may send it, and the budget knows of no bodies. */
const mostSignInBytes = 4096;
const limitSignIn = limitBody(mostSignInBytes);

/** Another site may have a browser send a form here, and the browser sends along what Access knows its user by. */
const refuseForeignForms: MiddlewareHandler<Door> = csrf();

/**
 * Lets those in who administer the service: whom Cloudflare Access let in for its application, who shows the secret, or who
 * signed in with it. While neither is configured there is nothing here, 404. The platform says whom Access let in, but not to
 * a Worker with static assets: to that a token says so, which anybody can send and its team alone can sign. Browsers send
 * cookies along whoever made the page: what changes something has to come from a page of the service itself.
 * Source: Cloudflare Workers, Cloudflare Access, `ctx.access` limitations.
 */
export const guardAdmin: MiddlewareHandler<Door> = async (c, next) => {
  const { services } = c.env;
  const request = c.req.raw;
  const { adminSecret, accessAudience } = services.config;
  if (adminSecret === undefined && accessAudience === undefined) throw nowhere("The service is not administered here.");
  if (isChanging(request) && isOtherOrigin(request)) throw otherOrigin();
  const letIn = accessAudience === undefined ? undefined : await letInByAccess(c.env, request, accessAudience);
  if (letIn?.kind === "named") {
    c.set("operator", letIn.who.name);
    return refuseForeignForms(c, next);
  }
  if (adminSecret === undefined)
    throw new HTTPException(403, { message: "Only those whom Cloudflare Access lets in may use this." });
  const isSigningIn = c.req.path === signInPath && request.method === "POST";
  if (isSigningIn) return limitSignIn(c, next);
  const session = sessionOf(request);
  if (session !== undefined && (await isSessionOpen(session, adminSecret, services.clock.now()))) {
    if (isChanging(request) && !isSameOrigin(request)) throw otherOrigin();
    c.set("operator", "secret");
    c.set("isSignedIn", true);
    return next();
  }
  if (asksForPage(request) && !hasCredentials(request))
    return answerSignIn(services, request, isChanging(request) ? "ended" : "new");
  c.set("operator", "secret");
  const guard = bearerAuth<Door>({
    realm: "administration",
    verifyToken: (token) => sameSecret(token, adminSecret),
  });
  return guard(c, next);
};

function isChanging({ method }: Request): boolean {
  return method !== "GET" && method !== "HEAD";
}

function otherOrigin(): HTTPException {
  return new HTTPException(403, { message: "This was sent by a page of another site." });
}
