import { isLoopback } from "../hosts.ts";

/** R2's own hosts, including those of jurisdictions. Source: Cloudflare R2, S3 API. */
const r2Endpoint = /^https:\/\/[\da-f]{32}(?:\.[a-z]+)?\.r2\.cloudflarestorage\.com\/*$/;

/** Returns whether an endpoint is R2 itself, so that keys of R2 can be sent to it whoever named it. */
export function isR2Endpoint(endpoint: string): boolean {
  return r2Endpoint.test(endpoint);
}

/** Returns why signed requests are not sent to an endpoint, phrased to follow its name; undefined when they are. */
export function endpointFault(endpoint: string): string | undefined {
  const url = URL.parse(endpoint);
  if (url === null) return `is ${JSON.stringify(endpoint)}, which is not a URL`;
  if (url.username !== "" || url.password !== "")
    return "contains a user name or password; put keys in the environment";
  if (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname))) return undefined;
  return `is ${JSON.stringify(endpoint)}: signed requests only go over https, or over http to this machine`;
}
