import { faults, ImageError } from "../error.ts";
import { cacheControl, keptByNobody, unframedHeaders } from "./headers.ts";
import { prefersJson } from "./negotiate.ts";
import { isDocumentPath, rawPath } from "./route.ts";

/** What answering an error takes next to the error. */
export interface ErrorAnswer {
  readonly request: Request;
  /** Where the errors are explained: a URL or a path. Undefined for nowhere. */
  readonly helpUrl: string | undefined;
  /** For how long caches may keep a fault of the client, in seconds. */
  readonly keptSeconds: number;
}

/**
 * Returns an error with its code and sentence: problem details if JSON is preferred or was asked for, else a line of text. Faults of the
 * client may be kept for a moment, faults of ours and of storage never. Source: RFC 9457.
 */
export function respondError(error: ImageError, { request, helpUrl, keptSeconds }: ErrorAnswer): Response {
  const { code, status, cacheTag, faults: found } = error;
  const help = helpUrl === undefined ? undefined : `${helpUrl}#${code}`;
  const sentence = error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
  const isJson = prefersJson(request) || isDocumentPath(rawPath(request.url));
  const headers = new Headers({
    ...unframedHeaders,
    "Content-Type": isJson ? "application/problem+json" : "text/plain; charset=utf-8",
    "Cache-Control": keepingOf(error, keptSeconds),
    Vary: "Accept",
  });
  if (cacheTag !== undefined) headers.set("Cache-Tag", cacheTag);
  if (help !== undefined) headers.set("Link", `<${help}>;rel="help"`);
  // What is refused to one who asks too often is not refused to the next, and no cache keeps it. Source: RFC 6585 §4.
  if (status === 503 || status === 429) headers.set("Retry-After", String(error.retrySeconds ?? 1));
  // Nobody can send an answer to it but what reads the service description in info.json. Source: RFC 9110 §11.6.1.
  if (status === 401) headers.set("WWW-Authenticate", 'Bearer realm="images"');
  if (status === 405) headers.set("Allow", "GET, HEAD, OPTIONS");
  const problem = {
    type: help ?? "about:blank",
    title: faults[code].title,
    status,
    detail: sentence,
    code,
    ...(found === undefined ? {} : { faults: found }),
  };
  const lines = (found ?? []).map(({ place, message }) => (place === undefined ? message : `${place}: ${message}`));
  const text = [`${sentence} (${code})`, ...lines].join("\n");
  return new Response(isJson ? JSON.stringify(problem) : `${text}\n`, { status, headers });
}

/** What is told to one who was let in is not told to others; and faults of ours and of storage are over soon. */
function keepingOf(error: ImageError, keptSeconds: number): string {
  const { status, mostKeptSeconds = Number.POSITIVE_INFINITY } = error;
  if (status >= 500 || status === 429) return cacheControl(0);
  if (isOfAsker(status) || mostKeptSeconds < 1) return keptByNobody;
  // While it is asked for again it is shown for as long once more: not where it ends before that.
  return mostKeptSeconds < 2 * keptSeconds
    ? `public, max-age=${Math.min(mostKeptSeconds, keptSeconds)}`
    : cacheControl(keptSeconds);
}

/** Says whether another one, or the same one after a login, would be answered something else. */
function isOfAsker(status: number): boolean {
  return status === 401 || status === 403;
}

/** Returns a refusal of a method with the methods that the endpoint has. */
export function withAllow(response: Response, allowed: string): Response {
  const headers = new Headers(response.headers);
  headers.set("Allow", allowed);
  return new Response(response.body, { status: response.status, headers });
}

/** Returns a refusal of a handler's own, such as 401 with its challenge, as any page may read it and nothing may keep it. */
export function openRefusal(response: Response): Response {
  const headers = new Headers({ ...unframedHeaders, ...Object.fromEntries(response.headers) });
  headers.set("Cache-Control", cacheControl(0));
  return new Response(response.body, { status: response.status, headers });
}

/** Returns any thrown value as an ImageError; what is not one becomes `internal`. */
export function asImageError(error: unknown): ImageError {
  if (error instanceof ImageError) return error;
  return new ImageError("internal", "Internal error; see the service log.", { cause: error });
}
