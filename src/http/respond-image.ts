import type { Account } from "../account.ts";
import { isNoneMatch } from "./conditional.ts";
import { formatAttachment } from "./content-disposition.ts";
import {
  cacheControl,
  canonicalLink,
  formatServerTiming,
  grantedCacheControl,
  keptByNobody,
  openHeaders,
  profileLink,
} from "./headers.ts";
import type { ImageAnswer } from "./respond.ts";

/** What an answer with a picture carries. */
export interface PictureAnswer extends ImageAnswer {
  /** The same for all who ask. */
  readonly canonicalUri: string;
  /** The name that the file is to be saved under; undefined if it is to be shown. */
  readonly fileName?: string | undefined;
}

/** The headers of a picture that others do not have alike, which its 304 carries too. */
export interface PictureHeaders {
  readonly etag: string | undefined;
  readonly cacheTag: string;
  readonly cacheControl: string;
  readonly link: string;
  readonly contentDisposition: string | undefined;
}

/** The headers that all pictures have: made once, and copied by the platform into each answer. */
const commonHeaders = new Headers(openHeaders);

/** Returns the headers of an image, which its 304 carries too. */
export function imageHeaders(answer: PictureAnswer): PictureHeaders {
  const { version, etag, cacheTag, maxAgeSeconds, keeping = { kind: "anybody" }, canonicalUri, fileName } = answer;
  return {
    etag,
    cacheTag,
    cacheControl: grantedCacheControl(maxAgeSeconds, keeping),
    link: `${profileLink(version)}, ${canonicalLink(canonicalUri)}`,
    contentDisposition: fileName === undefined ? undefined : formatAttachment(fileName),
  };
}

/** Returns the headers of a picture that nobody may keep, because its master is damaged: it has no entity tag. */
export function unkeptHeaders(headers: PictureHeaders): PictureHeaders {
  return { ...headers, etag: undefined, cacheControl: cacheControl(0) };
}

/** Returns a 304 when the client has this version of a picture already, else undefined. */
export function respondKeptImage(request: Request, headers: PictureHeaders, account: Account): Response | undefined {
  const asked = request.headers.get("If-None-Match");
  if (asked === null || !isNoneMatch(asked, headers.etag ?? "")) return undefined;
  return withPictureHeaders(new Response(null, { status: 304, headers: commonHeaders }), headers, account);
}

/** The body of a picture: all of it, or a stream. */
export interface ImageBody {
  readonly mediaType: string;
  readonly body: Uint8Array | ReadableStream<Uint8Array>;
}

/** Returns a picture. */
export function respondImage({ mediaType, body }: ImageBody, headers: PictureHeaders, account: Account): Response {
  const response = new Response(body as BodyInit, { headers: commonHeaders });
  response.headers.set("Content-Type", mediaType);
  if (body instanceof Uint8Array) {
    response.headers.set("Content-Length", String(body.byteLength));
    account.sentBytes = body.byteLength;
  }
  return withPictureHeaders(response, headers, account);
}

/**
 * Returns the answer to HEAD for a picture that is planned and not drawn. Nothing keeps it: drawing may fail yet, and
 * then there is no picture to be had.
 */
export function respondUndrawn(mediaType: string, headers: PictureHeaders, account: Account): Response {
  const response = new Response(null, { headers: commonHeaders });
  response.headers.set("Content-Type", mediaType);
  const kept = headers.cacheControl === keptByNobody ? keptByNobody : cacheControl(0);
  return withPictureHeaders(response, { ...headers, cacheControl: kept }, account);
}

function withPictureHeaders(response: Response, picture: PictureHeaders, account: Account): Response {
  const { headers } = response;
  const { etag, cacheTag, cacheControl, link, contentDisposition } = picture;
  if (etag !== undefined) headers.set("ETag", etag);
  headers.set("Cache-Tag", cacheTag);
  headers.set("Cache-Control", cacheControl);
  headers.set("Link", link);
  if (contentDisposition !== undefined) headers.set("Content-Disposition", contentDisposition);
  headers.set("Server-Timing", formatServerTiming(account));
  return response;
}
