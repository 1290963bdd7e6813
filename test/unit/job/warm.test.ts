import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { UnreachableError } from "../../../src/bucket/public-request.ts";
import { type WarmedImage, type WarmOrder, warmImages } from "../../../src/job/warm.ts";

let server: Server | undefined;
afterEach(() => void server?.close());

async function serve(listener: RequestListener): Promise<string> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
}

const info = { width: 3000, height: 2000, sizes: [375, 750, 1500].map((width) => ({ width, height: width / 1.5 })) };

/** Answers as the service does; what is asked for is written down. */
function service(strategies: Readonly<Record<string, string>> = {}) {
  const asked: string[] = [];
  const state = { atOnce: 0, most: 0 };
  const listener: RequestListener = (request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    state.atOnce += 1;
    state.most = Math.max(state.most, state.atOnce);
    setImmediate(() => {
      state.atOnce -= 1;
      if (path.includes("/missing/")) {
        response.writeHead(404, { "Content-Type": "application/problem+json" }).end('{"code":"not-found"}');
      } else if (path.endsWith("info.json")) {
        response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(info));
      } else {
        const [, size = ""] = /full\/([^/]+)\//.exec(path) ?? [];
        response.writeHead(200, { "Server-Timing": `strategy;desc="${strategies[size] ?? "copy"}"` }).end("picture");
      }
    });
  };
  return { asked, state, listener };
}

async function warm(base: string, identifiers: readonly string[], change: Partial<WarmOrder> = {}) {
  const limits = { maxWidth: 20_000, maxHeight: 20_000, maxArea: 25_000_000 };
  const order: WarmOrder = {
    base,
    imagePrefix: "/iiif",
    limits,
    sizes: undefined,
    formats: ["jpg"],
    jobs: 2,
    signal: new AbortController().signal,
    ...change,
  };
  const images: WarmedImage[] = [];
  for await (const image of warmImages(identifiers, order)) images.push(image);
  return images;
}

describe("warming", () => {
  it("asks for the thumbnail that manifests name and the sizes of info.json, each once, and again for what was drawn", async () => {
    const { asked, listener } = service({ "1500,1000": "draw", "750,500": "kept" });
    const [image] = await warm(await serve(listener), ["maps/a b"]);
    const path = "/iiif/3/maps%2Fa%20b";
    expect(asked).toEqual([
      `${path}/info.json`,
      `${path}/full/750,500/0/default.jpg`,
      `${path}/full/375,250/0/default.jpg`,
      `${path}/full/1500,1000/0/default.jpg`,
      `${path}/full/1500,1000/0/default.jpg?warm=again`,
    ]);
    expect(image).toMatchObject({ drawn: 1, kept: 1, copied: 1, failures: [] });
  });

  it("asks for the sizes and formats that are given, of so many images at once, and tells them in order", async () => {
    const { asked, state, listener } = service();
    const names = Array.from({ length: 12 }, (_, at) => `n${at}`);
    const change = { sizes: ["!400,400", "max"], formats: ["jpg", "webp"], jobs: 3 };
    const images = await warm(await serve(listener), names, change);
    expect(images.map(({ identifier }) => identifier)).toEqual(names);
    expect(asked).toHaveLength(12 * 5);
    expect(asked).toContain("/iiif/3/n7/full/!400,400/0/default.webp");
    expect(state.most).toBeLessThanOrEqual(3);
    expect(state.most).toBeGreaterThan(1);
  });

  it("goes on after what is not answered with a picture, and tells its code", async () => {
    const { listener } = service();
    const base = await serve(listener);
    const [missing, there] = await warm(base, ["missing", "there"]);
    expect(missing?.failures).toEqual([{ url: `${base}/iiif/3/missing/info.json`, status: 404, code: "not-found" }]);
    expect(there?.failures).toEqual([]);
  });

  it("asks a service that is busy once more, when it says", async () => {
    let answers = 0;
    const listener: RequestListener = (request, response) => {
      answers += 1;
      if (answers === 1) response.writeHead(503, { "Retry-After": "0" }).end();
      else service().listener(request, response);
    };
    const [image] = await warm(await serve(listener), ["a"], { sizes: ["max"] });
    expect(image).toMatchObject({ copied: 1, failures: [] });
    expect(answers).toBe(3);
  });

  it("leaves out what not anybody may see, though what is told of it may be open", async () => {
    const { listener } = service();
    const refusing: RequestListener = (request, response) => {
      const path = request.url ?? "";
      const isRefused = path.includes("/closed/") || (path.includes("/staff/") && !path.endsWith("info.json"));
      if (!isRefused) return listener(request, response);
      const problem = { "Content-Type": "application/problem+json" };
      response.writeHead(path.includes("/closed/") ? 403 : 401, problem).end('{"code":"login-required"}');
    };
    const images = await warm(await serve(refusing), ["closed", "staff", "open"]);
    expect(images.map(({ isRestricted, failures, drawn, copied }) => [isRestricted, failures, drawn, copied])).toEqual([
      [true, [], 0, 0],
      [true, [], 0, 0],
      [false, [], 0, 3],
    ]);
  });

  it("warms the reduced image that it is led to", async () => {
    const asked: string[] = [];
    const { listener } = service();
    const leading: RequestListener = (request, response) => {
      const path = request.url ?? "";
      asked.push(path);
      if (path.includes(";max=90")) return listener(request, response);
      response.writeHead(302, { Location: path.replace("/small/", "/small;max=90/") }).end();
    };
    const [image] = await warm(await serve(leading), ["small"], { sizes: ["max"] });
    expect(image).toMatchObject({ isRestricted: false, failures: [], copied: 1 });
    expect(asked.filter((path) => path.includes(";max=90"))).toEqual([
      "/iiif/3/small;max=90/info.json",
      "/iiif/3/small;max=90/full/max/0/default.jpg",
    ]);
  });

  it.each([
    ["another page", "text/html", "<html>"],
    ["JSON that is cut off", "application/json", '{"width": 30'],
    [
      "sizes that are none",
      "application/json",
      '{"width": 30, "height": 20, "sizes": [{"width": "../x", "height": 1}]}',
    ],
  ])("takes %s in place of info.json for a failure", async (_, type, text) => {
    const base = await serve((_request, response) => void response.writeHead(200, { "Content-Type": type }).end(text));
    const [image] = await warm(base, ["a"]);
    expect(image?.failures).toMatchObject([{ status: 200 }]);
  });

  it("ends where the service is gone, and where it is stopped", async () => {
    const base = await serve((request) => void request.socket.destroy());
    await expect(warm(base, ["a"])).rejects.toThrow(UnreachableError);
    const stopping = AbortSignal.abort(new Error("stopped"));
    await expect(warm(base, ["a"], { signal: stopping })).rejects.toThrow("stopped");
  });
});
