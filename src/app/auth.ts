import { type Context, Hono, type MiddlewareHandler } from "hono";
import { ImageError } from "../error.ts";
import { respondAuthPage, respondOnward } from "../http/auth-answers.ts";
import { baseOf, isLocal } from "../http/base-uri.ts";
import { asImageError } from "../http/errors.ts";
import { nowhere, rawPath } from "../http/route.ts";
import type { ApiVersion } from "../iiif/version.ts";
import { formatErrorPage } from "../pages/error-page.tsx";
import {
  type AuthPlace,
  acceptContinue,
  acceptNotice,
  answerContinue,
  answerLogout,
  answerNotice,
  answerSignedIn,
  foreignOrigin,
  noticeOf,
} from "../stories/auth-access.ts";
import { answerProbe } from "../stories/auth-probe.ts";
import { answerToken } from "../stories/auth-token.ts";
import { forgetLogin, keepLogin, keptLogin } from "../stories/begun-login.ts";
import { siteOf } from "../stories/site.ts";
import { letInByAccess } from "./access-login.ts";
import { limitBody, readForm } from "./body.ts";
import type { Door } from "./door.ts";
import { type BegunLogin, beginLogin, endLogin } from "./oidc.ts";
import type { OidcGround } from "./oidc-server.ts";

/** Where the provider sends people back to. */
const callbackPath = "/auth/callback";

/** Longest form, in bytes: anybody may send it. */
const mostFormBytes = 8192;

/**
 * Returns the endpoints under `/auth`, by which people are let in to see images: the services of the IIIF Authorization Flow,
 * and what stands between them. Source: Authorization Flow 2.0; Authentication 1.0.
 */
export function authRoutes(): Hono<Door> {
  return new Hono<Door>()
    .use(requireHttps)
    .get("/probe/:version{[23]}/*", ({ env, req }) => {
      const version = Number(req.param("version")) as ApiVersion;
      const identifier = rawPath(req.url).slice(`/auth/probe/${version}/`.length);
      return answerProbe(env.services, { request: req.raw, version, identifier, visit: env.visit });
    })
    .get("/token", ({ env, req }) =>
      answerToken(env.services, {
        request: req.raw,
        visit: env.visit,
        messageId: req.query("messageId"),
        origin: req.query("origin"),
      }),
    )
    .get(
      "/click/:name",
      asPage((c) => answerNotice(c.env.services, placeOf(c))),
    )
    .post(
      "/click/:name",
      limitBody(mostFormBytes),
      asPage(async (c) => {
        const { ticket = "" } = await readForm(c.req.raw);
        return acceptNotice(c.env.services, { ...placeOf(c), ticket });
      }),
    )
    .get("/login/:name", asPage(logIn))
    .get("/callback", asPage(comeBack))
    .get(
      "/continue",
      asPage((c) => answerContinue(c.env.services, { ...placeOf(c), name: c.req.query("role") ?? "" })),
    )
    .post(
      "/continue",
      limitBody(mostFormBytes),
      asPage(async (c) => {
        const { ticket = "" } = await readForm(c.req.raw);
        return acceptContinue(c.env.services, { request: c.req.raw, visit: c.env.visit, ticket });
      }),
    )
    .get("/logout", ({ env, req }) => answerLogout(env.services, req.raw));
}

/** Source: Authorization Flow 2.0 §2. */
const requireHttps: MiddlewareHandler<Door> = async ({ req }, next) => {
  if (req.url.startsWith("https:") || isLocal(req.url)) return next();
  throw new ImageError("https-required", "People are let in over https alone.");
};

/** What goes wrong with a page is told on a page, which nothing keeps or frames. */
function asPage(answer: (c: Context<Door>) => Promise<Response>) {
  return async (c: Context<Door>): Promise<Response> => {
    try {
      return await answer(c);
    } catch (thrown) {
      const { services, fail } = c.env;
      const error = asImageError(thrown);
      const { status } = fail(error);
      return respondAuthPage({ html: formatErrorPage(siteOf(services, c.req.raw), error), status });
    }
  };
}

function placeOf({ env, req }: Context<Door>): AuthPlace {
  return { request: req.raw, visit: env.visit, name: req.param("name") ?? "", origin: req.query("origin") };
}

/** Signs in whom Cloudflare Access let in, or sends him to the provider. */
async function logIn(c: Context<Door>): Promise<Response> {
  const { services } = c.env;
  const place = placeOf(c);
  const { request } = place;
  await noticeOf(services, place, "role");
  const origin = foreignOrigin(place);
  const { loginAudience, oidc } = services.config;
  const letIn = loginAudience === undefined ? undefined : await letInByAccess(c.env, request, loginAudience);
  if (letIn?.kind === "named") return answerSignedIn(services, { ...place, origin, claims: letIn.who });
  if (oidc === undefined) {
    if (letIn === undefined) throw nowhere("Nobody signs in here.");
    throw new ImageError("login-refused", `You are not signed in: the token of Cloudflare Access ${letIn.why}.`);
  }
  const { uri, begun } = await beginLogin(groundOf(c, oidc));
  return keepLogin(services, { request, begun: { ...begun, name: place.name, origin } }, respondOnward(uri));
}

/** Signs in who comes back from the provider. Where he goes on stands in what his browser kept, and is a path of this service. */
async function comeBack(c: Context<Door>): Promise<Response> {
  const { services } = c.env;
  const { oidc } = services.config;
  const request = c.req.raw;
  if (oidc === undefined) throw nowhere("Nobody signs in here.");
  const { name, origin, ...begun } = (await keptLogin(services, request)) as BegunLogin &
    Pick<AuthPlace, "name" | "origin">;
  const claims = await endLogin(groundOf(c, oidc), { url: new URL(request.url), begun });
  const place: AuthPlace = { request, visit: c.env.visit, name, origin };
  return forgetLogin(request, await answerSignedIn(services, { ...place, claims }));
}

function groundOf({ env, req }: Context<Door>, provider: OidcGround["provider"]): OidcGround {
  const { config, clock, isolate } = env.services;
  return { provider, clock, isolate, redirectUri: `${baseOf({ config, request: req.raw })}${callbackPath}` };
}
