import { type Claims, rolesOf } from "../access/claims.ts";
import { isViewerOrigin } from "../access/origin.ts";
import type { AccessRules, Notice } from "../access/rules.ts";
import { accepting, goingOnTo, signedIn, signVisitor, type Visitor, visitorSeconds } from "../access/visitor.ts";
import { ImageError } from "../error.ts";
import { randomText } from "../hmac.ts";
import { respondAuthPage, respondOnward } from "../http/auth-answers.ts";
import { withCookie } from "../http/cookie.ts";
import { languagesOf } from "../http/languages.ts";
import { formatConfirmPage, formatDonePage } from "../pages/auth-page.tsx";
import { rulesOf } from "../policies.ts";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";
import { acceptForm, answerWithForm, secretOf } from "./auth-form.ts";
import { siteOf } from "./site.ts";
import { visitorOf } from "./visitor.ts";

/** A request by which somebody is to be let in. */
export interface AuthRequest {
  readonly request: Request;
  readonly visit: Visit;
}

/** What somebody is let in by: a notice or a role, and the site of the viewer that sent him. */
export interface AuthPlace extends AuthRequest {
  readonly name: string;
  readonly origin: string | undefined;
}

/** Where somebody goes on who has signed in. */
const continuePath = "/auth/continue";

/** Answers a notice with its button. Throws `not-found`, `query-malformed`. Source: Authorization Flow 2.0 §3. */
export async function answerNotice(services: Services, place: AuthPlace): Promise<Response> {
  const { request, name } = place;
  const notice = await noticeOf(services, place, "click");
  const form = { kind: "click", name, origin: foreignOrigin(place) } as const;
  return answerWithForm(services, { request, form }, (ticket) =>
    confirmPage(services, request, { notice, ticket, ...form, action: `/auth/click/${name}` }),
  );
}

/** Lets in who has accepted a notice. Throws `login-refused`, `not-found`. */
export async function acceptNotice(
  services: Services,
  { ticket, ...place }: Omit<AuthPlace, "origin"> & { readonly ticket: string },
): Promise<Response> {
  const { request, name } = place;
  const form = await acceptForm(services, { request, ticket, kind: "click" });
  if (form.name !== name) throw new ImageError("login-refused", "This form was made for another notice.");
  await noticeOf(services, place, "click");
  const former = await knownVisitor(services, request);
  const visitor = accepting(former, { click: name, nonce: randomText(12), now: services.clock.now() });
  return letIn(services, request, goingOnTo(visitor, { ...form, kind: "click" }));
}

/** Has the browser keep the roles of somebody who signed in, by what he is known by, and leads him on. */
export async function answerSignedIn(
  services: Services,
  { claims, ...place }: AuthPlace & { readonly claims: Claims },
): Promise<Response> {
  const { request, visit, name, origin } = place;
  const roles = rolesOf(await rulesOf(services.policies, visit), claims);
  const former = await knownVisitor(services, request);
  const visitor = signedIn(former, { roles, nonce: randomText(12), now: services.clock.now() });
  const query = new URLSearchParams({ role: name, ...(origin === undefined ? {} : { origin }) });
  return withVisitor(services, request, { visitor, response: respondOnward(`${continuePath}?${query}`) });
}

/**
 * Answers who has signed in with a button to go on by: browsers let a frame have the cookie of a site that was used. Who has
 * not the role is told so. Throws `not-found`, `query-malformed`.
 */
export async function answerContinue(services: Services, place: AuthPlace): Promise<Response> {
  const { request, name } = place;
  const notice = await noticeOf(services, place, "role");
  const visitor = await knownVisitor(services, request);
  if (!(visitor?.roles ?? []).includes(name)) return notLetIn(services, request, name);
  const form = { kind: "continue", name, origin: foreignOrigin(place) } as const;
  return answerWithForm(services, { request, form }, (ticket) =>
    confirmPage(services, request, { notice, ticket, ...form, action: continuePath }),
  );
}

/** Lets in who has signed in and goes on. Throws `login-refused`. */
export async function acceptContinue(
  services: Services,
  { request, ticket }: AuthRequest & { readonly ticket: string },
): Promise<Response> {
  const form = await acceptForm(services, { request, ticket, kind: "continue" });
  const visitor = await knownVisitor(services, request);
  if (visitor === undefined || !(visitor.roles ?? []).includes(form.name))
    return notLetIn(services, request, form.name);
  return letIn(services, request, goingOnTo(visitor, { ...form, kind: "role" }));
}

/**
 * Has the browser forget who was let in. Tokens of his, which last for some minutes, are worth nothing to a browser that is
 * somebody else; no list says that they have ended. Source: Authorization Flow 2.0 §6.
 */
export function answerLogout(services: Services, request: Request): Response {
  const html = formatDonePage({
    ...groundOf(services, request),
    kind: "signedOut",
    elsewhere:
      services.config.loginAudience === undefined
        ? undefined
        : { path: "/cdn-cgi/access/logout", phrase: "signOutElsewhere" },
  });
  return withCookie(respondAuthPage({ html, status: 200 }), request, {
    name: "tessera",
    value: "",
    seconds: 0,
    sameSite: "None",
  });
}

/** Returns a role or a notice by its name. Throws `not-found` for one that is not in the rules. */
export async function noticeOf(
  services: Services,
  { name, visit }: Pick<AuthPlace, "name" | "visit">,
  kind: "click" | "role",
): Promise<Notice> {
  secretOf(services);
  const rules: AccessRules = await rulesOf(services.policies, visit);
  const notice = (kind === "click" ? rules.clicks : rules.roles).get(name);
  if (notice === undefined)
    throw new ImageError("not-found", `There is no ${kind === "click" ? "notice" : "role"} of this name.`);
  return notice;
}

/** Returns the site that somebody goes on to if it is another one. Throws `query-malformed` for what is none. */
export function foreignOrigin({ request, origin }: Pick<AuthPlace, "request" | "origin">): string | undefined {
  if (origin === undefined || origin === "" || origin === new URL(request.url).origin) return undefined;
  if (isViewerOrigin(origin)) return origin;
  throw new ImageError("query-malformed", "The origin is not one of a page of https, such as https://viewer.example.");
}

async function knownVisitor(services: Services, request: Request): Promise<Visitor | undefined> {
  const shown = await visitorOf(services, request);
  return shown.kind === "known" ? shown.who : undefined;
}

function confirmPage(
  services: Services,
  request: Request,
  page: Omit<Parameters<typeof formatConfirmPage>[0], "site" | "languages">,
): Response {
  return respondAuthPage({ html: formatConfirmPage({ ...groundOf(services, request), ...page }), status: 200 });
}

function letIn(services: Services, request: Request, visitor: Visitor): Promise<Response> {
  const scriptNonce = randomText(16);
  const html = formatDonePage({ ...groundOf(services, request), kind: "letIn", scriptNonce });
  return withVisitor(services, request, { visitor, response: respondAuthPage({ html, status: 200, scriptNonce }) });
}

function notLetIn(services: Services, request: Request, name: string): Response {
  const elsewhere = { path: `/auth/login/${name}`, phrase: "signInAgain" } as const;
  const html = formatDonePage({ ...groundOf(services, request), kind: "notLetIn", elsewhere });
  return respondAuthPage({ html, status: 403 });
}

async function withVisitor(
  services: Services,
  request: Request,
  { visitor, response }: { readonly visitor: Visitor; readonly response: Response },
): Promise<Response> {
  const value = await signVisitor(visitor, secretOf(services));
  return withCookie(response, request, { name: "tessera", value, seconds: visitorSeconds, sameSite: "None" });
}

function groundOf(services: Services, request: Request) {
  return { site: siteOf(services, request), languages: languagesOf(request) };
}
