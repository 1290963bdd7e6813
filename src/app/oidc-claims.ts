import type { Claims } from "../access/claims.ts";
import type { OidcProvider } from "../config/login.ts";
import { groupNames } from "./group-names.ts";

/** What a document of a provider says of somebody: the ID token, or what its userinfo endpoint answers. */
export interface OidcClaims extends Pick<Claims, "groups"> {
  readonly email: string | undefined;
  /** `unstated` where the provider says nothing of it. */
  readonly verification: "verified" | "unverified" | "unstated";
}

/** Reads what a document of a provider says of somebody. Never throws. Source: OpenID Connect Core 1.0 §5.1. */
export function readClaims(
  stated: Readonly<Record<string, unknown>>,
  { rolesClaim }: Pick<OidcProvider, "rolesClaim">,
): OidcClaims {
  const { email, email_verified: verified } = stated;
  return {
    email: typeof email === "string" ? email : undefined,
    groups: groupNames(stated[rolesClaim] ?? atPath(stated, rolesClaim.split("."))),
    verification: verified === undefined ? "unstated" : isTrue(verified) ? "verified" : "unverified",
  };
}

/** Says whether no other document can say more: there are groups, and of an address it is settled whether it counts. */
export function isSettled({ email, groups, verification }: OidcClaims): boolean {
  const isAddressSettled = verification === "unverified" || (email !== undefined && verification === "verified");
  return isAddressSettled && groups.length > 0;
}

/**
 * Returns what somebody is known by, of all documents that say something of him: the first address, unless one of them says
 * that his is not verified, for then it is anybody's; and the groups of all.
 */
export function joinClaims(documents: readonly OidcClaims[]): Claims {
  const isVetoed = documents.some(({ verification }) => verification === "unverified");
  const email = documents.find((one) => one.email !== undefined)?.email;
  return { email: isVetoed ? undefined : email, groups: documents.flatMap(({ groups }) => groups) };
}

/** Some providers state it as a text. What is stated in any other way is not `true`. */
function isTrue(verified: unknown): boolean {
  return verified === true || verified === "true";
}

function atPath(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return value;
  const isObject = typeof value === "object" && value !== null && Object.hasOwn(value, name);
  return isObject ? atPath((value as Readonly<Record<string, unknown>>)[name], rest) : undefined;
}
