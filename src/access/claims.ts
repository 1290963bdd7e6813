import type { AccessRules } from "./rules.ts";

/** What somebody is known by to whoever he signed in with. */
export interface Claims {
  /** Undefined where it is not stated, or stated not to be verified. */
  readonly email?: string | undefined;
  readonly groups: readonly string[];
}

/**
 * Returns the roles of somebody by what he is known by, in the order of the rules: an address of mail, `@domain` for all of a
 * domain, in whatever case; without an `@`, the name of a group, as it is. In many directories whoever makes a group names it:
 * a name meets no claim of an address.
 */
export function rolesOf({ roles }: Pick<AccessRules, "roles">, { email, groups }: Claims): readonly string[] {
  const address = email?.toLowerCase();
  const isMet = (claim: string): boolean => {
    if (!claim.includes("@")) return groups.includes(claim);
    if (address === undefined) return false;
    const wanted = claim.toLowerCase();
    return wanted.startsWith("@") ? address.slice(address.lastIndexOf("@")) === wanted : address === wanted;
  };
  return [...roles].filter(([, { claims }]) => claims.some(isMet)).map(([name]) => name);
}
