import type { Logins } from "../access/services.ts";
import type { Config } from "../config.ts";

/** Returns how somebody can be let in at all: without a secret nothing can be signed that he would show. */
export function loginsOf({ accessSecrets, loginAudience, oidc }: Config): Logins {
  if (accessSecrets.length === 0) return new Set();
  return new Set(loginAudience === undefined && oidc === undefined ? ["click"] : ["click", "role"]);
}
