import type { Keeping } from "../access/grant.ts";
import type { Account } from "../account.ts";
import type { ApiVersion } from "../iiif/version.ts";
import { isNamed, isNoneMatch } from "./conditional.ts";
import { formatAttachment } from "./content-disposition.ts";
import {
  askedEachTime,
  type CacheScope,
  cacheControl,
  formatServerTiming,
  grantedCacheControl,
  keptByNobody,
  openHeaders,
  profileLink,
  unframedHeaders,
} from "./headers.ts";

/** What every answer about one image carries. */
export interface ImageAnswer {
  readonly version: ApiVersion;
  readonly etag: string;
  /** One tag per image, object or collection, by which all answers about it are purged. */
  readonly cacheTag: string;
  readonly maxAgeSeconds: number;
  /** Who may keep it; anybody unless it is stated. */
  readonly keeping?: Keeping;
}

/** Returns the headers of an info.json, which its 304 carries too. */
export function infoHeaders(
  answer: ImageAnswer & { readonly contentType: string; readonly scope: CacheScope },
): Headers {
  const headers = commonHeaders(answer, answer.scope);
  headers.set("Link", profileLink(answer.version));
  headers.set("Vary", "Accept");
  headers.set("Content-Type", answer.contentType);
  return headers;
}

/** Returns the headers of what another protocol tells of an image, which its 304 carries too: the same for all who ask. */
export function descriptionHeaders(answer: Omit<DocumentAnswer, "scope">): Headers {
  const headers = commonHeaders(answer, "public");
  headers.set("Content-Type", answer.contentType);
  return headers;
}

/** What an answer of the Presentation API carries. */
export interface DocumentAnswer extends Omit<ImageAnswer, "version"> {
  readonly contentType: string;
  readonly scope: CacheScope;
}

/** Returns the headers of a document of the Presentation API, which its 304 carries too. */
export function documentHeaders(answer: DocumentAnswer): Headers {
  const headers = commonHeaders(answer, answer.scope);
  headers.set("Vary", "Accept");
  headers.set("Content-Type", answer.contentType);
  return headers;
}

/** Returns the headers of a document of the Presentation API of which nobody may be told an earlier state. */
export function currentHeaders(answer: Omit<DocumentAnswer, "maxAgeSeconds">): Headers {
  const headers = documentHeaders({ ...answer, maxAgeSeconds: 0 });
  headers.set("Cache-Control", askedEachTime(answer.scope));
  return headers;
}

/** A file that somebody gave: `fileName` is what it is saved as by those who open its address. */
export interface FileAnswer extends DocumentAnswer {
  /** Undefined for what may be shown in a window of its own. */
  readonly fileName: string | undefined;
}

/**
 * Returns the headers of a file that somebody gave, which its 304 carries too. It may be HTML, or XML with a style sheet:
 * nothing in it runs or loads anything, and what is not plain text is saved, not shown. Source: Content Security Policy
 * Level 3 §6.3.2, sandbox; RFC 8187.
 */
export function fileHeaders({ fileName, ...answer }: FileAnswer): Headers {
  const headers = commonHeaders(answer, answer.scope);
  headers.set("Content-Type", answer.contentType);
  headers.set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'");
  if (fileName !== undefined) {
    headers.set(
      "Content-Disposition",
      `attachment; filename*=UTF-8''${encodeURIComponent(fileName).replaceAll("'", "%27")}`,
    );
  }
  return headers;
}

/** Returns a file that somebody gave. */
export function respondFile(body: Uint8Array | ReadableStream | null, headers: Headers, account: Account): Response {
  headers.set("Server-Timing", formatServerTiming(account));
  if (body instanceof Uint8Array) account.sentBytes = body.byteLength;
  return new Response(body as BodyInit | null, { headers });
}

function commonHeaders(answer: Omit<ImageAnswer, "version">, scope: CacheScope): Headers {
  const { etag, cacheTag, maxAgeSeconds, keeping = { kind: "anybody" } } = answer;
  return new Headers({
    ...openHeaders,
    ETag: etag,
    "Cache-Tag": cacheTag,
    "Cache-Control": grantedCacheControl(maxAgeSeconds, keeping, scope),
  });
}

/** Returns a 304 with `headers` when the client has this version already, else undefined. */
export function respondNotModified(request: Request, headers: Headers, account: Account): Response | undefined {
  const etag = headers.get("ETag") ?? "";
  return isNoneMatch(request.headers.get("If-None-Match"), etag) ? notModified(headers, account) : undefined;
}

/**
 * Returns a 304 as `respondNotModified` does, before it is known whether there is anything: only to a client that has had it,
 * not to `*`.
 */
export function respondKnown(request: Request, headers: Headers, account: Account): Response | undefined {
  const etag = headers.get("ETag") ?? "";
  return isNamed(request.headers.get("If-None-Match"), etag) ? notModified(headers, account) : undefined;
}

function notModified(headers: Headers, account: Account): Response {
  const sent = new Headers(headers);
  sent.delete("Content-Type");
  sent.set("Server-Timing", formatServerTiming(account));
  return new Response(null, { status: 304, headers: sent });
}

/** Returns a text, such as info.json. */
export function respondText(text: string, headers: Headers, account: Account): Response {
  headers.set("Server-Timing", formatServerTiming(account));
  // Encoded here, for the platform does not say how long it is.
  const bytes = new TextEncoder().encode(text);
  account.sentBytes = bytes.byteLength;
  return new Response(bytes, { headers });
}

/**
 * Returns an info.json to who may see its image once he is let in: with no entity tag, for what follows is another answer.
 * Source: Authentication 1.0 §3.
 */
export function respondUnderLogin(text: string, headers: Headers, status: 200 | 401): Response {
  headers.delete("ETag");
  // RFC 9110 §11.6.1: the services in the body say how.
  if (status === 401) headers.set("WWW-Authenticate", 'Bearer realm="images"');
  return new Response(text, { status, headers });
}

/** A redirect: an absolute URI, or a path, which is the same on every host. */
export interface Redirect {
  readonly uri: string;
  readonly status: 301 | 302 | 303;
  readonly maxAgeSeconds: number;
  /** By which caches purge it: of a redirect that is one image's. */
  readonly cacheTag?: string;
  readonly scope: CacheScope;
  /** Who may keep it; anybody unless it is stated. */
  readonly keeping?: Keeping;
  /** Whether it depends on what the request accepts. */
  readonly isNegotiated?: true;
}

/** Returns a redirect. */
export function respondRedirect(redirect: Redirect): Response {
  const { uri, status, maxAgeSeconds, cacheTag, scope, isNegotiated, keeping = { kind: "anybody" } } = redirect;
  const headers = {
    ...unframedHeaders,
    Location: uri,
    "Cache-Control": grantedCacheControl(maxAgeSeconds, keeping, scope),
    ...(cacheTag === undefined ? {} : { "Cache-Tag": cacheTag }),
    ...(isNegotiated ? { Vary: "Accept" } : {}),
  };
  return new Response(null, { status, headers });
}

/** Returns a redirect of who asks alone, which nobody keeps: another one is not led there. */
export function respondToAsker({ uri, status }: Pick<Redirect, "uri" | "status">): Response {
  return respondRedirect({ uri, status, maxAgeSeconds: 0, scope: "private", keeping: { kind: "nobody" } });
}

/** Returns the answer to OPTIONS: what may be asked, from any origin. Source: Fetch standard, CORS. */
export function respondOptions(): Response {
  const headers = {
    ...unframedHeaders,
    Allow: "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    // The wildcard does not cover Authorization. Source: Fetch standard, CORS-safelisted request headers.
    "Access-Control-Allow-Headers": "*, Authorization",
    "Access-Control-Max-Age": "86400",
    "Cache-Control": cacheControl(86_400),
  };
  return new Response(null, { status: 204, headers });
}

/** What a page that is made of a record carries. */
export interface PageAnswer extends Omit<DocumentAnswer, "contentType"> {
  /** The languages that are stated of what it shows, as tags of BCP 47. */
  readonly languages: readonly string[];
  /** The document of the Presentation API that says the same. */
  readonly alternateUri: string | undefined;
}

/** The digest of nothing: a style that is written in a page and says nothing, which OpenSeadragon looks for. */
const noStyle = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";

/**
 * What a page may load and do: scripts and styles of the service alone, none of them written in the page; pictures from
 * anywhere, for summaries may show them. Source: Content Security Policy Level 3.
 */
const pagePolicy = [
  ...["default-src 'none'", "script-src 'self'", `style-src 'self' ${noStyle}`, "font-src 'self'"],
  ...["img-src 'self' https: data: blob:", "connect-src 'self'", "base-uri 'none'", "form-action 'self'"],
  "frame-ancestors 'self'",
].join("; ");

/** Headers of all pages: none is changed by what a request accepts, so that caches keep one answer of each. */
const pageHeaderValues: Readonly<Record<string, string>> = {
  "Content-Type": "text/html; charset=utf-8",
  "Content-Security-Policy": pagePolicy,
  "Referrer-Policy": "strict-origin-when-cross-origin",
};

/** Returns the headers of a page, which its 304 carries too. */
export function pageHeaders({ languages, alternateUri, ...answer }: PageAnswer): Headers {
  const headers = commonHeaders(answer, answer.scope);
  for (const [name, value] of Object.entries(pageHeaderValues)) headers.set(name, value);
  headers.set("Content-Language", [...new Set(["en", ...languages])].slice(0, mostLanguages).join(", "));
  if (alternateUri !== undefined) headers.set("Link", `<${alternateUri}>;rel="alternate";type="application/ld+json"`);
  return headers;
}

/** Languages that are told of one page. */
const mostLanguages = 16;

/** Returns an error as a page: the headers of its plain answer, and HTML in place of its line of text. */
export function respondErrorPage(plain: Response, html: string): Response {
  const headers = new Headers(plain.headers);
  for (const [name, value] of Object.entries(pageHeaderValues)) headers.set(name, value);
  headers.delete("Vary");
  return new Response(html, { status: plain.status, headers });
}

/** What is said of a page that was made for one request. */
export interface MadeAnswer {
  readonly status: number;
  readonly keeping: Keeping;
}

/**
 * Returns a page that was made for this request, under the headers that its file has. Caches ask about it each time; what
 * depends on who asks is kept by nobody.
 */
export function respondPage(page: Response, { status, keeping }: MadeAnswer): Response {
  const headers = new Headers(page.headers);
  for (const name of ["ETag", "Last-Modified", "Content-Length"]) headers.delete(name);
  headers.set("Cache-Control", keeping.kind === "nobody" ? keptByNobody : askedEachTime("private"));
  return new Response(page.body, { status, headers });
}

/** Returns a page for those who administer the service: it is kept by nobody. */
export function respondAdminPage(html: string, status: number): Response {
  const headers = { ...unframedHeaders, "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" };
  return new Response(html, { status, headers });
}

/** Returns a page for whoever is not signed in yet: it is the challenge. */
export function respondSignIn(html: string): Response {
  return new Response(html, {
    status: 401,
    headers: { "Content-Type": "text/html; charset=utf-8", "WWW-Authenticate": 'Bearer realm="administration"' },
  });
}

/** Returns the answer to a form that was sent: the page to go on with, by GET. */
export function respondSeeOther(path: string): Response {
  return new Response(null, {
    status: 303,
    headers: { ...unframedHeaders, Location: path, "Cache-Control": "no-store" },
  });
}

/** Returns an answer of JSON that is about no image. */
export function respondJson(value: object, status: number): Response {
  return respondJsonText(JSON.stringify(value), status);
}

/** Returns an answer as `respondJson` does, of what is JSON already. */
export function respondJsonText(text: string, status: number): Response {
  const headers = { ...unframedHeaders, "Content-Type": "application/json", "Cache-Control": "no-store" };
  return new Response(text, { status, headers });
}

/** Returns a table as CSV, which is saved as `fileName` by those who open its address, and kept by nobody. */
export function respondTable(csv: string, fileName: string): Response {
  const headers = {
    ...unframedHeaders,
    "Content-Type": "text/csv; charset=utf-8; header=present",
    "Content-Disposition": formatAttachment(fileName),
    "Cache-Control": "no-store",
  };
  return new Response(csv, { headers });
}

/** Has caches purge an answer, which is changed, by another tag too: it was found under two names. */
export function withCacheTag(response: Response, cacheTag: string | undefined): Response {
  const { headers } = response;
  const tags = [headers.get("Cache-Tag"), cacheTag].filter((tag) => tag !== null && tag !== undefined);
  if (tags.length > 0) headers.set("Cache-Tag", tags.join(","));
  return response;
}

/** Takes from an answer how it was made: what was read for it would tell of what it does not show. */
export function withoutTiming(response: Response): Response {
  response.headers.delete("Server-Timing");
  return response;
}

/** Returns an answer that no page of another origin may read or embed, and that nothing keeps. */
export function withPrivateHeaders(response: Response): Response {
  const headers = new Headers(response.headers);
  for (const name of Object.keys(openHeaders)) headers.delete(name);
  headers.set("Cache-Control", cacheControl(0));
  return new Response(response.body, { status: response.status, headers });
}
