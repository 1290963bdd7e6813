import { BucketError, type ObjectHeaders, type StoredObject } from "./bucket.ts";
import type { S3Answer } from "./s3-bucket-request.ts";
import { readElement } from "./s3-bucket-xml.ts";

/** Tells whether an answer says that there is no such object, in a bucket that is there. */
export function isMissing(answer: S3Answer): boolean {
  return answer.status === 404 && errorCode(answer) !== "NoSuchBucket";
}

/** Reads the answer to a HEAD request. */
export function objectOf(answer: S3Answer): StoredObject {
  const { headers } = answer;
  return {
    bytes: Number(headers.get("content-length")),
    etag: etagOf(answer),
    uploadedAt: Date.parse(headers.get("last-modified") ?? ""),
    contentType: typeOf(answer),
    metadata: metadataOf(answer),
  };
}

/** Reads the custom metadata of an object from the headers of an answer. */
export function metadataOf({ headers }: S3Answer): Readonly<Record<string, string>> {
  const metadata: Record<string, string> = {};
  for (const [name, value] of headers) {
    if (name.startsWith("x-amz-meta-")) metadata[name.slice("x-amz-meta-".length)] = value;
  }
  return metadata;
}

/** Reads the media type of an object from an answer. */
export function typeOf({ headers }: S3Answer): string {
  return headers.get("content-type") ?? "application/octet-stream";
}

/** Formats type and custom metadata as the headers of a request. */
export function headersOf({ contentType, metadata }: ObjectHeaders): Readonly<Record<string, string>> {
  const custom = Object.entries(metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
  return { "content-type": contentType, ...Object.fromEntries(custom) };
}

/**
 * Returns an answer that tells of success, and throws BucketError for any other; `what` says what failed. Storages answer
 * 200 to a completion and tell of its failure only in the text.
 */
export function expectSuccess(answer: S3Answer, what: string): S3Answer {
  if (answer.status < 300 && errorCode(answer) === undefined) return answer;
  throw failureOf(answer, what);
}

function errorCode({ text }: S3Answer): string | undefined {
  return text.includes("<Error>") ? readElement(text, "Code") : undefined;
}

/** Makes the error of an answer that does not tell of success. */
export function failureOf(answer: S3Answer, what: string): BucketError {
  const code = errorCode(answer);
  const reason = readElement(answer.text, "Message")?.split("\n", 1)[0] ?? "";
  if (code === "BadDigest" || code === "XAmzContentSHA256Mismatch" || code === "InvalidDigest") {
    return new BucketError("corrupted", `${what}: it did not arrive as it was sent. Run the command again.`);
  }
  if (code === "NoSuchBucket") return new BucketError("no-bucket", `${what}: there is no such bucket.`);
  return new BucketError("failed", `${what}: ${[answer.status, code, reason].filter(Boolean).join(" ")}.`);
}

/** Reads the etag of an answer, without quotes; empty without one. */
export function etagOf(answer: S3Answer): string {
  return unquote(answer.headers.get("etag") ?? "");
}

/** Takes quotes and the mark of a weak etag away. */
export function unquote(etag: string): string {
  return etag.replace(/^W\//, "").replace(/^"|"$/g, "");
}

/** Formats an MD5, given in hexadecimal, as Content-MD5 states it. */
export function md5Header(md5: string): string {
  return Buffer.from(md5, "hex").toString("base64");
}
