import type { OriginObject } from "../identity/origin-object.ts";
import { availableBytes } from "../source/byte-source.ts";
import type { ObjectVersion } from "../source/stored-object.ts";
import { incomplete, refusalOf, unsuitable } from "./refusal.ts";
import type { Asked } from "./request.ts";
import { isSameFile, validatorOf } from "./validator.ts";

/** A range as it came, and the file that it is of. */
export interface Found extends ObjectVersion {
  readonly bytes: Uint8Array;
}

/** What was asked for. */
export interface Question extends Asked {
  readonly object: OriginObject;
  /** The version that was opened; undefined while it is not known. */
  readonly pinned: ObjectVersion | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Reads the answer to a request for a range, no more of it than was asked for: the bytes, `missing` where there is no file,
 * `changed` where it is not the pinned one. Throws `origin-unsuitable` for a server that knows no ranges or no
 * versions, redirects or lets nobody in, and `storage-failed` for an answer that passes, is wrong or falls short. Who calls
 * it cancels the body. Source: RFC 9110 §14.4, §15.3.7, §15.5.13, §15.5.17.
 */
export async function readRangeAnswer(response: Response, question: Question): Promise<Found | "missing" | "changed"> {
  const { object, pinned, now, offset } = question;
  const { status, headers } = response;
  if (status === 206) return readPart(response, question);
  if (status === 200) {
    if (pinned !== undefined && isSameFile(pinned.version, headers) === false) return "changed";
    if (headers.get("Content-Length") === "0" && offset === 0) return empty;
    throw unsuitable(object, "The server that holds this image does not answer requests for ranges.", "200 to a range");
  }
  if (status === 412 && pinned !== undefined) return "changed";
  if (status === 416) {
    if (pinned !== undefined) return "changed";
    // The first byte is there wherever there is one; not all servers say how long the file is.
    if ((headers.get("Content-Range") ?? "bytes */0") === "bytes */0") return empty;
    throw incomplete(object, "416 to a range that the file has");
  }
  const refusal = await refusalOf(response, object, now);
  if (refusal !== "missing") throw refusal;
  return pinned === undefined ? "missing" : "changed";
}

/** An empty file is no image, whichever version it is. */
const empty: Found = { size: 0, version: "empty", bytes: new Uint8Array(0) };

async function readPart(response: Response, question: Question): Promise<Found | "changed"> {
  const { object, pinned, offset, length } = question;
  const { headers } = response;
  const encoding = headers.get("Content-Encoding") ?? "identity";
  if (encoding !== "identity") {
    throw unsuitable(
      object,
      "The server that holds this image compresses ranges of it.",
      `Content-Encoding is ${encoding}`,
    );
  }
  const stated = headers.get("Content-Range") ?? "";
  const [, first, last, total] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i.exec(stated) ?? [];
  if (total === "*") {
    throw unsuitable(
      object,
      "The server that holds this image does not say how long it is.",
      `Content-Range is ${stated}`,
    );
  }
  const size = Number(total);
  const isSame = pinned === undefined ? undefined : isSameFile(pinned.version, headers);
  if (isSame === false || (pinned !== undefined && total !== undefined && size !== pinned.size)) return "changed";
  const expected = availableBytes(offset, length, size);
  if (total === undefined || Number(first) !== offset || Number(last) !== offset + expected - 1) {
    throw incomplete(object, `Content-Range is ${JSON.stringify(stated.slice(0, 80))} to ${length} bytes at ${offset}`);
  }
  const known = isSame === true ? pinned?.version : undefined;
  const version = pinned === undefined ? validatorOf(headers) : known;
  if (version === undefined) {
    throw unsuitable(
      object,
      "The server that holds this image does not tell its versions apart.",
      "an answer has no strong ETag, and no Last-Modified with a Date",
    );
  }
  const contentLength = headers.get("Content-Length");
  if (contentLength !== null && Number(contentLength) !== expected) {
    throw incomplete(object, `Content-Length is ${contentLength}, of ${expected} bytes`);
  }
  return { size, version, bytes: await readExactly(response, expected, object) };
}

/** Takes no more memory than what was asked for, and a piece of the answer. */
async function readExactly({ body }: Response, length: number, object: OriginObject): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let at = 0;
  const reader = body?.getReader();
  try {
    for (;;) {
      const { done = true, value } = (await reader?.read()) ?? {};
      if (done || value === undefined) break;
      if (value.byteLength > length - at) throw incomplete(object, `more than ${length} bytes came`);
      bytes.set(value, at);
      at += value.byteLength;
    }
  } finally {
    reader?.releaseLock();
  }
  if (at < length) throw incomplete(object, `${at} of ${length} bytes came`);
  return bytes;
}
