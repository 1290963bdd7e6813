import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type S3Keys, signatureFault } from "./s3-signature.ts";

/** The operations of S3 that the ingest uses. */
export type S3Operation =
  | "HeadBucket"
  | "ListObjectsV2"
  | "HeadObject"
  | "GetObject"
  | "PutObject"
  | "DeleteObject"
  | "DeleteObjects"
  | "CreateMultipartUpload"
  | "UploadPart"
  | "CompleteMultipartUpload"
  | "AbortMultipartUpload"
  | "ListMultipartUploads"
  | "ListParts";

/**
 * What happens to a request before it is executed: an answer, a broken connection; `after` breaks it once it was
 * executed.
 */
export type Fault =
  | number
  | "drop"
  | "drop-after"
  | "corrupt"
  | { readonly status: number; readonly retryAfter: string };

/** A request that arrived. */
export interface Arrival {
  readonly operation: S3Operation;
  readonly bucket: string;
  readonly key: string;
  readonly part: number | undefined;
}

/** A stored object. */
export interface EndpointObject {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly headers: OutgoingHttpHeaders;
  /** Milliseconds since 1970; 0 where it is not given. */
  readonly uploadedAt?: number;
}

/** An upload that is not completed. */
export interface EndpointUpload {
  readonly key: string;
  readonly headers: OutgoingHttpHeaders;
  readonly parts: Map<number, Buffer>;
}

/** A small S3 storage with three buckets, in memory. */
export interface S3Endpoint extends S3Keys {
  readonly url: string;
  /** The name of the masters' bucket. */
  readonly bucket: string;
  /** What is in the masters' bucket. */
  readonly objects: Map<string, EndpointObject>;
  readonly catalogueBucket: string;
  readonly catalogue: Map<string, EndpointObject>;
  readonly derivativesBucket: string;
  readonly derivatives: Map<string, EndpointObject>;
  readonly uploads: Map<string, EndpointUpload>;
  readonly arrivals: Arrival[];
  /** Most objects of one page of a list: as many as Amazon S3 gives with ListObjectsV2, unless it is set. */
  listedAtOnce: number;
  /** Keys that a deletion of many objects leaves. */
  readonly undeletable: Set<string>;
  /** Decides what goes wrong with a request; nothing does unless it is set. */
  fault: (arrival: Arrival, index: number) => Fault | undefined;
  readonly close: () => Promise<void>;
}

/** Starts the storage on a free port. Every signature and digest is checked. */
export async function startS3Endpoint(): Promise<S3Endpoint> {
  const server = createServer((request, response) => void respond(endpoint, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint: S3Endpoint = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bucket: "masters",
    accessKeyId: "key-of-the-test",
    secretAccessKey: "secret/of+the=test",
    objects: new Map(),
    catalogueBucket: "catalogue",
    catalogue: new Map(),
    derivativesBucket: "derivatives",
    derivatives: new Map(),
    uploads: new Map(),
    arrivals: [],
    listedAtOnce: 1000,
    undeletable: new Set(),
    fault: () => undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return endpoint;
}

interface Answer {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

async function respond(endpoint: S3Endpoint, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "", endpoint.url);
  const [, bucket = "", ...segments] = url.pathname.split("/");
  const key = decodeURIComponent(segments.join("/"));
  const operation = operationOf(request, { key, query: url.searchParams });
  const part = url.searchParams.get("partNumber");
  const arrival: Arrival = { operation, bucket, key, part: part === null ? undefined : Number(part) };
  const fault = endpoint.fault(arrival, endpoint.arrivals.push(arrival) - 1);
  if (fault === "drop") return void request.socket.destroy();
  let body: Buffer;
  try {
    body = Buffer.concat(await request.toArray());
  } catch {
    return;
  }
  if (fault === "corrupt" && body.length > 0) body[0] = (body[0] ?? 0) ^ 1;
  const isThere = [endpoint.bucket, endpoint.catalogueBucket, endpoint.derivativesBucket].includes(bucket);
  const answer = isThere
    ? answerOf(endpoint, { request, body, arrival, query: url.searchParams, fault })
    : failed(404, "NoSuchBucket");
  if (fault === "drop-after") return void request.socket.destroy();
  const content = Buffer.from(answer.body ?? "");
  response.writeHead(answer.status, { "content-length": content.length, ...answer.headers });
  response.end(request.method === "HEAD" ? undefined : content);
}

function operationOf(
  { method }: IncomingMessage,
  { key, query }: { readonly key: string; readonly query: URLSearchParams },
): S3Operation {
  if (key === "" && query.has("list-type")) return "ListObjectsV2";
  if (key === "" && query.has("delete")) return "DeleteObjects";
  if (key === "") return method === "HEAD" ? "HeadBucket" : "ListMultipartUploads";
  const hasUpload = query.has("uploadId");
  if (method === "POST") return hasUpload ? "CompleteMultipartUpload" : "CreateMultipartUpload";
  if (method === "PUT") return hasUpload ? "UploadPart" : "PutObject";
  if (method === "DELETE") return hasUpload ? "AbortMultipartUpload" : "DeleteObject";
  if (method === "HEAD") return "HeadObject";
  return hasUpload ? "ListParts" : "GetObject";
}

interface Call {
  readonly request: IncomingMessage;
  readonly body: Buffer;
  readonly arrival: Arrival;
  readonly query: URLSearchParams;
  readonly fault: Fault | undefined;
}

function answerOf(endpoint: S3Endpoint, call: Call): Answer {
  const { request, body, arrival, fault } = call;
  if (typeof fault === "number") return failed(fault, "Made");
  if (typeof fault === "object")
    return { ...failed(fault.status, "Made"), headers: { "retry-after": fault.retryAfter } };
  const md5 = request.headers["content-md5"];
  if (md5 !== undefined && md5 !== createHash("md5").update(body).digest("base64")) return failed(400, "BadDigest");
  const wrong = signatureFault(request, body, endpoint);
  return wrong === undefined ? operations[arrival.operation](endpoint, call) : failed(403, wrong);
}

/** Most keys of one deletion of many. Source: Amazon S3, DeleteObjects. */
const mostDeleted = 1000;

function objectsOf(endpoint: S3Endpoint, { arrival }: Call): Map<string, EndpointObject> {
  const { bucket, derivativesBucket, objects, catalogue, derivatives } = endpoint;
  return arrival.bucket === bucket ? objects : arrival.bucket === derivativesBucket ? derivatives : catalogue;
}

const dateOf = ({ uploadedAt = 0 }: EndpointObject): Date => new Date(uploadedAt);

const operations: Readonly<Record<S3Operation, (endpoint: S3Endpoint, call: Call) => Answer>> = {
  HeadBucket: () => ({ status: 200 }),
  ListObjectsV2(endpoint, call) {
    const { listedAtOnce } = endpoint;
    const prefix = call.query.get("prefix") ?? "";
    const after = call.query.get("start-after") ?? "";
    const rest = [...objectsOf(endpoint, call)]
      .filter(([key]) => key.startsWith(prefix) && Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0)
      .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const listed = rest.slice(0, listedAtOnce).map(([key, object]) => {
      const version = `<LastModified>${dateOf(object).toISOString()}</LastModified><ETag>&quot;${object.etag}&quot;</ETag>`;
      return `<Contents><Key>${escapeXml(key)}</Key>${version}<Size>${object.bytes.length}</Size></Contents>`;
    });
    const more = `<IsTruncated>${rest.length > listedAtOnce}</IsTruncated>`;
    return found(`<ListBucketResult>${more}${listed.join("")}</ListBucketResult>`);
  },
  HeadObject(endpoint, call) {
    const object = objectsOf(endpoint, call).get(call.arrival.key);
    if (object === undefined) return { status: 404 };
    return {
      status: 200,
      headers: {
        ...object.headers,
        etag: `"${object.etag}"`,
        "last-modified": dateOf(object).toUTCString(),
        "content-length": object.bytes.length,
      },
    };
  },
  GetObject(endpoint, call) {
    const object = objectsOf(endpoint, call).get(call.arrival.key);
    if (object === undefined) return failed(404, "NoSuchKey");
    const { range = "", "if-match": wanted } = call.request.headers;
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
    const headers = { ...object.headers, etag: `"${object.etag}"` };
    if (wanted !== undefined && wanted !== headers.etag) return failed(412, "PreconditionFailed");
    if (first === undefined) return { status: 200, headers, body: object.bytes };
    const body = object.bytes.subarray(Number(first), Number(last) + 1);
    const place = `bytes ${first}-${Number(first) + body.length - 1}/${object.bytes.length}`;
    return { status: 206, headers: { ...headers, "content-range": place }, body };
  },
  PutObject(endpoint, call) {
    const objects = objectsOf(endpoint, call);
    if (call.request.headers["if-none-match"] === "*" && objects.has(call.arrival.key)) {
      return failed(412, "PreconditionFailed");
    }
    const wanted = call.request.headers["if-match"];
    if (wanted !== undefined && wanted !== `"${objects.get(call.arrival.key)?.etag}"`) {
      return failed(412, "PreconditionFailed");
    }
    const etag = md5Of(call.body).toString("hex");
    objects.set(call.arrival.key, { bytes: call.body, etag, headers: keptHeaders(call.request) });
    return { status: 200, headers: { etag: `"${etag}"` } };
  },
  DeleteObject(endpoint, call) {
    objectsOf(endpoint, call).delete(call.arrival.key);
    return { status: 204 };
  },
  DeleteObjects(endpoint, call) {
    if (call.request.headers["content-md5"] === undefined) return failed(400, "InvalidRequest");
    const keys = [...call.body.toString().matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key = ""]) => key);
    if (keys.length > mostDeleted) return failed(400, "MalformedXML");
    const denied = keys.filter((key) => endpoint.undeletable.has(key));
    for (const key of keys) if (!denied.includes(key)) objectsOf(endpoint, call).delete(key);
    const errors = denied.map(
      (key) => `<Error><Key>${key}</Key><Code>AccessDenied</Code><Message>No</Message></Error>`,
    );
    return found(`<DeleteResult>${errors.join("")}</DeleteResult>`);
  },
  CreateMultipartUpload({ uploads }, { request, arrival }) {
    const uploadId = `upload&${uploads.size + 1}-${arrival.key.length}`;
    uploads.set(uploadId, { key: arrival.key, headers: keptHeaders(request), parts: new Map() });
    return found(
      `<InitiateMultipartUploadResult><UploadId>${escapeXml(uploadId)}</UploadId></InitiateMultipartUploadResult>`,
    );
  },
  UploadPart({ uploads }, { body, arrival, query }) {
    const upload = uploads.get(query.get("uploadId") ?? "");
    if (upload === undefined) return failed(404, "NoSuchUpload");
    upload.parts.set(arrival.part ?? 0, body);
    return { status: 200, headers: { etag: `"${md5Of(body).toString("hex")}"` } };
  },
  CompleteMultipartUpload({ uploads, objects }, { body, query }) {
    const uploadId = query.get("uploadId") ?? "";
    const upload = uploads.get(uploadId);
    if (upload === undefined) return failed(404, "NoSuchUpload");
    const named = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>&?[^\da-f]*([\da-f]{32})/g)];
    const parts = named.map(([, number]) => upload.parts.get(Number(number)) ?? Buffer.alloc(0));
    if (named.some(([, , etag], index) => md5Of(parts[index] ?? "").toString("hex") !== etag)) {
      // As Amazon S3 does: the failure is in the text of an answer that looks well.
      return { ...failed(400, "InvalidPart"), status: 200 };
    }
    const etag = `${md5Of(Buffer.concat(parts.map(md5Of))).toString("hex")}-${parts.length}`;
    objects.set(upload.key, { bytes: Buffer.concat(parts), etag, headers: upload.headers });
    uploads.delete(uploadId);
    return found(`<CompleteMultipartUploadResult><ETag>&quot;${etag}&quot;</ETag></CompleteMultipartUploadResult>`);
  },
  AbortMultipartUpload({ uploads }, { query }) {
    uploads.delete(query.get("uploadId") ?? "");
    return { status: 204 };
  },
  ListMultipartUploads({ uploads }, { query }) {
    const prefix = query.get("prefix") ?? "";
    const listed = [...uploads]
      .filter(([, { key }]) => key.startsWith(prefix))
      .map(([id, { key }]) => `<Upload><Key>${escapeXml(key)}</Key><UploadId>${escapeXml(id)}</UploadId></Upload>`);
    return found(`<ListMultipartUploadsResult>${listed.join("")}</ListMultipartUploadsResult>`);
  },
  ListParts({ uploads }, { query }) {
    const upload = uploads.get(query.get("uploadId") ?? "");
    if (upload === undefined) return failed(404, "NoSuchUpload");
    const after = Number(query.get("part-number-marker") ?? 0);
    const rest = [...upload.parts].filter(([number]) => number > after).sort(([a], [b]) => a - b);
    // Two a page, so that a client has to ask again.
    const page = rest.slice(0, 2);
    const listed = page.map(
      ([number, bytes]) =>
        `<Part><PartNumber>${number}</PartNumber><ETag>"${md5Of(bytes).toString("hex")}"</ETag><Size>${bytes.length}</Size></Part>`,
    );
    const more = `<IsTruncated>${rest.length > page.length}</IsTruncated><NextPartNumberMarker>${page.at(-1)?.[0] ?? 0}</NextPartNumberMarker>`;
    return found(`<ListPartsResult>${more}${listed.join("")}</ListPartsResult>`);
  },
};

function keptHeaders({ headers }: IncomingMessage): OutgoingHttpHeaders {
  const kept = Object.entries(headers).filter(([name]) => name.startsWith("x-amz-meta-") || name === "content-type");
  return Object.fromEntries(kept);
}

function found(body: string): Answer {
  return { status: 200, headers: { "content-type": "application/xml" }, body };
}

function failed(status: number, code: string): Answer {
  return {
    status,
    body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>Made by the test</Message></Error>`,
  };
}

function md5Of(bytes: Buffer | string): Buffer {
  return createHash("md5").update(bytes).digest();
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
