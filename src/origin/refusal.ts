import { type ErrorOptions, ImageError } from "../error.ts";
import { readRetryAfter } from "../http/retry-after.ts";
import type { OriginObject } from "../identity/origin-object.ts";

/** What S3 says is read up to here, in bytes. */
const mostErrorBytes = 4096;

/** Longest wait that a server can ask our clients for, in seconds. */
const longestRetrySeconds = 3600;

/** Statuses that pass. Source: RFC 9110 §15.5.9, §15.6; RFC 8470 §5.2; RFC 6585 §4. */
const passingStatuses = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Returns an `origin-unsuitable`, whose detail says where. */
export function unsuitable({ origin, path }: OriginObject, message: string, detail: string): ImageError {
  return new ImageError("origin-unsuitable", message, { detail: `${origin.base}${path}: ${detail}` });
}

/** Returns a `storage-failed` for an answer that is wrong. */
export function incomplete({ origin, path }: OriginObject, detail: string): ImageError {
  const options: ErrorOptions = { detail: `${origin.base}${path}: ${detail}` };
  return new ImageError("storage-failed", "The storage returned an incomplete answer. Try again.", options);
}

/**
 * Returns what an answer without the file means: `missing`, or the error to throw. S3 answers 403 for an object that is not
 * there to keys that may not list the bucket, and says `AccessDenied`; what is wrong with the keys themselves has other
 * codes. `now` is in milliseconds since 1970. Source: Amazon S3, error responses, GetObject.
 */
export async function refusalOf(
  response: Response,
  object: OriginObject,
  now: number,
): Promise<"missing" | ImageError> {
  const { status, headers } = response;
  const isS3 = object.origin.access.kind === "s3";
  const code = isS3 ? await errorCodeOf(response) : undefined;
  const said = code === undefined ? String(status) : `${status} ${code}`;
  if (status >= 300 && status < 400) {
    const location = headers.get("Location");
    const detail = location === null ? said : `${said}, to ${JSON.stringify(location.slice(0, 256))}`;
    return unsuitable(object, "The server that holds this image redirects, which is not followed.", detail);
  }
  if (status === 404 || status === 410) {
    return code === "NoSuchBucket"
      ? unsuitable(object, "The server does not have this image's bucket.", said)
      : "missing";
  }
  if (status === 403 && (code === undefined || code === "AccessDenied")) return "missing";
  if (status === 401 || status === 403 || status === 407) {
    return unsuitable(object, "The server that holds this image does not let the service read it.", said);
  }
  if (passingStatuses.has(status)) {
    const retry = readRetryAfter(headers.get("Retry-After"), now);
    return new ImageError("storage-failed", "The storage does not respond. Try again.", {
      detail: `${object.origin.base}${object.path}: ${said}`,
      retrySeconds:
        retry === undefined ? undefined : Math.min(longestRetrySeconds, Math.max(1, Math.ceil(retry / 1000))),
    });
  }
  return unsuitable(object, "The server that holds this image refuses to be read.", said);
}

/** Reads the code of an error of S3; undefined for an answer that has none near its beginning. */
async function errorCodeOf({ body }: Response): Promise<string | undefined> {
  const reader = body?.getReader();
  if (reader === undefined) return undefined;
  const decoder = new TextDecoder();
  let text = "";
  for (let bytes = 0; bytes < mostErrorBytes; ) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.byteLength;
    text += decoder.decode(value.subarray(0, mostErrorBytes), { stream: true });
  }
  reader.releaseLock();
  return /<Code>([A-Za-z0-9.]{1,64})<\/Code>/.exec(text)?.[1];
}
