import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import worker from "../../src/worker.ts";
import { encodeTestTile } from "../support/jpeg-tile.ts";
import { makeTiff } from "../support/make-tiff.ts";

const tiles = ["0,0,64,64", "64,0,64,64", "0,64,64,64", "64,64,64,64"];
const pathOf = (tile: string) => `/iiif/3/stored-tile/${tile}/max/0/default.jpg`;

beforeAll(async () => {
  const jpeg = { compression: "jpeg", photometric: "YCbCr", ycbcrSubsampling: [1, 1] } as const;
  const form = { width: 300, height: 200, tile: 64, levels: 2, ...jpeg, encodeTile: encodeTestTile } as const;
  const file = await makeTiff(form);
  await env.MASTERS.put("stored-tile", file);
});

/** The environment of an isolate, which counts how often each variable is read. */
function countedEnvironment(changed: Readonly<Record<string, string>>) {
  const reads = new Map<string, number>();
  const variables = { ...env, STATISTICS_SECONDS: "0", ...changed };
  const counted = new Proxy(variables, {
    get(target, name, receiver) {
      reads.set(String(name), (reads.get(String(name)) ?? 0) + 1);
      return Reflect.get(target, name, receiver);
    },
  });
  return { env: counted as unknown as Env, reads };
}

async function ask(counted: Env, path: string, method = "GET") {
  const context = createExecutionContext();
  const request = new Request(`https://images.example${path}`, { method });
  const response = await worker.fetch(request as never, counted, context);
  await response.bytes();
  await waitOnExecutionContext(context);
  return response;
}

let lines: string[] = [];
beforeEach(() => {
  lines = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
});
afterEach(() => vi.restoreAllMocks());

describe("a stored tile of an image that is held", () => {
  it("takes one read, no digest, no timer that goes on, and nothing of the configuration", async () => {
    const { env: counted, reads } = countedEnvironment({ LOG_SAMPLE: "0" });
    await ask(counted, pathOf(tiles[0]!));
    const before = new Map(reads);
    const counts = [vi.spyOn(crypto.subtle, "digest"), vi.spyOn(globalThis, "setInterval")];
    const answers = [];
    for (const tile of tiles) answers.push(await ask(counted, pathOf(tile)));
    expect(counts.map((spy) => spy.mock.calls.length)).toEqual([0, 0]);
    expect(reads).toEqual(before);
    expect(reads.get("JPEG_QUALITY")).toBe(1);
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(answer.headers.get("Server-Timing")).toMatch(/strategy;desc="copy".* reads;desc="1".* heads;desc="0"/);
    }
    expect(new Set(answers.map(({ headers }) => headers.get("ETag"))).size).toBe(tiles.length);
  });

  it("is the same bytes from an isolate that has kept nothing", async () => {
    const bytesOf = async (counted: Env) => {
      const context = createExecutionContext();
      const request = new Request(`https://images.example${pathOf(tiles[1]!)}`);
      const response = await worker.fetch(request as never, counted, context);
      const bytes = await response.bytes();
      await waitOnExecutionContext(context);
      return { bytes, etag: response.headers.get("ETag") };
    };
    const { env: counted } = countedEnvironment({});
    const first = await bytesOf(counted);
    expect(await bytesOf(counted)).toEqual(first);
    expect(await bytesOf(countedEnvironment({ JPEG_QUALITY: "70" }).env)).not.toEqual(first);
  });
});

describe("the line of a request", () => {
  const linesOf = async (sample: string) => {
    const { env: counted } = countedEnvironment({ LOG_SAMPLE: sample });
    await ask(counted, pathOf(tiles[0]!));
    await ask(counted, "/iiif/3/stored-tile/0,0,64,64/max/0/default.bmp");
    await ask(counted, "/iiif/3/no-such-image/info.json");
    return lines
      .map((line) => JSON.parse(line) as { readonly method?: string; readonly code?: string })
      .filter(({ method }) => method !== undefined)
      .map(({ code }) => code);
  };

  it("is written of every error, and of nothing else where the sample is 0", async () => {
    expect(await linesOf("0")).toEqual(["format-unknown", "not-found"]);
  });

  it("is written of every request where it is 1", async () => {
    expect(await linesOf("1")).toEqual(["ok", "format-unknown", "not-found"]);
  });

  it("is written of the share that the sample is", async () => {
    const chance = vi.spyOn(Math, "random").mockReturnValue(0.2);
    expect(await linesOf("0.25")).toContain("ok");
    lines = [];
    chance.mockReturnValue(0.3);
    expect(await linesOf("0.25")).not.toContain("ok");
  });
});
