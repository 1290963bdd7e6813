import { AwsV4Signer } from "aws4fetch";
import type { Origin } from "../config/origins.ts";
import { ImageError } from "../error.ts";
import { isLoopback, publicHostFault } from "../hosts.ts";
import type { OriginObject } from "../identity/origin-object.ts";

/** Bytes of an object to ask for, and the condition under which. */
export interface Asked {
  readonly offset: number;
  readonly length: number;
  readonly condition?: Readonly<Record<string, string>> | undefined;
}

/** Keys that signatures are made with, by what they are for: a day's key takes four digests to make. */
export type SigningKeys = Map<string, ArrayBuffer>;

/** SHA-256 of no bytes: a request that reads has no body. */
const emptyDigest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** As many days as an isolate may live, of some origins. */
const mostSigningKeys = 64;

/**
 * Returns the request for a range of an object, signed where the origin wants it. Throws `config-invalid` for one that is not
 * sent: to a private host, or without the secrets that it takes. Source: RFC 9110 §14.2; AWS Signature Version 4.
 */
export async function rangeRequest(
  { origin, path }: OriginObject,
  { offset, length, condition }: Asked,
  signingKeys: SigningKeys,
): Promise<{ readonly url: string; readonly headers: Headers }> {
  const url = `${origin.base}${path}`;
  refusePrivate(origin, url, path);
  const headers = new Headers({
    Range: `bytes=${offset}-${offset + length - 1}`,
    // A range of compressed bytes is no range of the file.
    "Accept-Encoding": "identity",
    "User-Agent": "Tessera",
    ...condition,
  });
  const { access } = origin;
  if (access.kind === "missing") throw invalid(`secrets are missing or malformed: ${access.secrets.join(", ")}`);
  if (access.kind === "header") headers.set("Authorization", access.authorization);
  if (access.kind !== "s3") return { url, headers };
  if (signingKeys.size > mostSigningKeys) signingKeys.clear();
  const { region, accessKeyId, secretAccessKey } = access;
  // What may be changed on the way, as Accept-Encoding is, is left out of the signature.
  const signer = new AwsV4Signer({
    ...{ method: "GET", url, headers: { "X-Amz-Content-Sha256": emptyDigest } },
    ...{ service: "s3", region, accessKeyId, secretAccessKey, cache: signingKeys },
  });
  for (const [name, value] of (await signer.sign()).headers) headers.set(name, value);
  return { url, headers };
}

/** What the configuration was held to holds for every request: whatever made its path, it stays on its host. */
function refusePrivate({ base, isLocal }: Origin, url: string, path: string): void {
  const { origin, pathname, protocol, hostname } = new URL(url);
  const isThere = origin === base && pathname === path;
  const isAllowed = isLocal ? isLoopback(hostname) : protocol === "https:" && publicHostFault(hostname) === undefined;
  if (!isThere || !isAllowed) throw invalid(`a request to ${url} is not sent`);
}

function invalid(detail: string): ImageError {
  return new ImageError("config-invalid", "The service is not configured correctly; see its log.", { detail });
}
