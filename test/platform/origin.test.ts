import { readFileSync } from "node:fs";
import { get, type IncomingMessage, type ServerResponse } from "node:http";
import { resolve } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { type MasterKey, placesOf } from "../../src/identity/master-name.ts";
import { type HostileOrigin, pourHeaders, pourInto, startHostileOrigin } from "../support/hostile-origin.ts";
import { type Platform, startPlatform } from "../support/platform/platform.ts";
import {
  expectAlive,
  hangPainting,
  painting,
  pictures,
  stateOf,
  untilQuiet,
  urlOf,
} from "../support/platform/traffic.ts";
import { visit, visitAll } from "../support/platform/visitors.ts";
import { type S3Endpoint, startS3Endpoint } from "../support/s3-endpoint.ts";

const secret = "correct-horse-battery-staple";
const file = readFileSync(resolve(import.meta.dirname, `../../demo/masters/${painting}.tif`));
const path = `/${painting}`;
const here = `web/${painting}`;

let origin: HostileOrigin;
let bucket: S3Endpoint;
let platform: Platform;

beforeAll(async () => {
  origin = await startHostileOrigin();
  origin.files.set(path, { bytes: file, etag: '"first"' });
  bucket = await startS3Endpoint();
  bucket.objects.set(`tiff/${painting}`, { bytes: file, etag: "0123", headers: {} });
  const signed = { prefix: "nls/", key: "tiff/{rest}", bucket: bucket.bucket, region: "eu-west-2", credentials: "NLS" };
  const keys = { ORIGIN_NLS_ACCESS_KEY_ID: bucket.accessKeyId, ORIGIN_NLS_SECRET_ACCESS_KEY: bucket.secretAccessKey };
  const rule = { kind: "https", prefix: "web/", endpoint: origin.url, key: "{rest}", local: true };
  platform = await startPlatform({
    bundle: inject("bundle"),
    variables: {
      ORIGINS: JSON.stringify([rule, { kind: "s3", endpoint: bucket.url, local: true, ...signed }]),
      ...keys,
      ADMIN_SECRET: secret,
      STORAGE_TIMEOUT_SECONDS: "2",
      // The server is asked for each picture.
      MASTER_TTL_SECONDS: "0",
      STORE_ABOVE_PIXELS: "1",
      STORE_AT_ONCE_ABOVE_PIXELS: "1",
      CACHE_ABOVE_PIXELS: "1000000000000",
    },
  });
  await hangPainting(platform);
});

afterAll(async () => {
  await platform.stop();
  await Promise.all([origin.close(), bucket.close()]);
});

afterEach(async () => {
  origin.answer = undefined;
  origin.files.set(path, { bytes: file, etag: '"first"' });
  await expectAlive(platform);
});

const there = (request: string) => `${platform.url}/iiif/3/${encodeURIComponent(here)}/${request}`;

/** What the master is called where something of it is kept. */
const keyThere = () => `.origin/${new URL(origin.url).host}${path}`;

/** Lets the server answer what opens the master, and has what comes then answered in another way. */
function afterOpening(answer: NonNullable<HostileOrigin["answer"]>): void {
  origin.answer = (request, response) => {
    const range = request.headers.range ?? "";
    if (range === "bytes=0-0" || range === "bytes=0-65535") sendPart(request, response);
    else answer(request, response);
  };
}

/** Answers as is right, up to the bytes, which are returned. */
function startPart({ headers }: IncomingMessage, response: ServerResponse): Uint8Array {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "") ?? [];
  response.writeHead(206, { ETag: '"first"', "Content-Range": `bytes ${first}-${last}/${file.length}` }).flushHeaders();
  return file.subarray(Number(first), Number(last) + 1);
}

function sendPart(request: IncomingMessage, response: ServerResponse): void {
  response.end(startPart(request, response));
}

describe("a master on another server", () => {
  it("is served as one in the bucket is, under a tag of its own, and in as many reads", async () => {
    // Both are known then, and asked for anew each time.
    await visitAll([there("info.json"), urlOf(platform, "info.json")]);
    for (const request of ["full/300,/0/default.jpg", "info.json"]) {
      const [one, other] = await visitAll([there(request), urlOf(platform, request)]);
      expect([one?.status, other?.status]).toEqual([200, 200]);
      expect(one?.headers.get("Server-Timing")).toBe(other?.headers.get("Server-Timing"));
      expect(one?.byteLength).toBe((other?.byteLength ?? 0) + (request === "info.json" ? "web%2F".length : 0));
      expect(one?.headers.get("Cache-Tag")).toBe((await placesOf(keyThere() as MasterKey)).cacheTag);
      expect(one?.headers.get("Cache-Tag")).not.toBe(other?.headers.get("Cache-Tag"));
    }
  });

  it("is served from a bucket that speaks S3, by signed requests", async () => {
    const request = "full/300,/0/default.jpg";
    const [signed, here] = await visitAll([
      `${platform.url}/iiif/3/nls%2F${painting}/${request}`,
      urlOf(platform, request),
    ]);
    expect([signed?.status, signed?.byteLength]).toEqual([200, here?.byteLength]);
    const operations = bucket.arrivals
      .filter(({ key }) => key === `tiff/${painting}`)
      .map(({ operation }) => operation);
    expect(new Set(operations)).toEqual(new Set(["GetObject"]));
  });

  it("is purged by its identifier, and not by a prefix, where it is not listed", async () => {
    const purge = (order: unknown) =>
      visit(`${platform.url}/admin/purge`, {
        method: "POST",
        headers: { Authorization: `Bearer ${secret}`, "Content-Type": "application/json" },
        body: JSON.stringify(order),
      });
    await visit(there("full/500,/0/default.jpg"));
    await untilQuiet(platform);
    const stored = async () => {
      const { objects } = await (await platform.derivatives()).list({ include: ["customMetadata"] } as never);
      return objects.filter(({ customMetadata }) => customMetadata?.key === keyThere()).length;
    };
    expect(await stored()).toBeGreaterThan(0);
    expect(JSON.parse((await purge({ kind: "images", identifiers: [here] })).text).images).toBe(1);
    expect(await stored()).toBe(0);
    for (const prefix of ["web/", "web/cai", "w"]) {
      const refused = await purge({ kind: "prefix", prefix });
      expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('start with "web/"')]);
    }
    expect((await purge({ kind: "prefix", prefix: "cai" })).status).toBe(200);
  });

  it("that is not there is 404, whatever is in the bucket", async () => {
    await platform.putMaster("web/only-here", file);
    const answers = await visitAll([
      `${platform.url}/iiif/3/web%2Fonly-here/info.json`,
      `${platform.url}/iiif/3/web%2F..%2F${painting}/info.json`,
      `${platform.url}/iiif/3/web%2F%2e%2e%2f${painting}/info.json`,
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
  });

  it("is read anew once it is replaced, also while it is read", async () => {
    let replaced = 0;
    afterOpening((_, response) => {
      replaced += 1;
      origin.answer = undefined;
      origin.files.set(path, { bytes: file, etag: '"second"' });
      response.writeHead(412).end();
    });
    expect((await visit(there(pictures.thumbnail()))).status).toBe(200);
    expect([replaced, (await visit(there("info.json"))).status]).toEqual([1, 200]);
  });

  it("is asked for by /health", async () => {
    expect(JSON.parse((await visit(`${platform.url}/health`)).text).origins).toEqual({ "web/": "ok", "nls/": "ok" });
  });

  it("is for this machine alone where its rule says so: asked from elsewhere, the service answers nothing", async () => {
    const { port } = new URL(platform.url);
    const status = await new Promise((done, fail) => {
      const asked = { host: "127.0.0.1", port, path: "/iiif/3/x/info.json", headers: { Host: "images.example.org" } };
      get(asked, (response) => done(response.resume().statusCode)).on("error", fail);
    });
    expect(status).toBe(500);
    await vi.waitFor(() => {
      const errors = platform.log.filter(({ level }) => level === "error");
      const told = { code: "config-invalid", detail: expect.stringContaining("images.example.org") };
      expect(errors).toContainEqual(expect.objectContaining(told));
    });
  });
});

describe("a server that fails", () => {
  it.each<readonly [string, NonNullable<HostileOrigin["answer"]>, number, string]>([
    ["answers nothing", () => undefined, 503, "1"],
    ["falls silent amid a body", startPart, 503, "1"],
    ["breaks off", (request, response) => [startPart(request, response), response.socket?.destroy()], 503, "1"],
    ["is busy", (_, response) => response.writeHead(503, { "Retry-After": "7" }).end(), 503, "7"],
    ["knows no ranges", (_, response) => pourInto(response.writeHead(200, { ETag: '"first"' })), 502, "none"],
    ["sends without an end", (request, response) => [startPart(request, response), pourInto(response)], 503, "1"],
    ["has headers without an end", (_, response) => pourHeaders(response), 503, "1"],
    ["redirects", (_, response) => response.writeHead(302, { Location: "http://127.0.0.1:1/" }).end(), 502, "none"],
  ])("is answered in time, and no cache keeps it: it %s", async (_, answer, status, retry) => {
    origin.answer = answer;
    const before = origin.sentBytes();
    const visited = await visit(there(pictures.thumbnail()));
    const { headers } = visited;
    expect([visited.status, headers.get("Cache-Control"), headers.get("Retry-After") ?? "none"]).toEqual([
      ...[status, "no-store", retry],
    ]);
    expect(visited.text).not.toContain(origin.url);
    expect(origin.sentBytes() - before).toBeLessThan(32 << 20);
  });

  it("never makes half a picture: what has begun breaks off", async () => {
    let reads = 0;
    afterOpening((request, response) => {
      if (++reads <= 3) sendPart(request, response);
    });
    const { broken } = (await stateOf(platform)).streams;
    const answer = await visit(there("full/4900,/0/default.jpg"));
    expect([answer.status, answer.isWhole]).toEqual([200, false]);
    origin.answer = undefined;
    expect((await stateOf(platform)).streams.broken).toBe(broken + 1);
  });

  it("is left amid a picture whose client leaves, which is not told as broken off", async () => {
    let reads = 0;
    afterOpening((request, response) => {
      if (++reads <= 3) sendPart(request, response);
    });
    const { broken } = (await stateOf(platform)).streams;
    await platform.leave(new URL(there("full/4900,/0/default.jpg")).pathname, 1500);
    await untilQuiet(platform);
    expect((await stateOf(platform)).streams.broken).toBe(broken);
  });

  it("is left by the service when its client leaves", async () => {
    await visit(there("info.json"));
    const gone = new Promise<void>((resolve) => {
      origin.answer = (request) => request.socket.once("close", resolve);
    });
    const before = platform.log.length;
    await platform.leave(new URL(there(pictures.thumbnail())).pathname, 500);
    await gone;
    await untilQuiet(platform);
    const codes = () => platform.log.slice(before).map(({ code }) => code);
    await vi.waitFor(() => expect(codes()).toContain("client-gone"));
    expect(codes()).not.toContain("storage-failed");
  });
});
