import { respondSeeOther, respondSignIn } from "../http/respond.ts";
import { sameSecret } from "../http/same-secret.ts";
import { openSession, withSession } from "../http/session.ts";
import { formatSignInPage, type SignInReason } from "../pages/sign-in-page.tsx";
import type { Services } from "../services.ts";
import type { Visit } from "../visit.ts";
import { noteAction } from "./audited.ts";
import { siteOf } from "./site.ts";

/** The page of those who administer the service. */
const adminPath = "/admin/";

/** Answers a page that asks for the secret, under 401. */
export function answerSignIn(services: Services, request: Request, reason: SignInReason): Response {
  return respondSignIn(formatSignInPage(siteOf(services, request), reason));
}

/** Signs in whom the form shows to know the secret, for some hours; else asks again. */
export async function signIn(
  services: Services,
  { request, visit, secret }: { readonly request: Request; readonly visit: Visit; readonly secret: string },
): Promise<Response> {
  const { adminSecret } = services.config;
  if (adminSecret === undefined || !(await sameSecret(secret.trim(), adminSecret))) {
    visit.log({ level: "warn", message: "a wrong secret was shown" });
    return answerSignIn(services, request, "wrong");
  }
  await noteAction(services, { visit, operator: "secret", action: "sign in", detail: {} });
  return withSession(respondSeeOther(adminPath), request, await openSession(adminSecret, services.clock.now()));
}

/** Has the browser forget the session. */
export function signOut(request: Request): Response {
  return withSession(respondSeeOther(adminPath), request, "");
}
