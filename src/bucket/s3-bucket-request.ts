import { createHash } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { AwsV4Signer } from "aws4fetch";
import { readRetryAfter } from "../http/retry-after.ts";
import { escapeSegment } from "../identity/identifier.ts";
import { endpointFault } from "../settings/s3-endpoint.ts";
import { BucketError, mostReadBytes } from "./bucket.ts";
import { readElement } from "./s3-bucket-xml.ts";

/** Where a bucket is and who asks. */
export interface S3Place {
  /** Scheme, host and perhaps a path, without the bucket and without a trailing slash. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
  /** What to look at where requests are refused, as a sentence; the keys of a bucket that is written to without it. */
  readonly hint?: string;
}

/** A request to an S3 storage. */
export interface S3Request {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  /** Of the object; undefined asks the bucket. */
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
}

/** An answer, read to its end. */
export interface S3Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  /** The bytes as UTF-8. */
  readonly text: string;
}

/** How requests are tried again, which tests shorten. */
export interface RetryPolicy {
  readonly tries: number;
  /** How long one try is waited for, with what its bytes take at the least speed on top. */
  readonly answerMilliseconds: number;
  /** The first pause; each further one is twice as long, up to 40 times the first, and shortened at random. */
  readonly pauseMilliseconds: number;
  /** Longest pause that a Retry-After can ask for. */
  readonly longestPauseMilliseconds: number;
}

/** Seven tries within about a minute and a half. */
export const defaultRetryPolicy: RetryPolicy = {
  tries: 7,
  answerMilliseconds: 60_000,
  pauseMilliseconds: 500,
  longestPauseMilliseconds: 120_000,
};

const passingStatuses = new Set([408, 425, 429, 500, 502, 503, 504]);

/** The least speed at which a request is thought to be alive. */
const leastBytesPerMillisecond = 20;

/** Lists of a thousand keys of 1024 escaped characters each fit in as well. */
const mostAnswerBytes = mostReadBytes;

/** Sends signed requests to one bucket. */
export type S3Sender = (request: S3Request) => Promise<S3Answer>;

/**
 * Returns what sends requests to a bucket: signed with Signature Version 4 over a digest of the body, tried again after
 * answers that pass and broken connections. An answer from 300 on is returned like any other once it does not pass. What
 * is sent throws BucketError `unavailable` after the last try, `refused` for 401 and 403 other than of a digest and for an
 * endpoint that keys are not sent to, `failed` for an endless answer, and `stopped`. Source: AWS Signature Version 4; RFC 9110 §10.2.3, Retry-After.
 */
export function s3Sender(place: S3Place, policy: RetryPolicy, signal: AbortSignal | undefined): S3Sender {
  const fault = endpointFault(place.endpoint);
  return async (request) => {
    if (fault !== undefined) throw new BucketError("refused", `The endpoint ${fault}.`);
    for (let attempt = 1; ; attempt += 1) {
      const answer = await attemptOnce(place, request, { policy, signal });
      if ("status" in answer && !passingStatuses.has(answer.status)) return refuseDenied(answer, place);
      if (attempt >= policy.tries) throw unavailable(answer, place, attempt);
      await pause(pauseAfter(answer, attempt, policy), signal);
    }
  };
}

async function attemptOnce(
  place: S3Place,
  request: S3Request,
  { policy, signal }: { readonly policy: RetryPolicy; readonly signal: AbortSignal | undefined },
): Promise<S3Answer | { readonly failure: unknown }> {
  stopIfAborted(signal);
  const { method, body } = request;
  const { url, headers } = await sign(place, request);
  const patience = AbortSignal.timeout(
    policy.answerMilliseconds + Math.ceil((body?.byteLength ?? 0) / leastBytesPerMillisecond),
  );
  try {
    const response = await fetch(url, {
      method,
      headers,
      // A signature holds for one host, and what it stands for is not to be sent to another.
      redirect: "manual",
      signal: signal === undefined ? patience : AbortSignal.any([signal, patience]),
      ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
    });
    const bytes = await readBytes(response, place);
    return { status: response.status, headers: response.headers, bytes, text: bytes.toString("utf8") };
  } catch (failure) {
    stopIfAborted(signal);
    if (failure instanceof BucketError) throw failure;
    return { failure };
  }
}

async function readBytes(response: Response, place: S3Place): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.byteLength;
    if (bytes > mostAnswerBytes) throw tooLong(place);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function tooLong({ endpoint }: S3Place): BucketError {
  return new BucketError(
    "failed",
    `${new URL(endpoint).host} answered with more than ${mostAnswerBytes >> 20} MiB, which nothing asked for has. Check the endpoint.`,
  );
}

async function sign(place: S3Place, request: S3Request): Promise<{ readonly url: string; readonly headers: Headers }> {
  const path = request.key === undefined ? "" : `/${request.key.split("/").map(escapeSegment).join("/")}`;
  const query = Object.entries(request.query ?? {}).map(
    ([name, value]) => `${escapeSegment(name)}=${escapeSegment(value)}`,
  );
  const url = `${place.endpoint}/${escapeSegment(place.bucket)}${path}${query.length > 0 ? `?${query.join("&")}` : ""}`;
  const digest = createHash("sha256")
    .update(request.body ?? "")
    .digest("hex");
  const signer = new AwsV4Signer({
    method: request.method,
    url,
    headers: { ...request.headers, "x-amz-content-sha256": digest },
    accessKeyId: place.accessKeyId,
    secretAccessKey: place.secretAccessKey,
    ...(place.sessionToken === undefined ? {} : { sessionToken: place.sessionToken }),
    service: "s3",
    region: place.region,
  });
  const signed = await signer.sign();
  return { url: signed.url.href, headers: signed.headers };
}

function refuseDenied(answer: S3Answer, place: S3Place): S3Answer {
  if (answer.status !== 401 && answer.status !== 403) return answer;
  const code = readElement(answer.text, "Code");
  // The digest of the body is wrong on arrival: the keys are right.
  if (code === "XAmzContentSHA256Mismatch") return answer;
  const hint =
    code === "RequestTimeTooSkewed"
      ? "The clock of this machine is wrong."
      : (place.hint ?? "Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and that they may write to this bucket.");
  const reason = code === undefined ? String(answer.status) : `${answer.status} ${code}`;
  throw new BucketError("refused", `The bucket ${place.bucket} refused the request (${reason}). ${hint}`);
}

function unavailable(answer: S3Answer | { readonly failure: unknown }, place: S3Place, tries: number): BucketError {
  const reason = "status" in answer ? `${answer.status}` : reasonOf(answer.failure);
  return new BucketError(
    "unavailable",
    `The storage at ${new URL(place.endpoint).host} did not accept the request after ${tries} tries (${reason}).`,
    { cause: "failure" in answer ? answer.failure : undefined },
  );
}

/** The reason of a failed fetch is in its cause. */
function reasonOf(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  return failure.cause instanceof Error ? failure.cause.message || failure.message : failure.message;
}

function pauseAfter(answer: S3Answer | { readonly failure: unknown }, attempt: number, policy: RetryPolicy): number {
  const asked = "status" in answer ? readRetryAfter(answer.headers.get("retry-after"), Date.now()) : undefined;
  if (asked !== undefined) return Math.min(asked, policy.longestPauseMilliseconds);
  const longest = policy.pauseMilliseconds * Math.min(40, 2 ** (attempt - 1));
  return longest * (0.5 + Math.random() / 2);
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await wait(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch {
    stopIfAborted(signal);
  }
}

function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new BucketError("stopped", "Stopped.");
}
