import { type Bearer, readToken, readVisitor, type Shown, type Visitor } from "../access/visitor.ts";
import { bearerToken } from "../http/bearer.ts";
import { cookieOf } from "../http/cookie.ts";
import type { Services } from "../services.ts";

/** Returns who sent a request, as his browser keeps it from when he was let in. Never throws. */
export function visitorOf({ config, clock }: Services, request: Request): Promise<Shown<Visitor>> {
  return readVisitor(cookieOf(request, "tessera"), { secrets: config.accessSecrets, now: clock.now() });
}

/**
 * Returns who had the token made that a request shows. Where a browser shows too that it is somebody else's, or that he has
 * signed in again since, the token is foreign. Never throws.
 */
export async function bearerOf(services: Services, request: Request): Promise<Shown<Bearer>> {
  const { config, clock } = services;
  const shown = await readToken(bearerToken(request), { secrets: config.accessSecrets, now: clock.now() });
  if (shown.kind !== "known") return shown;
  const visitor = await visitorOf(services, request);
  const isOther = visitor.kind === "known" && visitor.who.nonce !== shown.who.nonce;
  return isOther ? { kind: "refused", why: "foreign" } : shown;
}
