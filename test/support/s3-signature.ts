import { createHash, createHmac } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** The keys that a request must be signed with. */
export interface S3Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * Returns what is wrong with the signature of a request, as an S3 error code, or undefined. Computed from the request
 * as it arrived, independently of the client. Source: AWS Signature Version 4, signing a request in the header.
 */
export function signatureFault(request: IncomingMessage, body: Uint8Array, keys: S3Keys): string | undefined {
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([\da-f]{64})$/;
  const [, accessKeyId, day = "", region = "", signedHeaders = "", signature] =
    pattern.exec(request.headers.authorization ?? "") ?? [];
  if (accessKeyId !== keys.accessKeyId) return "InvalidAccessKeyId";
  const digest = createHash("sha256").update(body).digest("hex");
  if (request.headers["x-amz-content-sha256"] !== digest) return "XAmzContentSHA256Mismatch";
  const names = signedHeaders.split(";");
  if (!["host", "x-amz-content-sha256", "x-amz-date"].every((name) => names.includes(name))) return "AccessDenied";
  const [path = "", query = ""] = (request.url ?? "").split("?", 2);
  const canonical = [
    request.method,
    path,
    query.split("&").sort().join("&"),
    ...names.map((name) => `${name}:${String(request.headers[name] ?? "").trim()}`),
    "",
    signedHeaders,
    digest,
  ].join("\n");
  const date = String(request.headers["x-amz-date"]);
  const scope = `${day}/${region}/s3/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", date, scope, createHash("sha256").update(canonical).digest("hex")].join("\n");
  const key = [day, region, "s3", "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${keys.secretAccessKey}`);
  return hmac(key, toSign).toString("hex") === signature ? undefined : "SignatureDoesNotMatch";
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
