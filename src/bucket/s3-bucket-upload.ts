import { BucketError, type CheckedBytes, type ObjectHeaders, type PartUpload, type StoredPart } from "./bucket.ts";
import { etagOf, expectSuccess, headersOf, md5Header, unquote } from "./s3-bucket-answer.ts";
import type { S3Answer, S3Sender } from "./s3-bucket-request.ts";
import { escapeXml, readElement, readElements } from "./s3-bucket-xml.ts";

/** Most parts of one object. Source: Cloudflare R2, multipart upload limits; the same as of Amazon S3. */
export const maxParts = 10_000;

/** Takes up the newest upload of a key that was interrupted, or starts one. Throws BucketError. */
export async function startUpload(
  key: string,
  headers: ObjectHeaders,
  { send, sendLast }: Pick<Upload, "send" | "sendLast">,
): Promise<PartUpload> {
  const left = await findUpload({ send, key });
  const uploadId = left?.uploadId ?? (await createUpload({ send, key, headers }));
  return partUpload({ send, sendLast, key, uploadId, found: left?.parts ?? new Map() });
}

interface Upload {
  readonly send: S3Sender;
  /** Sends what tidies up, also after a stop. */
  readonly sendLast: S3Sender;
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
        headers: { "content-md5": md5Header(part.md5) },
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
  readonly send: S3Sender;
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
  readonly send: S3Sender;
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
