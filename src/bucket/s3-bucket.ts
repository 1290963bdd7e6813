import { type Bucket, BucketError, type CheckedBytes, type ObjectHeaders } from "./bucket.ts";
import {
  etagOf,
  expectSuccess,
  failureOf,
  headersOf,
  isMissing,
  md5Header,
  metadataOf,
  objectOf,
  typeOf,
  unquote,
} from "./s3-bucket-answer.ts";
import { defaultRetryPolicy, type RetryPolicy, type S3Place, type S3Request, s3Sender } from "./s3-bucket-request.ts";
import { maxParts, startUpload } from "./s3-bucket-upload.ts";
import { escapeXml, readElement, readElements } from "./s3-bucket-xml.ts";
import { checkedBytes } from "./upload.ts";

/** Parts of 16 MiB keep four at once of eight files within half a gigabyte. */
export const leastPartBytes = 16 << 20;

/** Tidying up goes on after a stop, and keeps nobody waiting for longer than some seconds. */
const lastPolicy = { tries: 2, answerMilliseconds: 2000, longestPauseMilliseconds: 1000 } as const;

/**
 * Returns a bucket of R2, or of any storage that speaks S3, by its path (`endpoint/bucket/key`). Bytes are sent with their
 * MD5 and a signed SHA-256, which the storage checks. Its calls throw BucketError.
 * Source: Amazon S3 API; Cloudflare R2, S3 API compatibility.
 */
export function s3Bucket(
  place: S3Place,
  {
    policy = defaultRetryPolicy,
    partBytes: leastBytes = leastPartBytes,
    signal,
  }: {
    readonly policy?: RetryPolicy;
    readonly partBytes?: number;
    readonly signal?: AbortSignal | undefined;
  } = {},
): Bucket {
  const send = s3Sender(place, policy, signal);
  const sendLast = s3Sender(place, { ...policy, ...lastPolicy }, undefined);
  const name = `${place.bucket} at ${new URL(place.endpoint).host}`;
  return {
    name,
    partsAtOnce: 4,
    partBytes: (objectBytes) => Math.max(leastBytes, Math.ceil(objectBytes / maxParts)),
    async check() {
      const answer = await send({ method: "HEAD" }).catch((error: unknown) => {
        // Keys for the objects alone need not be allowed to ask for the bucket; the first object will tell.
        if (error instanceof BucketError && error.code === "refused") return undefined;
        throw error;
      });
      if (answer === undefined) return;
      if (answer.status === 404) throw new BucketError("no-bucket", `There is no bucket ${name}.`);
      expectSuccess(answer, "The bucket can't be reached");
    },
    async head(key) {
      const answer = await send({ method: "HEAD", key });
      if (answer.status === 404) return undefined;
      return objectOf(expectSuccess(answer, `${key} can't be looked up`));
    },
    async get(key) {
      const answer = await send({ method: "GET", key });
      // An object may hold the text of an error, and is none.
      if (answer.status === 200)
        return { bytes: answer.bytes, contentType: typeOf(answer), metadata: metadataOf(answer), etag: etagOf(answer) };
      if (isMissing(answer)) return undefined;
      throw failureOf(answer, `${key} can't be read`);
    },
    async put(key, content, headers) {
      const answer = await send(putRequest(key, content, headers));
      return etagOf(expectSuccess(answer, `${key} was not stored`));
    },
    async create(key, content, headers) {
      const request = putRequest(key, content, headers);
      const answer = await send({ ...request, headers: { ...request.headers, "if-none-match": "*" } });
      if (answer.status === 412) return undefined;
      return etagOf(expectSuccess(answer, `${key} was not stored`));
    },
    async replace(key, content, { etag, headers }) {
      const request = putRequest(key, content, headers);
      const answer = await send({ ...request, headers: { ...request.headers, "if-match": `"${etag}"` } });
      if (answer.status === 412 || answer.status === 409 || isMissing(answer)) return undefined;
      return etagOf(expectSuccess(answer, `${key} was not stored`));
    },
    async readRange(key, { offset, length, etag }) {
      const pinned = etag === undefined ? {} : { "if-match": `"${etag}"` };
      const range = `bytes=${offset}-${offset + length - 1}`;
      const answer = await send({ method: "GET", key, headers: { range, ...pinned } });
      if (answer.status === 412) {
        throw new BucketError("changed", `${key} was replaced while it was read. Run the command again.`);
      }
      // A storage that knows no ranges sends all of it.
      if (answer.status === 200) return answer.bytes.subarray(offset, offset + length);
      if (answer.status === 206) return answer.bytes;
      throw failureOf(answer, `${key} can't be read`);
    },
    async list(prefix, after) {
      const start = after === undefined ? {} : { "start-after": after };
      const answer = await send({ method: "GET", query: { "list-type": "2", prefix, ...start } });
      const { text } = expectSuccess(answer, `The objects of ${place.bucket} can't be listed`);
      const objects = readElements(text, "Contents").map((object) => ({
        key: readElement(object, "Key") ?? "",
        bytes: Number(readElement(object, "Size")),
        etag: unquote(readElement(object, "ETag") ?? ""),
        uploadedAt: Date.parse(readElement(object, "LastModified") ?? ""),
      }));
      const truncated = readElement(text, "IsTruncated");
      if (truncated === undefined) throw new BucketError("failed", `${name} answered with no list of objects.`);
      return { objects, isTruncated: truncated === "true" };
    },
    async delete(key) {
      const answer = await send({ method: "DELETE", key });
      if (!isMissing(answer)) expectSuccess(answer, `${key} was not deleted`);
    },
    async deleteAll(keys) {
      const named = keys.map((key) => `<Object><Key>${escapeXml(key)}</Key></Object>`).join("");
      const body = Buffer.from(`<Delete><Quiet>true</Quiet>${named}</Delete>`);
      const headers = { "content-type": "application/xml", "content-md5": md5Header(checkedBytes(body).md5) };
      const answer = await send({ method: "POST", query: { delete: "" }, headers, body });
      // One that was not deleted stands in the text of an answer that looks well.
      expectSuccess(answer, `Some of ${keys.length} objects of ${place.bucket} were not deleted`);
    },
    startParts: (key, headers) => startUpload(key, headers, { send, sendLast }),
  };
}

function putRequest(key: string, { bytes, md5 }: CheckedBytes, headers: ObjectHeaders): S3Request {
  return { method: "PUT", key, headers: { ...headersOf(headers), "content-md5": md5Header(md5) }, body: bytes };
}
