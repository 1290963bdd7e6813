/** R2's own hosts, those of a jurisdiction among them. Source: Cloudflare R2, S3 API. */
const r2Endpoint = /^https:\/\/[\da-f]{32}(?:\.[a-z]+)?\.r2\.cloudflarestorage\.com\/*$/;

/** This machine, where nobody listens on the way. Source: RFC 6761 §6.3, RFC 5735 §3, RFC 4291 §2.5.3. */
const loopbackHost = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Tells whether an endpoint is R2 itself, which keys of R2 can be sent to whoever names it. */
export function isR2Endpoint(endpoint: string): boolean {
  return r2Endpoint.test(endpoint);
}

/** Returns why signed requests are not sent to an endpoint, worded to follow its name; undefined where they are. */
export function endpointFault(endpoint: string): string | undefined {
  const url = URL.parse(endpoint);
  if (url === null) return `is ${JSON.stringify(endpoint)}, which is no URL`;
  if (url.username !== "" || url.password !== "")
    return "has a name or a password in it; keys come from the environment";
  if (url.protocol === "https:" || (url.protocol === "http:" && loopbackHost.test(url.hostname))) return undefined;
  return `is ${JSON.stringify(endpoint)}: signed requests go over https only, or over http to this machine itself`;
}
