import { signVisitor, type VisitedSite, type Visitor, visitorSeconds } from "../../src/access/visitor.ts";

/** What the service of tests signs with. */
export const accessSecret = { id: "k1", secret: "a-secret-of-some-thirty-two-letters" };

/** The variables of a service that lets people in: by notices, and by roles, though nobody answers there. */
export const lettingIn = {
  ACCESS_SECRET: `${accessSecret.id}:${accessSecret.secret}`,
  MASTER_TTL_SECONDS: "0",
  ACCESS_TEAM: "museum",
  LOGIN_AUDIENCE: "a1b2c3d4e5f6a7b8",
};

/** Returns somebody who was let in, with what a test says of him. */
export function visitorOf(changes: Partial<Visitor> = {}): Visitor {
  const until = Math.floor(Date.now() / 1000) + visitorSeconds - 60;
  return { nonce: "nonce-of-a-test", clicks: [], sites: [], until, ...changes };
}

/** Returns a site that somebody went on to, with what a test says of it. */
export function siteOf(origin: string, changes: Partial<VisitedSite> = {}): VisitedSite {
  return { origin, roles: [], clicks: [], ...changes };
}

/** Returns the header by which a browser shows that somebody was let in. */
export async function cookieFor(changes: Partial<Visitor> = {}, secret = accessSecret) {
  return { Cookie: `other=1; __Host-tessera=${await signVisitor(visitorOf(changes), secret)}` };
}
