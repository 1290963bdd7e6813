/** A provider of OpenID Connect that people sign in with. */
export interface OidcProvider {
  /** As it calls itself: its configuration is under it. */
  readonly issuer: string;
  readonly clientId: string;
  /** Undefined for a client that has none. */
  readonly clientSecret: string | undefined;
  /** The claim that holds somebody's groups; a path through objects where it has dots. */
  readonly rolesClaim: string;
  /** What is asked for, with spaces between. */
  readonly scope: string;
}

/** Set with `wrangler secret put`, never in a file that is kept. */
export const oidcSecretName = "OIDC_CLIENT_SECRET";

/** The variables of a provider, as texts. */
export interface OidcVariables {
  readonly issuer: string;
  readonly clientId: string;
  readonly rolesClaim: string;
  readonly scope: string;
  readonly secret: unknown;
}

/** Reads the provider that people sign in with; undefined where none is stated. Adds what is wrong to `faults`. */
export function readOidcProvider(variables: OidcVariables, faults: string[]): OidcProvider | undefined {
  const { issuer, clientId, rolesClaim, scope, secret } = variables;
  if (issuer === "" && clientId === "") return undefined;
  if (issuer === "" || clientId === "") faults.push("OIDC_ISSUER and OIDC_CLIENT_ID belong together, and one is empty");
  if (!isIssuer(issuer)) faults.push(`OIDC_ISSUER is "${issuer}", not a URL of https without query or fragment`);
  if (!scope.split(" ").includes("openid")) faults.push(`OIDC_SCOPE is "${scope}", which lacks openid`);
  if (secret !== undefined && (typeof secret !== "string" || secret.length > 512)) {
    faults.push(`${oidcSecretName} is not a text of at most 512 characters`);
  }
  // An empty one is what is left of a form that asked for it.
  const clientSecret = typeof secret === "string" && secret !== "" ? secret : undefined;
  return { issuer, clientId, clientSecret, rolesClaim, scope };
}

/** Source: OpenID Connect Core 1.0 §2, Issuer Identifier. A provider on one's own machine has no https. */
function isIssuer(text: string): boolean {
  return URL.canParse(text) && /^(?:https:\/\/|http:\/\/(?:localhost|127\.0\.0\.1)(?=[:/]|$))[^?#\s]+$/.test(text);
}
