import type { ServerResponse } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ImageError } from "../../../src/error.ts";
import { objectAt } from "../../../src/identity/origin-object.ts";
import { originObject } from "../../../src/origin/origin-source.ts";
import type { StoredObject } from "../../../src/source/stored-object.ts";
import { platformClock } from "../../../src/timers.ts";
import {
  type HostileOrigin,
  originOf,
  pourHeaders,
  pourInto,
  startHostileOrigin,
} from "../../support/hostile-origin.ts";
import { type S3Endpoint, startS3Endpoint } from "../../support/s3-endpoint.ts";
import { patternBytes } from "../../support/tiers.ts";

const bytes = patternBytes(5000);
const etag = '"first"';

/** Buffers of sockets on both sides hold some megabytes of what is poured into them, and no reader took more than it wanted. */
const mostPoured = 32 << 20;

let server: HostileOrigin;
beforeAll(async () => {
  server = await startHostileOrigin();
});
afterAll(() => server.close());
afterEach(() => {
  server.answer = undefined;
  server.arrivals.length = 0;
});

interface Changes {
  readonly signal?: AbortSignal;
  readonly timeoutSeconds?: number;
  readonly rule?: Readonly<Record<string, unknown>>;
}

function fileOf({ signal, timeoutSeconds = 20, rule = {} }: Changes = {}): StoredObject {
  const origin = originOf({ kind: "https", prefix: "a/", endpoint: server.url, key: "{rest}", local: true, ...rule });
  server.files.set("/b", { bytes, etag });
  const reader = { clock: platformClock, timeoutSeconds, signingKeys: new Map() };
  return originObject(reader, objectAt(origin, "a/b"), signal);
}

/** Returns the error that reading ends with. */
async function errorOf(work: Promise<unknown>): Promise<ImageError> {
  const error = await work.then(
    () => "it succeeds",
    (reason: unknown) => reason,
  );
  if (error instanceof ImageError) return error;
  throw error;
}

/** Answers every request with a status, headers and a body. */
function answerWith(status: number, headers: Readonly<Record<string, string>>, body: string | Uint8Array = ""): void {
  server.answer = (_, response) => void response.writeHead(status, headers).end(body);
}

/** Headers of the first hundred bytes as they should be, with some changed; undefined leaves one out. */
function partHeaders(changes: Readonly<Record<string, string | undefined>> = {}): Record<string, string> {
  const all = { ETag: etag, "Content-Range": "bytes 0-99/5000", ...changes };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

const hundred = bytes.subarray(0, 100);

describe("a file on another server", () => {
  it("is read by ranges, each under the condition that it is the same file", async () => {
    const opened = await fileOf().open(100);
    expect(opened?.prefix).toEqual(hundred);
    expect(opened?.source).toMatchObject({ size: 5000, version: etag });
    expect(await opened?.source.read(4990, 100)).toEqual(bytes.subarray(4990));
    expect(await opened?.source.read(5000, 10)).toEqual(new Uint8Array(0));
    expect(await fileOf().head()).toEqual({ size: 5000, version: etag });
    const sent = server.arrivals.map(({ headers }) => [headers.range, headers["if-match"]]);
    expect(sent).toEqual([
      ["bytes=0-99", undefined],
      ["bytes=4990-4999", etag],
      ["bytes=0-0", undefined],
    ]);
    // Fetch says so by itself where it is Node's.
    expect(server.arrivals[0]?.headers["accept-encoding"]).toMatch(/^identity(?:, identity)?$/);
  });

  it("is read whole where it is shorter than what is asked for, and empty where it is empty", async () => {
    expect((await fileOf().open(32_768))?.prefix).toEqual(bytes);
    for (const headers of [{ "Content-Range": "bytes */0" }, {}]) {
      answerWith(416, headers);
      expect((await fileOf().open(100))?.source.size).toBe(0);
    }
    answerWith(416, { "Content-Range": "bytes */5000" });
    expect((await errorOf(fileOf().open(100))).code).toBe("storage-failed");
    answerWith(200, { "Content-Length": "0" });
    expect((await fileOf().open(100))?.source.size).toBe(0);
  });

  it.each([404, 410, 403])("is not there where the answer is %d", async (status) => {
    answerWith(status, {}, "no");
    expect(await fileOf().open(100)).toBeUndefined();
    expect(await fileOf().head()).toBeUndefined();
  });

  it("is told apart by its date where its ETag is weak", async () => {
    const modified = "Sat, 28 Nov 2026 10:00:00 GMT";
    const dates = { ETag: 'W/"x"', "Last-Modified": modified, Date: "Sat, 28 Nov 2026 10:01:00 GMT" };
    answerWith(206, partHeaders(dates), hundred);
    const opened = await fileOf().open(100);
    expect(opened?.source.version).toBe(modified);
    await opened?.source.read(0, 100);
    expect(server.arrivals.at(-1)?.headers).toMatchObject({ "if-unmodified-since": modified });
    expect(server.arrivals.at(-1)?.headers["if-match"]).toBeUndefined();
    answerWith(206, partHeaders({ ...dates, "Last-Modified": "Sat, 28 Nov 2026 10:00:01 GMT" }), hundred);
    expect((await errorOf(opened?.source.read(0, 100) ?? Promise.resolve())).code).toBe("source-changed");
  });

  it("waits for a minute where a date alone tells that it has just been stored", async () => {
    const dates = { "Last-Modified": "Sat, 28 Nov 2026 10:00:01 GMT", Date: "Sat, 28 Nov 2026 10:01:00 GMT" };
    answerWith(206, partHeaders({ ETag: undefined, ...dates }), hundred);
    expect(await errorOf(fileOf().open(100))).toMatchObject({ code: "storage-failed", retrySeconds: 60 });
  });

  it("is shown what its server wants to see", async () => {
    const rule = { kind: "https", prefix: "a/", endpoint: server.url, key: "{rest}", local: true, credentials: "NLS" };
    const read = (secrets: Readonly<Record<string, unknown>>) => {
      const reader = { clock: platformClock, timeoutSeconds: 20, signingKeys: new Map() };
      return originObject(reader, objectAt(originOf(rule, secrets), "a/b"), undefined).head();
    };
    server.files.set("/b", { bytes, etag });
    await read({ ORIGIN_NLS_AUTHORIZATION: "Bearer abc" });
    expect(server.arrivals[0]?.headers.authorization).toBe("Bearer abc");
    for (const secrets of [{}, { ORIGIN_NLS_AUTHORIZATION: "a\nb" }]) {
      const error = await errorOf(read(secrets));
      expect(error).toMatchObject({
        code: "config-invalid",
        detail: expect.stringContaining("ORIGIN_NLS_AUTHORIZATION"),
      });
    }
    expect(server.arrivals).toHaveLength(1);
  });
});

describe("a server that can't be read from", () => {
  it.each([
    ["has no validator", partHeaders({ ETag: undefined })],
    ["has a weak ETag and no date", partHeaders({ ETag: 'W/"first"' })],
    ["has an ETag without quotes", partHeaders({ ETag: "first" })],
    ["has an ETag of 300 characters", partHeaders({ ETag: `"${"x".repeat(300)}"` })],
    ["does not say how long the file is", partHeaders({ "Content-Range": "bytes 0-99/*" })],
    ["compresses ranges", partHeaders({ "Content-Encoding": "gzip" })],
  ])("is refused: it %s", async (_, headers) => {
    answerWith(206, headers, hundred);
    expect((await errorOf(fileOf().open(100))).code).toBe("origin-unsuitable");
  });

  it.each([
    [200, {}],
    [200, { ETag: etag }],
    [301, { Location: "https://elsewhere.example/b" }],
    [302, { Location: "/b" }],
    [307, {}],
    [400, {}],
    [401, {}],
    [405, {}],
  ])("is refused with its reason: %d %j", async (status, headers) => {
    answerWith(status, headers, hundred);
    const error = await errorOf(fileOf().open(100));
    expect(error).toMatchObject({ code: "origin-unsuitable", detail: expect.stringContaining(`${status}`) });
    expect(error.message).not.toContain(server.url);
    expect(server.arrivals).toHaveLength(1);
  });

  it("is not read to its end where it sends all of a file without an end", async () => {
    const before = server.sentBytes();
    const closed = server.nextClose();
    server.answer = (_, response) => pourInto(response.writeHead(200, { ETag: etag }));
    expect((await errorOf(fileOf().open(100))).code).toBe("origin-unsuitable");
    await closed;
    expect(server.sentBytes() - before).toBeLessThan(mostPoured);
  });

  it("is refused where its answers lose their validator", async () => {
    const opened = await fileOf().open(100);
    answerWith(206, partHeaders({ ETag: undefined }), hundred);
    expect((await errorOf(opened?.source.read(0, 100) ?? Promise.resolve())).code).toBe("origin-unsuitable");
  });
});

describe("an answer that is wrong", () => {
  it.each([
    ["begins elsewhere", partHeaders({ "Content-Range": "bytes 1-100/5000" })],
    ["ends before", partHeaders({ "Content-Range": "bytes 0-98/5000" })],
    ["ends behind", partHeaders({ "Content-Range": "bytes 0-100/5000" })],
    ["says nothing of its place", partHeaders({ "Content-Range": undefined })],
    ["is in several parts", { ETag: etag, "Content-Type": "multipart/byteranges; boundary=x" }],
    ["has a place that is none", partHeaders({ "Content-Range": "bytes 0-99/-1" })],
    ["has two places", partHeaders({ "Content-Range": "bytes 0-99/5000, bytes 0-99/5000" })],
    ["has a length of another", partHeaders({ "Content-Length": "99" })],
  ])("is a failure of storage: it %s", async (_, headers) => {
    answerWith(206, headers, headers["Content-Length"] === undefined ? hundred : hundred.subarray(0, 99));
    expect((await errorOf(fileOf().open(100))).code).toBe("storage-failed");
  });

  const part = (response: ServerResponse, changes = {}): ServerResponse =>
    response.writeHead(206, partHeaders(changes));
  it.each([
    ["falls short", (response: ServerResponse) => part(response).end(hundred.subarray(0, 40))],
    ["has a byte too many", (response: ServerResponse) => part(response).end(bytes.subarray(0, 101))],
    ["does not end", (response: ServerResponse) => pourInto(part(response))],
    [
      "breaks off",
      (response: ServerResponse) => {
        part(response, { "Content-Length": "100" }).write(hundred.subarray(0, 40), () => response.socket?.destroy());
      },
    ],
    ["is a broken connection", (response: ServerResponse) => response.socket?.destroy()],
    ["is no HTTP", (response: ServerResponse) => response.socket?.end("200 fine\r\n\r\n")],
    ["has headers without an end", pourHeaders],
  ])("is a failure of storage, and is not read further: it %s", async (_, answer) => {
    const before = server.sentBytes();
    server.answer = (_request, response) => void answer(response);
    const closed = server.nextClose();
    expect((await errorOf(fileOf().open(100))).code).toBe("storage-failed");
    server.answer = undefined;
    if (server.sentBytes() - before > 1 << 20) await closed;
    expect(server.sentBytes() - before).toBeLessThan(mostPoured);
  });

  it.each([
    [500, {}, undefined],
    [503, { "Retry-After": "7" }, 7],
    [429, { "Retry-After": "999999" }, 3600],
    [504, { "Retry-After": "soon" }, undefined],
    [408, { "Retry-After": "0" }, 1],
  ])("is worth asking again: %d %j", async (status, headers, retrySeconds) => {
    answerWith(status, headers, "later");
    expect(await errorOf(fileOf().open(100))).toMatchObject({ code: "storage-failed", retrySeconds });
  });
});

describe("a server that is slow", () => {
  it.each([
    ["no answer", () => undefined],
    [
      "half of the headers",
      (response: ServerResponse) => response.socket?.write("HTTP/1.1 206 Partial Content\r\nETag:"),
    ],
    [
      "half of a body",
      (response: ServerResponse) => response.writeHead(206, partHeaders()).write(hundred.subarray(0, 50)),
    ],
  ])("is given up in time, and its connection with it: %s", async (_, answer) => {
    server.answer = (_request, response) => void answer(response);
    const closed = server.nextClose();
    const error = await errorOf(fileOf({ timeoutSeconds: 0.1 }).open(100));
    expect(error).toMatchObject({ code: "storage-failed" });
    expect(String(error.cause)).toContain("no answer within 0.1 seconds");
    await closed;
  });

  it("is left by a client that has gone", async () => {
    const client = new AbortController();
    server.answer = (_, response) => {
      response.writeHead(206, partHeaders()).write(hundred.subarray(0, 50), () => client.abort());
    };
    const closed = server.nextClose();
    expect((await errorOf(fileOf({ signal: client.signal }).open(100))).code).toBe("client-gone");
    await closed;
  });

  it("is a failure where nobody listens", async () => {
    const rule = { endpoint: "http://127.0.0.1:1" };
    expect((await errorOf(fileOf({ rule }).open(100))).code).toBe("storage-failed");
  });
});

describe("a file that is replaced while it is read", () => {
  it.each([
    ["412", () => server.files.set("/b", { bytes, etag: '"second"' })],
    ["404", () => server.files.clear()],
    ["416", () => answerWith(416, { "Content-Range": "bytes */10" })],
    ["206 of another ETag", () => answerWith(206, partHeaders({ ETag: '"second"' }), hundred)],
    ["206 of a weak ETag", () => answerWith(206, partHeaders({ ETag: 'W/"first"' }), hundred)],
    ["206 of another length", () => answerWith(206, partHeaders({ "Content-Range": "bytes 0-99/5001" }), hundred)],
    ["200 of another ETag", () => answerWith(200, { ETag: '"second"' }, bytes)],
  ])("is found to be another: %s", async (_, replace) => {
    const opened = await fileOf().open(100);
    replace();
    expect((await errorOf(opened?.source.read(0, 100) ?? Promise.resolve())).code).toBe("source-changed");
  });
});

describe("a bucket that speaks S3", () => {
  let endpoint: S3Endpoint;
  beforeAll(async () => {
    endpoint = await startS3Endpoint();
    endpoint.objects.set("maps/Ünï (1)+&.tif", { bytes: Buffer.from(bytes), etag: "0123", headers: {} });
  });
  afterAll(() => endpoint.close());

  interface Changed {
    readonly rule?: Readonly<Record<string, unknown>>;
    readonly keys?: Partial<Record<"accessKeyId" | "secretAccessKey", string>>;
    readonly timeoutSeconds?: number;
  }

  const objectOf = (name: string, { rule = {}, keys = {}, timeoutSeconds = 20 }: Changed = {}) => {
    const origin = originOf(
      {
        ...{ kind: "s3", prefix: "nls/", endpoint: endpoint.url, bucket: "masters", region: "eu-west-2" },
        ...{ key: "maps/{rest}.tif", credentials: "NLS", local: true, ...rule },
      },
      {
        ORIGIN_NLS_ACCESS_KEY_ID: keys.accessKeyId ?? endpoint.accessKeyId,
        ORIGIN_NLS_SECRET_ACCESS_KEY: keys.secretAccessKey ?? endpoint.secretAccessKey,
      },
    );
    const reader = { clock: platformClock, timeoutSeconds, signingKeys: new Map() };
    return originObject(reader, objectAt(origin, `nls/${name}`), undefined);
  };

  const atServer = (changed: Changed = {}) => objectOf("none", { ...changed, rule: { endpoint: server.url } });

  it("is asked by signed requests, whatever the key", async () => {
    const object = objectOf("Ünï (1)+&");
    const opened = await object.open(100);
    expect(opened?.prefix).toEqual(hundred);
    expect(await opened?.source.read(10, 20)).toEqual(bytes.subarray(10, 30));
    expect(await object.head()).toEqual({ size: 5000, version: '"0123"' });
    expect(new Set(endpoint.arrivals.map(({ key }) => key))).toEqual(new Set(["maps/Ünï (1)+&.tif"]));
  });

  it("has no object where it says so, or that nobody may know", async () => {
    expect(await objectOf("none").open(100)).toBeUndefined();
    server.answer = (_, response) => void response.writeHead(403).end("<Error><Code>AccessDenied</Code></Error>");
    expect(await atServer().open(100)).toBeUndefined();
  });

  it("that refuses keys, or is not there, can't be read from", async () => {
    const wrong = [
      { keys: { secretAccessKey: "other" } },
      { keys: { accessKeyId: "other" } },
      { rule: { bucket: "none" } },
    ];
    const errors = await Promise.all(wrong.map((change) => errorOf(objectOf("none", change).open(100))));
    expect(errors.map(({ code, detail }) => [code, / (\d+ \w+)$/.exec(detail ?? "")?.[1]])).toEqual([
      ["origin-unsuitable", "403 SignatureDoesNotMatch"],
      ["origin-unsuitable", "403 InvalidAccessKeyId"],
      ["origin-unsuitable", "404 NoSuchBucket"],
    ]);
    expect(errors.map(({ message, detail }) => message + detail).join()).not.toContain("other");
  });

  it("is given up in time where its error does not end", async () => {
    server.answer = (_, response) => void response.writeHead(403).write("<Error>");
    const closed = server.nextClose();
    const error = await errorOf(atServer({ timeoutSeconds: 0.1 }).open(100));
    expect([error.code, String(error.cause)]).toEqual(["storage-failed", expect.stringContaining("no answer within")]);
    await closed;
  });

  it("is not read further than its error begins", async () => {
    const before = server.sentBytes();
    server.answer = (_, response) => pourInto(response.writeHead(403));
    const closed = server.nextClose();
    expect(await atServer().open(100)).toBeUndefined();
    await closed;
    expect(server.sentBytes() - before).toBeLessThan(mostPoured);
  });
});
