import {
  BucketError,
  type CheckedBytes,
  type MasterBucket,
  type ObjectHeaders,
  type PartUpload,
  type StoredObject,
  type StoredPart,
} from "./bucket.ts";
import { defaultRetryPolicy, type RetryPolicy, type S3Answer, type S3Place, s3Sender } from "./s3-bucket-request.ts";
import { escapeXml, readElement, readElements } from "./s3-bucket-xml.ts";

/** Parts of 16 MiB keep four at once of eight files within half a gigabyte. */
const leastPartBytes = 16 << 20;

/** Source: Cloudflare R2, multipart upload limits; the same as of Amazon S3. */
const maxParts = 10_000;

/** Tidying up goes on after a stop, and keeps nobody waiting for longer than some seconds. */
const lastPolicy = { tries: 2, answerMilliseconds: 2000, longestPauseMilliseconds: 1000 } as const;

/**
 * Returns a bucket of R2, or of any storage that speaks S3, by its path (`endpoint/bucket/key`). Bytes are sent with their
 * MD5 and a signed SHA-256, which the storage checks. Never throws; its calls throw BucketError.
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
): MasterBucket {
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
    async put(key, content, headers) {
      const answer = await send({
        method: "PUT",
        key,
        headers: { ...headersOf(headers), "content-md5": base64(content.md5) },
        body: content.bytes,
      });
      return etagOf(expectSuccess(answer, `${key} was not stored`));
    },
    async startParts(key, headers) {
      const left = await findUpload({ send, key });
      const uploadId = left?.uploadId ?? (await createUpload({ send, key, headers }));
      return partUpload({ send, sendLast, key, uploadId, found: left?.parts ?? new Map() });
    },
    async close() {},
  };
}

type Send = ReturnType<typeof s3Sender>;

interface Upload {
  readonly send: Send;
  readonly sendLast: Send;
  readonly key: string;
  readonly uploadId: string;
  readonly found: PartUpload["found"];
}

function partUpload({ send, sendLast, key, uploadId, found }: Upload): PartUpload {
  return {
    found,
    async putPart(number, part: CheckedBytes): Promise<StoredPart> {
      const answer = await send({
        method: "PUT",
        key,
        query: { partNumber: String(number), uploadId },
        headers: { "content-md5": base64(part.md5) },
        body: part.bytes,
      });
      return { number, etag: etagOf(expectSuccess(answer, `Part ${number} of ${key} was not stored`)) };
    },
    async complete(parts) {
      const list = parts.map(
        ({ number, etag }) => `<Part><PartNumber>${number}</PartNumber><ETag>"${escapeXml(etag)}"</ETag></Part>`,
      );
      const body = new TextEncoder().encode(`<CompleteMultipartUpload>${list.join("")}</CompleteMultipartUpload>`);
      const headers = { "content-type": "application/xml" };
      const answer = await send({ method: "POST", key, query: { uploadId }, headers, body });
      // The answer to an earlier try may have been lost: what it did shows in the object.
      if (readElement(answer.text, "Code") === "NoSuchUpload") return "";
      expectSuccess(answer, `The parts of ${key} were not put together`);
      return unquote(readElement(answer.text, "ETag") ?? "");
    },
    async abort() {
      try {
        await sendLast({ method: "DELETE", key, query: { uploadId } });
      } catch {
        // The storage ends uploads that nobody goes on with: R2 after seven days.
      }
    },
  };
}

async function createUpload({
  send,
  key,
  headers,
}: {
  readonly send: Send;
  readonly key: string;
  readonly headers: ObjectHeaders;
}): Promise<string> {
  const answer = await send({ method: "POST", key, query: { uploads: "" }, headers: headersOf(headers) });
  const uploadId = readElement(expectSuccess(answer, `No upload of ${key} was started`).text, "UploadId");
  if (uploadId === undefined) throw new BucketError("failed", `The storage gave the upload of ${key} no identifier.`);
  return uploadId;
}

/** Looks for an upload of the same key that was interrupted, the newest; undefined also where storages do not list them. */
async function findUpload({
  send,
  key,
}: {
  readonly send: Send;
  readonly key: string;
}): Promise<{ readonly uploadId: string; readonly parts: PartUpload["found"] } | undefined> {
  const listed = await send({ method: "GET", query: { uploads: "", prefix: key } });
  if (listed.status !== 200) return undefined;
  const uploads = readElements(listed.text, "Upload")
    .map((upload) => ({
      key: readElement(upload, "Key"),
      initiated: readElement(upload, "Initiated") ?? "",
      uploadId: readElement(upload, "UploadId"),
    }))
    .filter((upload) => upload.key === key)
    .sort((a, b) => a.initiated.localeCompare(b.initiated));
  const uploadId = uploads.at(-1)?.uploadId;
  if (uploadId === undefined) return undefined;
  const parts = new Map<number, StoredPart & { readonly bytes: number }>();
  for (let marker: string | undefined = "0"; marker !== undefined; ) {
    const answer: S3Answer = await send({ method: "GET", key, query: { uploadId, "part-number-marker": marker } });
    if (answer.status !== 200) return undefined;
    for (const part of readElements(answer.text, "Part")) {
      const number = Number(readElement(part, "PartNumber"));
      const etag = unquote(readElement(part, "ETag") ?? "");
      parts.set(number, { number, etag, bytes: Number(readElement(part, "Size")) });
    }
    const next: string | undefined = readElement(answer.text, "NextPartNumberMarker");
    // Markers that do not grow would lead in a circle.
    const goesOn: boolean = readElement(answer.text, "IsTruncated") === "true" && Number(next) > Number(marker);
    marker = goesOn && Number(next) < maxParts ? next : undefined;
  }
  return { uploadId, parts };
}

function objectOf(answer: S3Answer): StoredObject {
  const metadata: Record<string, string> = {};
  for (const [name, value] of answer.headers) {
    if (name.startsWith("x-amz-meta-")) metadata[name.slice("x-amz-meta-".length)] = value;
  }
  return { bytes: Number(answer.headers.get("content-length")), metadata };
}

function headersOf({ contentType, metadata }: ObjectHeaders): Readonly<Record<string, string>> {
  const custom = Object.entries(metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
  return { "content-type": contentType, ...Object.fromEntries(custom) };
}

/** Storages answer 200 to a completion and tell of its failure only in the text. */
function expectSuccess(answer: S3Answer, what: string): S3Answer {
  const code = answer.text.includes("<Error>") ? readElement(answer.text, "Code") : undefined;
  if (answer.status < 300 && code === undefined) return answer;
  const reason = readElement(answer.text, "Message")?.split("\n", 1)[0] ?? "";
  if (code === "BadDigest" || code === "XAmzContentSHA256Mismatch" || code === "InvalidDigest") {
    throw new BucketError("corrupted", `${what}: it did not arrive as it was sent. Run the command again.`);
  }
  if (code === "NoSuchBucket") throw new BucketError("no-bucket", `${what}: there is no such bucket.`);
  throw new BucketError("failed", `${what}: ${[answer.status, code, reason].filter(Boolean).join(" ")}.`);
}

function etagOf(answer: S3Answer): string {
  return unquote(answer.headers.get("etag") ?? "");
}

function unquote(etag: string): string {
  return etag.replace(/^W\//, "").replace(/^"|"$/g, "");
}

function base64(hexadecimal: string): string {
  return Buffer.from(hexadecimal, "hex").toString("base64");
}
